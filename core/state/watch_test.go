package state_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// TestWatch_IsForThoseWhoAskAgainAndAgain: what one command asks for must not begin
// a watch, whose end would take longer than the command.
func TestWatch_IsForThoseWhoAskAgainAndAgain(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "acct"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := state.Open(state.Config{Dir: dir, Clock: clock.System{}})
	defer s.Unwatch()
	for range 8 { // `token`, the busiest of them, asks twice
		if s.Watch() != nil {
			t.Fatal("a program that asked a few times has the kernel look after its folders")
		}
	}
	if runtime.GOOS != "linux" {
		return
	}
	for range 64 {
		if s.Watch() != nil {
			return
		}
	}
	t.Error("a program that asks again and again looks at the files each time")
}
