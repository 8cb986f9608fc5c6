package core

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
)

// Who uses what is counted for all processes and kept beyond the account, until
// everything of ours is deleted.
func TestServed(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	by, n := tally.Use{Account: a.ID, Program: "claude-cli", Model: "M2"}, tally.Counts{Requests: 1, Output: 40}
	since := r.clock.Now().Add(-time.Hour)
	r.core.Served(by, n)
	if err := r.core.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := r.open()
	if err := other.Remove(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	if rows := <-other.WatchTally(t.Context(), time.Hour); len(rows) != 1 || rows[0].Use != by {
		t.Errorf("watched: %+v", rows)
	}
	if rows := other.Tally(since); len(rows) != 1 || rows[0].Use != by || rows[0].Counts != n {
		t.Errorf("%+v", rows)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "state", tally.Folder)); err != nil {
		t.Fatal(err)
	}
	if err := other.Purge(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "state", tally.Folder)); !os.IsNotExist(err) {
		t.Errorf("after purge: %v", err)
	}
}
