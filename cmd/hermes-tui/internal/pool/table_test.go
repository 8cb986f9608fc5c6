package pool

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table/tabletest"
	"github.com/hermes-tui/hermes-tui/core"
)

func TestPoolTable(t *testing.T) {
	pools := core.Snapshot{Accounts: tabletest.Accounts()}.Pools(tabletest.Now())
	talks := map[string]int{"a1b2c3d4e5": 3}
	tabletest.Golden(t, func(piped bool) *table.Table { return poolTable(pools[0], talks, tabletest.Now(), piped) })
}
