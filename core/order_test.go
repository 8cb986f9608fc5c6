package core

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
)

func TestReorder_MovesOneAndKeepsTheOthers(t *testing.T) {
	c := Open(config(t.TempDir(), "http://127.0.0.1:1", &rushing{}))
	if err := c.state.Folder.Ensure(); err != nil {
		t.Fatal(err)
	}
	id := func(letter rune) string { return strings.Repeat(string(letter), 10) }
	rows := func(ids string) (all []record.Row) {
		for _, letter := range ids {
			h := &record.Head{Public: record.Public{ID: id(letter), Gen: 1, Status: record.StatusOK, Provider: "minimax-oauth", Region: "global"}}
			if err := c.state.Folder.WriteHead(h); err != nil {
				t.Fatal(err)
			}
			all = append(all, record.Row{Public: h.Public})
		}
		return all
	}
	for _, tc := range []struct {
		id    rune
		place int
		want  string
	}{
		{'a', 0, "abcd"}, {'a', 1, "bacd"}, {'a', 3, "bcda"}, {'d', 0, "dabc"}, {'c', 1, "acbd"}, {'b', 99, "acdb"}, {'c', -1, "cabd"},
	} {
		err := c.state.Folder.UpdatePool(t.Context(), func(p *record.PoolFile) bool { p.Rows = rows("abcd"); return true })
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Reorder(t.Context(), id(tc.id), tc.place); err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for i, a := range c.Snapshot().Accounts {
			got.WriteString(a.ID[:1])
			if a.Priority != i {
				t.Errorf("%s has priority %d at place %d", a.ID, a.Priority, i)
			}
		}
		if got.String() != tc.want {
			t.Errorf("%c to %d: %s, want %s", tc.id, tc.place, &got, tc.want)
		}
	}
	if err := c.Reorder(t.Context(), "gone", 0); err == nil {
		t.Error("an account that is not there was moved")
	}
}
