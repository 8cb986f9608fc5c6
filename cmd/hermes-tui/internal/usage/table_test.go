package usage

import (
	"errors"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table/tabletest"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

func TestPlanTable(t *testing.T) {
	now, all := tabletest.Now(), tabletest.Accounts()
	used, count, limit := 62.0, 930.0, 1500.0
	plans := []plan{
		{account: all[1], known: usage.Known{Reading: usage.Reading{At: now, Windows: []usage.Window{
			{Name: "5h", Used: &used, Count: &count, Limit: &limit, Resets: now.Add(41 * time.Minute), Told: now},
			{Name: "week", Resets: now.Add(50 * time.Hour), Told: now.Add(-time.Hour)},
		}, Balances: []usage.Balance{{Name: "credits", Amount: 3.1}}}}},
		{account: all[2], err: errors.New("the provider could not be reached"), counted: []countedJSON{{"5h", 41, 16_400, 0}}},
		{account: all[3]},
	}
	tabletest.Golden(t, func(piped bool) *table.Table { return planTable(plans, now, piped) })
}

func TestByTable(t *testing.T) {
	have := core.Snapshot{Accounts: tabletest.Accounts()}
	groups := []group{
		{Of: "b1b2c3d4e5", Counts: tally.Counts{Requests: 12_345, Input: 4_000_000, CacheRead: 3_900_000, Output: 50_000, Refused: 12}},
		{Of: "c1b2c3d4e5", Counts: tally.Counts{Requests: 1}},
		{Of: "0000000000", Counts: tally.Counts{Requests: 7}},
	}
	tabletest.Golden(t, func(piped bool) *table.Table { return byTable("account", groups, have, piped) })
}
