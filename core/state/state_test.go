package state_test

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/core/state"
)

// TestWait_IsTheEnd: what is begun by a work that is waited for is waited for, too, and
// nothing begins afterwards: what it writes would be cut.
func TestWait_IsTheEnd(t *testing.T) {
	s := state.Open(state.Config{Dir: t.TempDir()})
	begin, second := make(chan struct{}), false
	s.Go(func() {
		<-begin
		if !s.Go(func() { second = true }) {
			t.Error("a work that is waited for may not begin another")
		}
	})
	waited := make(chan struct{})
	go func() { defer close(waited); s.Wait() }()
	close(begin)
	<-waited
	if !second {
		t.Error("the second work was not waited for")
	}
	if s.Go(func() { t.Error("something ran after the end") }) || s.Busy() {
		t.Error("something began after the end")
	}
	s.Wait()
}
