package keystoretest

import (
	"context"
	"errors"
	"testing"

	"github.com/hermes-tui/hermes-tui/keystore"
)

func TestStore_HeldWriteLandsAfterItsWriterGaveUp(t *testing.T) {
	s := Wrap(keystore.NewMemory())
	s.Hold()
	ctx, cancel := context.WithCancel(t.Context())
	gaveUp := make(chan error)
	go func() { gaveUp <- s.Put(ctx, "late", []byte("x")) }()
	if err := s.WaitHeld(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-gaveUp; !errors.Is(err, keystore.ErrLocked) || !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want locked", err)
	}
	if _, err := s.Get(t.Context(), "late"); !errors.Is(err, keystore.ErrNotFound) {
		t.Fatalf("before the release: %v, want not found", err)
	}
	s.Release()
	if got, err := s.Get(t.Context(), "late"); err != nil || string(got) != "x" {
		t.Fatalf("after the release: %q, %v", got, err)
	}
	if err := s.Put(t.Context(), "next", nil); err != nil {
		t.Fatalf("still holding: %v", err)
	}
}

func TestStore_WriterThatWaitsHearsWhatTheStoreSaid(t *testing.T) {
	inner := keystore.NewMemory()
	if err := inner.Put(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	s := Wrap(inner)
	s.Hold()
	ended := make(chan error)
	go func() { ended <- s.Put(t.Context(), "a", []byte("other")) }()
	if err := s.WaitHeld(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	s.Release()
	if err := <-ended; !errors.Is(err, keystore.ErrDamaged) {
		t.Fatalf("%v, want what the inner store says to other bytes", err)
	}
}

func TestStore_DroppedWriteNeverLands(t *testing.T) {
	s := Wrap(keystore.NewMemory())
	s.Hold()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Put(ctx, "lost", nil) }()
	if err := s.WaitHeld(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	s.Drop()
	cancel()
	<-ended
	s.Release()
	if names, err := s.List(t.Context()); err != nil || len(names) != 0 {
		t.Fatalf("%v, %v; want nothing", names, err)
	}
}

func TestStore_FailsCountsAndLocks(t *testing.T) {
	s := Wrap(keystore.NewMemory())
	boom := errors.New("boom")
	s.FailNext(Put, 2, boom)
	for i, want := range []error{boom, boom, nil} {
		if err := s.Put(t.Context(), "a", nil); !errors.Is(err, want) {
			t.Errorf("put %d: %v, want %v", i, err, want)
		}
	}
	s.Lock()
	_, getErr := s.Get(t.Context(), "a")
	_, listErr := s.List(t.Context())
	for op, err := range map[Op]error{
		Probe: s.Probe(t.Context(), "probe.a"), Prepare: s.Prepare(t.Context(), "a"), Put: s.Put(t.Context(), "a", nil),
		Get: getErr, Delete: s.Delete(t.Context(), "a"), List: listErr,
	} {
		if !errors.Is(err, keystore.ErrLocked) {
			t.Errorf("%s of a locked store: %v", op, err)
		}
	}
	s.Unlock()
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if s.Calls(Put) != 4 || s.Calls(Delete) != 2 || s.Kind() != keystore.KindMemory || s.Name() != "memory" {
		t.Errorf("%d puts, %d deletes; want 4, 2", s.Calls(Put), s.Calls(Delete))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.WaitCalls(ctx, Put, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting for a fifth put: %v", err)
	}
	if err := s.WaitCalls(t.Context(), Put, 4); err != nil {
		t.Errorf("four were made: %v", err)
	}
}
