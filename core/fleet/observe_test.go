package fleet

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// follows is a host with a program that stays, in front of which somebody sits. Its
// clock is wrong by this much.
func (h *host) follows(wrong time.Duration) *Heads {
	h.Helper()
	heads := h.vault.Heads.(*Heads)
	heads.Clock, heads.Version = wrongClock{h.clock, wrong}, "v1.2.3"
	ctx, end := context.WithCancel(h.Context())
	over := make(chan struct{}, 2)
	go func() { _ = heads.Watch(ctx); over <- struct{}{} }()
	go func() { heads.Attend(ctx); over <- struct{}{} }()
	h.Cleanup(func() { end(); <-over; <-over })
	return heads
}

type wrongClock struct {
	clock.Clock
	by time.Duration
}

func (c wrongClock) Now() time.Time { return c.Clock.Now().Add(c.by) }

// sees waits until what was observed is so.
func (h *Heads) sees(t *testing.T, so func(o Observed) bool) Observed {
	t.Helper()
	for {
		o, changed := h.Observe()
		if so(o) {
			return o
		}
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatalf("never seen; %+v", o)
		}
	}
}

// Hosts that are there see each other, and by how much a clock is off, whether they
// were there before or come later.
func TestPresence(t *testing.T) {
	f := newFleet(t, 3)
	early := f.hosts[0].follows(-3 * time.Minute)
	early.sees(t, func(o Observed) bool { return o.Hosts["host-1"].Version == "v1.2.3" })
	f.clock.Advance(4 * time.Second)
	desk := f.hosts[1].follows(0)
	o := desk.sees(t, func(o Observed) bool { return len(o.Hosts) == 2 && o.Link.Up })
	if off := o.Hosts["host-1"].Skew + 3*time.Minute; off.Abs() > time.Second {
		t.Errorf("the clock that was there is off by %v", o.Hosts["host-1"].Skew)
	}
	if p := o.Hosts["host-2"]; p.Epoch != 1 && p.Boot != "boot" || p.Skew.Abs() > time.Second {
		t.Errorf("itself: %+v", p)
	}
	f.hosts[2].follows(time.Hour)
	o = desk.sees(t, func(o Observed) bool { return len(o.Hosts) == 3 })
	if got := o.Hosts["host-3"].Skew; got != time.Hour {
		t.Errorf("the clock that came is off by %v", got)
	}
	// A command asks once, and costs nothing where none does.
	here, err := f.hosts[0].vault.Heads.(*Heads).Present(t.Context(), []string{"host-2", "host-3", "host-4"})
	if err != nil || len(here) != 2 || (here["host-2"].Skew-3*time.Minute).Abs() > time.Second {
		t.Errorf("%+v, %v", here, err)
	}
}

// What was told to a store before it was restored, or had another leader, says nothing of a
// clock: its lease began anew there.
func TestPresence_NoClockOfBefore(t *testing.T) {
	for name, change := range map[string]func(f *etcdtest.Fake){
		"restored":       func(f *etcdtest.Fake) { f.Restore(f.Snapshot(), true) },
		"another leader": (*etcdtest.Fake).Elect,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t, 2)
			other := f.hosts[1].vault.Heads.(*Heads)
			tell := func() {
				t.Helper()
				if err := other.sayPresent(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			tell()
			f.clock.Advance(22 * time.Second)
			change(f.etcd)
			asked := func() Presence {
				t.Helper()
				here, err := f.hosts[0].vault.Heads.(*Heads).Present(t.Context(), []string{"host-2"})
				if err != nil {
					t.Fatal(err)
				}
				return here["host-2"]
			}
			if p := asked(); p.Timed || p.At.IsZero() {
				t.Fatalf("a command is told %+v", p)
			}
			desk := f.hosts[0].follows(0)
			seen := func(timed bool) Presence {
				return desk.sees(t, func(o Observed) bool { p := o.Hosts["host-2"]; return !p.At.IsZero() && p.Timed == timed }).Hosts["host-2"]
			}
			seen(false)
			tell()
			if p := asked(); !p.Timed || p.Skew.Abs() > time.Second {
				t.Errorf("told anew, a command has %+v", p)
			}
			if p := seen(true); p.Skew.Abs() > time.Second {
				t.Errorf("told anew, a window has %+v", p)
			}
		})
	}
}

