package core

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
)

func TestReorder_MovesOneAndKeepsTheOthers(t *testing.T) {
	c := Open(config(t.TempDir(), "http://127.0.0.1:1", &rushing{}))
	rows := func(ids string) (all []record.Row) {
		for _, id := range ids {
			all = append(all, record.Row{Public: record.Public{ID: string(id), Provider: "minimax-oauth", Region: "global"}})
		}
		return all
	}
	for _, tc := range []struct {
		id    string
		place int
		want  string
	}{
		{"a", 0, "abcd"}, {"a", 1, "bacd"}, {"a", 3, "bcda"}, {"d", 0, "dabc"}, {"c", 1, "acbd"}, {"b", 99, "acdb"}, {"c", -1, "cabd"},
	} {
		err := c.folder.UpdatePool(t.Context(), func(p *record.Pool) bool { p.Rows = rows("abcd"); return true })
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Reorder(t.Context(), tc.id, tc.place); err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for i, a := range c.Snapshot().Accounts {
			got.WriteString(a.ID)
			if a.Priority != i {
				t.Errorf("%s has priority %d at place %d", a.ID, a.Priority, i)
			}
		}
		if got.String() != tc.want {
			t.Errorf("%s to %d: %s, want %s", tc.id, tc.place, &got, tc.want)
		}
	}
	if err := c.Reorder(t.Context(), "gone", 0); err == nil {
		t.Error("an account that is not there was moved")
	}
}
