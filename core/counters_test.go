package core

import (
	"runtime"
	"testing"
	"time"
)

// What a program that stays has handed out is written down although it hands
// out nothing more: a window shows it.
func TestCount_IsWrittenWithoutAnotherRequest(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	for range 3 {
		if _, err := r.token(a.ID); err != nil {
			t.Fatal(err)
		}
	}
	window := r.open()
	for deadline := time.Now().Add(time.Minute); ; runtime.Gosched() {
		seen := window.Snapshot().Accounts[0]
		if seen.Requests == 3 && !seen.LastUsedAt.IsZero() {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("another process sees %d requests, the last at %s", seen.Requests, seen.LastUsedAt)
		}
	}
}

// Close does not wait for a second to pass.
func TestCount_IsWrittenByClose(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	other := r.open()
	if _, err := other.Token(t.Context(), a.ID, TokenOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := other.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := r.core.Snapshot().Accounts[0].Requests; got != 1 {
		t.Errorf("%d requests", got)
	}
}