// A host that dies goes with its lease; what stands there and is none of the fleet's is
// no host's word.
func TestPresence_Ends(t *testing.T) {
	f := newFleet(t, 2)
	desk := f.hosts[0].follows(0)
	other := f.hosts[1].vault.Heads.(*Heads)
	if err := other.sayPresent(t.Context()); err != nil {
		t.Fatal(err)
	}
	desk.sees(t, func(o Observed) bool { return !o.Hosts["host-2"].At.IsZero() })
	f.clock.Advance(presence + time.Second)
	f.etcd.Expire()
	o := desk.sees(t, func(o Observed) bool { _, here := o.Hosts["host-2"]; return !here })
	if o.Gone["host-2"].IsZero() {
		t.Error("nobody knows when it went")
	}
	f.put(f.keys.Alive("host-2"), "I am fine")
	o = desk.sees(t, func(o Observed) bool { _, here := o.Hosts["host-2"]; return here })
	if p := o.Hosts["host-2"]; !p.Odd || p.Version != "" {
		t.Errorf("%+v", p)
	}
}

// The host that has a program there since yesterday says so, whichever of its programs
// writes.
func TestPresence_SinceTheFirst(t *testing.T) {
	f := newFleet(t, 1)
	heads := f.hosts[0].vault.Heads.(*Heads)
	for _, boot := range []string{"boot", "boot", "another"} {
		heads.Boot = boot
		if err := heads.sayPresent(t.Context()); err != nil {
			t.Fatal(err)
		}
		here, err := heads.Present(t.Context(), []string{"host-1"})
		if err != nil {
			t.Fatal(err)
		}
		want := f.clock.Now().Sub(start)
		if boot == "another" {
			want = 0
		}
		if got := here["host-1"].Up(); got != want {
			t.Errorf("there for %v, want %v", got, want)
		}
		f.clock.Advance(beat)
	}
}

