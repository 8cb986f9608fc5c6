package keystore

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

func TestCaller_GivesUpOnAHangingCallAndBeginsNoOther(t *testing.T) {
	c := newCaller(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	hang, began := make(chan struct{}), make(chan struct{})
	go func() { <-began; cancel() }()
	err := c.do(ctx, func() error { close(began); <-hang; return nil })
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want the context's error", err)
	}
	done, stop := context.WithCancel(t.Context())
	stop()
	called := false
	if err := c.do(done, func() error { called = true; return nil }); !errors.Is(err, errHanging) || called {
		t.Fatalf("a second call was begun (%v): %v", called, err)
	}
	idle := make(chan struct{})
	c.whenIdle(func() { close(idle) })
	select {
	case <-idle:
		t.Fatal("idle while a call hangs")
	default:
	}
	close(hang)
	<-idle
	if err := c.do(t.Context(), func() error { return nil }); err != nil {
		t.Fatalf("after the hanging call came back: %v", err)
	}
}

func TestCaller_ACallThatWasGivenUpBeforeItBeganBlocksNobody(t *testing.T) {
	c := newCaller(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.do(ctx, func() error { return errors.New("was made") }); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want the context's error", err)
	}
	if c.busy != nil {
		t.Fatal("the place is taken by a call that was never made")
	}
	if err := c.do(t.Context(), func() error { return nil }); err != nil {
		t.Fatalf("the next call: %v", err)
	}
}

func TestCaller_SurvivesAPanicAndKeepsItsValueSecret(t *testing.T) {
	c := newCaller(time.Hour)
	err := c.do(t.Context(), func() error { panic("token-in-a-panic") })
	if err == nil || errors.Is(err, context.DeadlineExceeded) || err.Error() != "the keyring's connection broke" {
		t.Fatalf("%v", err)
	}
}

func TestKeyring_HangingBecomesLocked(t *testing.T) {
	hang := make(hangingRing)
	defer close(hang)
	s := ringStore(t, hang)
	s.calls.limit = time.Nanosecond
	if _, err := s.Get(t.Context(), "a"); !errors.Is(err, ErrLocked) {
		t.Fatalf("%v, want locked", err)
	}
}

// hangingRing answers when it is closed. It holds nothing.
type hangingRing chan struct{}

func (r hangingRing) Set(string, string, string) error   { <-r; return nil }
func (r hangingRing) Get(string, string) (string, error) { <-r; return "", keyring.ErrNotFound }
func (r hangingRing) Delete(string, string) error        { <-r; return nil }
