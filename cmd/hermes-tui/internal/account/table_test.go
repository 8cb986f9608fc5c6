package account

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table/tabletest"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

func TestListTable(t *testing.T) {
	have := core.Snapshot{Accounts: tabletest.Accounts(), Default: "b1b2c3d4e5"}
	tabletest.Golden(t, func(piped bool) *table.Table { return listTable(have, tabletest.Now(), piped) })
}

func TestStatusTable(t *testing.T) {
	tabletest.Golden(t, func(bool) *table.Table { return statusTable(tabletest.Accounts(), tabletest.Now()) })
}

func TestLogTable(t *testing.T) {
	local := time.Local
	time.Local = time.UTC
	defer func() { time.Local = local }()
	now := tabletest.Now()
	happen := func(i int, e record.Event) happened {
		a := tabletest.Accounts()[i]
		e.At = now
		return happened{HistoryEntry: core.HistoryEntry{Account: a.ID, Label: a.Label, Event: e}}
	}
	served := happen(0, record.Event{Kind: eventServed, Program: "claude"})
	served.served = &servedJSON{now, "hour", tally.Counts{Requests: 1284, Input: 40_000, Output: 2_000, Refused: 3}}
	all := []happened{
		happen(1, record.Event{Kind: record.EventSignedIn, Program: "login", PID: 4711, Got: "0123456789", Expires: now.Add(time.Hour)}),
		served,
		happen(3, record.Event{Kind: record.EventQuarantined, Program: "serve", PID: 17, Status: 400, Code: "refresh_token_reused", Message: "the refresh token was used before"}),
		happen(5, record.Event{Kind: record.EventPaused, PID: 18, Until: now.Add(2 * time.Hour)}),
	}
	tabletest.Golden(t, func(bool) *table.Table { return logTable(all) })
}