// Who refreshed last is seen, and who is at it.
func TestObserve_WhoseWork(t *testing.T) {
	f := newFleet(t, 3)
	a, b, c := f.hosts[0], f.hosts[1], f.hosts[2]
	id := a.signIn()
	f.expire()
	if _, err := b.refresh(id); err != nil {
		t.Fatal(err)
	}
	desk := c.follows(0)
	desk.sees(t, func(o Observed) bool { return o.Accounts[id].By == "host-2" && o.Accounts[id].Working == "" })
	f.expire()
	asked, answered := make(chan struct{}), make(chan struct{})
	f.provider.ready = func(*host) { close(asked); <-answered }
	done := make(chan error)
	go func() { _, err := a.refresh(id); done <- err }()
	<-asked
	desk.sees(t, func(o Observed) bool { return o.Accounts[id].Working == "host-1" && o.Accounts[id].By == "host-2" })
	close(answered)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	desk.sees(t, func(o Observed) bool { return o.Accounts[id].Working == "" && o.Accounts[id].By == "host-1" })
	if err := b.vault.Heads.(*Heads).Reseal(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	all, err := desk.Standings(t.Context())
	if err != nil || all[id].By != "host-1" {
		t.Errorf("what is sealed anew is not that host's work: %+v, %v", all, err)
	}
}

// An intent whose lease is over is nobody's work any more.
func TestObserve_AnIntentThatAges(t *testing.T) {
	f := newFleet(t, 2)
	a := f.hosts[0]
	id := a.signIn()
	desk := f.hosts[1].follows(0)
	err := a.vault.Change(t.Context(), id, func(tx *vault.Txn) error { return tx.Begin(t.Context(), record.ForRefresh, "") })
	if err != nil {
		t.Fatal(err)
	}
	desk.sees(t, func(o Observed) bool { return o.Accounts[id].Working == "host-1" })
	f.clock.Advance(leaseTime + time.Second)
	f.etcd.Expire()
	desk.sees(t, func(o Observed) bool { return o.Accounts[id].Working == "" && o.Accounts[id].Left == "host-1" })
}

// That the lease is over is told after it was seen, too: whose work it was stays known.
func TestObserve_AnIntentThatHasAged(t *testing.T) {
	f := newFleet(t, 2)
	a, desk := f.hosts[0], f.hosts[1].vault.Heads.(*Heads)
	id := a.signIn()
	err := a.vault.Change(t.Context(), id, func(tx *vault.Txn) error { return tx.Begin(t.Context(), record.ForRefresh, "") })
	if err != nil {
		t.Fatal(err)
	}
	f.clock.Advance(leaseTime + time.Second)
	f.etcd.Expire()
	if err := desk.survey(t.Context()); err != nil {
		t.Fatal(err)
	}
	desk.observer.idle(id)
	if o, _ := desk.Observe(); o.Accounts[id].Working != "" || o.Accounts[id].Left != "host-1" {
		t.Errorf("%+v", o.Accounts[id])
	}
}

// The store is away from when it has not answered again, and back when it does.
func TestObserve_Link(t *testing.T) {
	f := newFleet(t, 1)
	h := f.hosts[0]
	h.signIn()
	desk := h.follows(0)
	desk.sees(t, func(o Observed) bool { return o.Link.Up })
	h.link.Cut(true)
	f.clock.WaitFor(5) // the beat, and the pauses after four watches
	f.clock.Advance(watchPause)
	o := desk.sees(t, func(o Observed) bool { return o.Link.Err != nil })
	if o.Link.Up || !errors.Is(o.Link.Err, errAway) || o.Link.Since.IsZero() {
		t.Errorf("%+v", o.Link)
	}
	f.clock.WaitFor(5)
	h.link.Cut(false)
	f.clock.Advance(watchPause)
	desk.sees(t, func(o Observed) bool { return o.Link.Up && o.Link.Err == nil })
}

// The first who signs an account in keeps others from asking for it, until it is done,
// somebody takes it over, or its host is dead.
func TestClaimSignIn(t *testing.T) {
	f := newFleet(t, 3)
	a, b := f.hosts[0].vault.Heads.(*Heads), f.hosts[1].vault.Heads.(*Heads)
	desk := f.hosts[2].follows(0)
	id := f.hosts[0].signIn()
	is := func(host string) {
		t.Helper()
		desk.sees(t, func(o Observed) bool { return o.SignIns[id].Host == host && !o.SignIns[id].Mine })
	}
	claim := func(h *Heads, over bool) func() {
		t.Helper()
		release, err := h.ClaimSignIn(t.Context(), id, over)
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
	held := func() {
		t.Helper()
		if _, err := b.ClaimSignIn(t.Context(), id, false); autherr.CodeOf(err) != autherr.CodeSigningIn {
			t.Errorf("a second sign-in: %v", err)
		}
	}
	first := claim(a, false)
	is("host-1")
	held()
	again := claim(a, false) // a new code
	first()                  // the old one ends later
	is("host-1")
	held()
	again()
	is("")
	first = claim(a, false)
	second := claim(b, true)
	is("host-2")
	first() // it was taken over
	is("host-2")
	second()
	is("")
	claim(a, false)
	f.clock.Advance(signInTime + time.Second) // it is dead
	f.etcd.Expire()
	is("")
	claim(b, false)()

	mine := claim(desk, false)
	desk.sees(t, func(o Observed) bool { return o.SignIns[id].Mine })
	mine()
}

// Of those who claim at the same time one has it, and where it is not known what became
// of a claim it is looked at again.
func TestClaimSignIn_AtOnce(t *testing.T) {
	f := newFleet(t, 8)
	id := f.hosts[0].signIn()
	won := make(chan bool)
	for _, h := range f.hosts {
		go func() {
			_, err := h.vault.Heads.(*Heads).ClaimSignIn(f.Context(), id, false)
			won <- err == nil
		}()
	}
	n := 0
	for range f.hosts {
		if <-won {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d have it", n)
	}

	f.hosts[0].link.Next(etcdtest.LoseAnswer)
	release, err := f.hosts[0].vault.Heads.(*Heads).ClaimSignIn(t.Context(), id, true)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if left, err := f.hosts[0].link.Range(t.Context(), f.keys.SignIns()); err != nil || len(left.KVs) != 0 {
		t.Errorf("left: %+v, %v", left.KVs, err)
	}
}
