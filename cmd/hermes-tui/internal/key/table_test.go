package key

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table/tabletest"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

func TestKeyTable(t *testing.T) {
	now := tabletest.Now()
	limit, err := budget.Parse("200k-tokens/day")
	if err != nil {
		t.Fatal(err)
	}
	rows := []row{
		{serve.ListedClientKey{Key: clientkey.Key{Name: "editor", Model: "gpt-*", ExpiresAt: now.Add(48 * time.Hour), Limits: []budget.Limit{limit}}, Requests: 1284, LastUsedAt: now.Add(-time.Minute)},
			"somebody.with.a.long.name@department.company.example, and tokens", "120k of 200k-tokens/day, resets in 3h 10m"},
		{serve.ListedClientKey{Key: clientkey.Key{Name: "a-program-with-a-long-name", Fleet: true, ExpiresAt: now.Add(-time.Hour)}}, "everything", "none"},
	}
	tabletest.Golden(t, func(piped bool) *table.Table { return keyTable(rows, now, piped) })
}
