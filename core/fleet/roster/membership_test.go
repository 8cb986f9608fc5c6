package roster

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"
)

// keepNothing is a [Keeper] where no other program of the host has kept anything.
func keepNothing(_ context.Context, over func(Seen) Seen) error { over(Seen{}); return nil }

func TestMembership(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	desk, laptop := b.join(t, desk, "laptop", Owner)
	var kept []Seen
	var full error
	m := NewMembership(laptop.host, laptop.Seen(), func(_ context.Context, over func(Seen) Seen) error {
		if full == nil {
			kept = append(kept, over(Seen{}))
		}
		return full
	})
	reads := 0
	b.OnStep(func(client, op string) {
		if client == "laptop" && op == "get" {
			reads++
		}
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if v, err := m.View(t.Context(), laptop.Stamp()); err != nil || v.Me.Name != "laptop" {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if reads != 1 || len(kept) != 0 {
		t.Errorf("read %d times, kept %d times, and nothing has changed", reads, len(kept))
	}
	desk, pod := b.join(t, desk, "pod", Reader)
	full = io.ErrShortWrite
	if v, err := m.View(t.Context(), desk.Stamp()); !errors.Is(err, full) || v != nil {
		t.Error("used before it is kept", err)
	}
	full = nil
	if v, err := m.View(t.Context(), desk.Stamp()); err != nil || len(v.Roster.Members) != 3 || len(kept) != 1 {
		t.Error(err)
	}
	if _, err := laptop.host.Open(t.Context(), kept[0]); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.turn <- struct{}{}
	if _, err := m.View(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-m.turn

	p := NewMembership(pod.host, pod.Seen(), keepNothing)
	if err := p.MarkRestored(t.Context(), "a reader"); !errors.Is(err, ErrNotOwner) {
		t.Error(err)
	}
	backup := b.Snapshot()
	if desk, err := desk.RemoveMember(t.Context(), pod.Me.ID); err != nil {
		t.Fatal(err)
	} else if _, err := m.View(t.Context(), desk.Stamp()); err != nil {
		t.Fatal(err)
	}
	b.Restore(backup, false)
	var older *Older
	if _, err := m.View(t.Context(), desk.Stamp()); !errors.As(err, &older) {
		t.Error(err)
	}
	for range 2 {
		if err := m.MarkRestored(t.Context(), "the revision went back"); err != nil {
			t.Fatal(err)
		}
	}
	if v := mustAgain(t, desk); v.Roster.Restored == nil || v.Roster.Restored.Host != laptop.Me.ID {
		t.Error("it is not marked")
	}
	// The list that this host has seen is back, so that who was removed is out.
	if v, err := p.View(t.Context(), nil); !errors.Is(err, ErrNotMember) {
		t.Error(v, err)
	}
	marked := b.Snapshot()
	if err := m.AcceptRestore(t.Context()); err != nil {
		t.Fatal(err)
	}
	accepted := mustAgain(t, desk)
	if n, waiting := accepted.Restores(); n != 1 || waiting != "" || accepted.Roster.Epoch != 2 {
		t.Error(n, waiting)
	}
	b.Restore(marked, false)
	if _, err := m.View(t.Context(), nil); !errors.As(err, &older) {
		t.Error("what was accepted is forgotten", err)
	}
}

// The mark goes by being accepted. An administrator who puts back what stood there
// before it is found out by who has seen it.
func TestMembership_TheMarkStays(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	m := NewMembership(desk.host, desk.Seen(), keepNothing)
	before := b.get(t, b.keys.Fleet())
	if err := m.MarkRestored(t.Context(), "the revision went back"); err != nil {
		t.Fatal(err)
	}
	b.put(t, b.keys.Fleet(), before)
	b.put(t, b.keys.Stamp(), []byte("another"))
	var older *Older
	if _, err := m.View(t.Context(), []byte("another")); !errors.As(err, &older) {
		t.Fatal(err)
	}
	if err := m.MarkRestored(t.Context(), "again"); err != nil {
		t.Fatal(err)
	}
	if v, err := m.View(t.Context(), nil); err != nil || v.Roster.Restored == nil {
		t.Error("it is not marked again", err)
	}
}

// A host that was let in after the backup was made is no member in what the store
// shows, and puts the list back that has it.
func TestMembership_PutsTheNewestBack(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	backup := b.Snapshot()
	_, late := b.join(t, desk, "late", Owner)
	b.Restore(backup, true)
	m := NewMembership(late.host, late.Seen(), keepNothing)
	if err := m.MarkRestored(t.Context(), "it is no member"); err != nil {
		t.Fatal(err)
	}
	if v := mustAgain(t, desk); v.Roster.Restored == nil || len(v.Roster.Members) != 2 {
		t.Errorf("%+v", v.Roster)
	}
}

// Of two programs of one host one has seen when an epoch began, and the other looks later,
// when that seems to be later: what the host keeps is the first, and its newest, whoever
// writes it down last.
func TestMembership_OneHostKeepsTheNewest(t *testing.T) {
	b := newBench(t)
	desk, _ := b.found(t)
	desk, laptop := b.join(t, desk, "laptop", Owner)
	file := desk.Seen()
	keep := func(_ context.Context, over func(Seen) Seen) error { file = over(file); return nil }
	slow, late := NewMembership(desk.host, file, keep), NewMembership(desk.host, file, keep)
	view := func(m *Membership) *View {
		t.Helper()
		v, err := m.View(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	view(late)
	removed, err := view(slow).RemoveMember(t.Context(), laptop.Me.ID)
	if err != nil {
		t.Fatal(err)
	}
	begun := view(NewMembership(desk.host, file, keep)).begun
	b.put(t, b.keys.Head("abcdef0123"), mustWrap(t, laptop, b.keys.Head("abcdef0123")))
	b.beginLater(t, 2)
	v := view(late)
	if v.begun != begun || v.known.begun != begun || file.Begun != begun {
		t.Errorf("it began at %d, and counts from %d, %d and %d", begun, v.begun, v.known.begun, file.Begun)
	}

	stale := view(slow) // what this one has read is older by the time it is written down
	b.join(t, removed, "pod", Reader)
	newest := view(late).Seen()
	if got := stale.Seen().over(desk.host.Keys, newest); !bytes.Equal(got.Fleet, newest.Fleet) || got.Begun != begun {
		t.Errorf("an older list is kept in place of a newer one, begun at %d", got.Begun)
	}
}
