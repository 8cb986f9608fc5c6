package keystore

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// countingHang is a keyring that hangs, and counts who called it.
type countingHang struct {
	hangingRing
	calls chan string
}

func (r countingHang) Set(s, u, t string) error { r.calls <- "set"; return r.hangingRing.Set(s, u, t) }
func (r countingHang) Delete(s, u string) error {
	r.calls <- "delete"
	return r.hangingRing.Delete(s, u)
}
func (r countingHang) Get(s, u string) (string, error) {
	r.calls <- "get"
	return r.hangingRing.Get(s, u)
}

// Nothing of what a command asks waits once a call has had its time: without a
// deadline of its own, each would wait for ever here.
func TestKeyring_ThatHangsIsWaitedForOnce(t *testing.T) {
	hang := countingHang{make(hangingRing), make(chan string, 100)}
	s := ringStore(t, hang)
	s.calls.limit = time.Millisecond
	get := func() error { _, err := s.Get(t.Context(), "a"); return err }
	steps := []func() error{
		get, get,
		func() error { return s.Put(t.Context(), "a", []byte("x")) },
		func() error { return s.Delete(t.Context(), "a") },
		func() error { return s.Probe(t.Context(), "probe.a") },
	}
	for i, step := range steps {
		var e *Error
		if err := step(); !errors.As(err, &e) || e.Condition != Locked || !strings.Contains(e.Error(), "did not answer in time") || !strings.Contains(e.Hint, "if it hangs") {
			t.Errorf("step %d: %v, want locked", i, err)
		}
	}
	idle := make(chan struct{})
	s.calls.whenIdle(func() { close(idle) })
	close(hang.hangingRing)
	<-idle // the call was begun for sure by then
	if n := len(hang.calls); n != 1 {
		t.Errorf("%d calls reached the keyring, want 1", n)
	}
	s.calls.limit = time.Minute // it answers now, however slow this machine is
	if err := get(); ConditionOf(err) != NotFound {
		t.Errorf("after it came back: %v, want not found", err)
	}
}

// Where another process holds the lock because the keyring hangs, it is not
// waited for as well.
func TestKeyring_ThatHangsIsNotQueuedFor(t *testing.T) {
	hang := make(hangingRing)
	defer close(hang)
	s := ringStore(t, hang)
	s.calls.limit = time.Millisecond
	held, ok, err := lockfile.Try(s.o.LockPath)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	defer func() { _ = held.Unlock() }()
	if err := s.Put(t.Context(), "a", []byte("x")); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "did not answer") {
		t.Errorf("%v, want that the keyring did not answer", err)
	}
}

func TestKeyringCall_IsWhatACommandMayWait(t *testing.T) {
	if newKeyring := OpenKeyring(KeyringOptions{}); newKeyring.calls.limit != 5*time.Second {
		t.Errorf("a call may take %v", newKeyring.calls.limit)
	}
}
