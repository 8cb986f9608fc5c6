package fleet

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

func (h *host) moveOut(id string) error {
	return h.vault.Heads.(*Heads).MoveOut(h.Context(), id)
}

func (h *host) moveIn(id string) error {
	return h.vault.Heads.(*Heads).MoveIn(h.Context(), id)
}

// moved holds that an account is one host's own, and gone for the other.
func (f *fleet) moved(id string, to, from *host) {
	f.Helper()
	if got := to.access(id); got != f.provider.newest() {
		f.Errorf("%s, whose own it is, has %s, the newest is %s", to.name, got, f.provider.newest())
	}
	if got := from.access(id); !strings.HasPrefix(got, "error") || !from.head(id).Removed() {
		f.Errorf("%s, which has it no more: %s, %+v", from.name, got, from.head(id))
	}
}

// shared holds that both hosts have an account's newest token.
func (f *fleet) shared(id string) {
	f.Helper()
	for _, h := range f.hosts {
		if got := h.access(id); got != f.provider.newest() {
			f.Errorf("%s has %s, the newest is %s", h.name, got, f.provider.newest())
		}
	}
}

// An account goes out of the fleet and comes back; each of the two refreshes while it is
// theirs, and nothing looks as if the store had gone back.
func TestMove(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	for range 3 {
		if err := a.moveOut(id); err != nil {
			t.Fatal(err)
		}
		f.moved(id, a, b)
		a.link.Cut(true) // its own account needs no store
		f.expire()
		if _, err := a.refresh(id); err != nil {
			t.Fatal(err)
		}
		a.link.Cut(false)
		a.start()
		f.moved(id, a, b)
		if err := a.moveIn(id); err != nil {
			t.Fatal(err)
		}
		f.shared(id)
		f.expire()
		if _, err := b.refresh(id); err != nil {
			t.Fatal(err)
		}
		f.shared(id)
	}
	if f.provider.reused != 0 || f.marked != 0 {
		t.Errorf("%d reused, %d times restored", f.provider.reused, f.marked)
	}
}

// stopAt kills the process of a host before its n-th request to the store. It reports
// whether it came that far.
func (h *host) stopAt(n int, do func()) (stopped bool) {
	h.etcd.OnStep(func(client, _ string) {
		if client != h.name {
			return
		}
		if n--; n == 0 {
			stopped = true
			runtime.Goexit()
		}
	})
	h.killed(do)
	h.etcd.OnStep(nil)
	return stopped
}

// Moves out and in are killed between two requests, with and without a link that loses
// the answer before. Both hosts then try to refresh; asked again, the move comes to its
// end. HERMES_TUI_TEST_KILLS=all kills at every request.
func TestMove_Killed(t *testing.T) {
	out := func(f *fleet, id string) {
		if err := f.hosts[0].moveOut(id); err != nil {
			f.Errorf("out again: %v", err)
		}
		f.moved(id, f.hosts[0], f.hosts[1])
	}
	in := func(f *fleet, id string) {
		if err := f.hosts[0].moveIn(id); err != nil {
			f.Errorf("in again: %v", err)
		}
		f.shared(id)
	}
	first := 0
	for name, c := range map[string]struct {
		out, aborted bool // what is killed
		again        func(f *fleet, id string)
	}{
		"out":             {true, false, out},
		"in":              {false, false, in},
		"in, and aborted": {false, true, out},
	} {
		for fate, fates := range map[string][]etcdtest.Fate{"": nil, ", an answer lost": {etcdtest.LoseAnswer}, ", late": {etcdtest.Late, etcdtest.LoseRequest}} {
			t.Run(name+fate, func(t *testing.T) {
				step := 17
				if os.Getenv("HERMES_TUI_TEST_KILLS") == "all" {
					step = 1
				}
				first++ // each begins at another request
				n := 1 + first%step
				for stopped := true; stopped; n += step {
					f := newFleet(t, 2)
					a, b := f.hosts[0], f.hosts[1]
					id := a.signIn()
					b.access(id)
					do := a.moveOut
					if !c.out {
						if err := a.moveOut(id); err != nil {
							t.Fatal(err)
						}
						do = a.moveIn
					}
					a.link.Next(fates...)
					stopped = a.stopAt(n, func() { _ = do(id) })
					f.expire()
					_, _ = b.refresh(id)
					if !c.aborted { // it would finish the move
						_, _ = a.refresh(id)
					}
					c.again(f, id)
					for _, call := range f.etcd.Calls() {
						_, _ = call.Release()
					}
					f.expire()
					_, _ = b.refresh(id)
					_, _ = a.refresh(id)
					a.start()
					c.again(f, id)
					f.expire()
					if _, err := a.refresh(id); err != nil {
						t.Errorf("killed at %d: %v", n, err)
					}
					c.again(f, id)
					if f.provider.reused != 0 || f.marked != 0 {
						t.Errorf("killed at %d: %d reused, %d times restored", n, f.provider.reused, f.marked)
					}
				}
			})
		}
	}
}

// While an account moves, no host begins a refresh; once the host that it moves to is no
// member any more, the others do.
func TestMove_Begun(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	commits := 0
	f.etcd.OnStep(func(client, op string) {
		if client == a.name && op == "commit" {
			if commits++; commits == 2 {
				runtime.Goexit()
			}
		}
	})
	a.killed(func() { _ = a.moveOut(id) })
	f.etcd.OnStep(nil)
	f.shared(id)
	f.expire()
	if _, err := b.refresh(id); err == nil || !strings.Contains(err.Error(), "moves to host-1") || f.provider.posts != 0 {
		t.Errorf("%v, %d requests", err, f.provider.posts)
	}
	if err := b.moveOut(id); err == nil || !strings.Contains(err.Error(), "moves to host-1") {
		t.Errorf("to another host meanwhile: %v", err)
	}
	f.out = a.name
	if _, err := b.refresh(id); err != nil || b.access(id) != "access-token-2" {
		t.Errorf("%v, %s", err, b.access(id))
	}
}

// What is refreshed on another host moves afterwards, and what was removed not at all.
func TestMove_Refused(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	var failed error
	f.provider.ready = func(*host) { failed = a.moveOut(id) }
	f.expire()
	if _, err := b.refresh(id); err != nil {
		t.Fatal(err)
	}
	f.provider.ready = nil
	if failed == nil || !strings.Contains(failed.Error(), "host-2 refreshes the account") {
		t.Errorf("in the middle of a refresh: %v", failed)
	}
	f.shared(id)
	if err := b.vault.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := a.moveOut(id); autherr.CodeOf(err) != autherr.CodeNoSuchAccount {
		t.Errorf("removed: %v", err)
	}
	if h, err := a.folder.ReadHead(id); err != nil || h.Status != record.StatusRemoved {
		t.Errorf("%+v, %v", h, err)
	}
}

// copied is a copy of the one sign-in that a host has for itself.
func (h *host) copied() string {
	h.Helper()
	id, err := h.folder.Reserve(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	if err := h.heads().mirror.belongs(id, own); err != nil {
		h.Fatal(err)
	}
	head := &record.Head{Public: record.Public{ID: id, Status: record.StatusOK, Provider: "minimax-oauth", Skew: time.Minute}, Label: "copy"}
	err = h.vault.Create(h.Context(), head, func(x *vault.Txn) error {
		if err := x.Begin(h.Context(), record.ForLogin, ""); err != nil {
			return err
		}
		return x.Commit(h.Context(), h.provider.login(x.Store.StoreID, id, 1))
	})
	if err != nil {
		h.Fatal(err)
	}
	return id
}

// One sign-in, copied to two hosts, comes into the fleet once, also where both bring it at
// the same time.
func TestMove_TwiceAtOnce(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	first, second := a.copied(), b.copied()
	var late error
	busy := false
	f.etcd.OnStep(func(client, op string) {
		if client == a.name && op == "commit" && !busy { // it has looked, and is about to write
			busy = true
			late = b.moveIn(second)
		}
	})
	err := a.moveIn(first)
	f.etcd.OnStep(nil)
	if !busy || late != nil || autherr.CodeOf(err) != autherr.CodeDuplicateOwner || !strings.Contains(err.Error(), second) {
		t.Fatalf("%v, %v", late, err)
	}
	f.expire()
	if _, err := b.refresh(second); err != nil || f.provider.reused != 0 || !a.heads().Belongs(first) {
		t.Errorf("%v, %d tokens sent twice", err, f.provider.reused)
	}
}

// One sign-in, copied to two hosts, comes into the fleet once.
func TestMove_Twice(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	first := a.signIn()
	copied := b.copied()
	for range 2 {
		if err := b.heads().MoveIn(t.Context(), copied); autherr.CodeOf(err) != autherr.CodeDuplicateOwner || !strings.Contains(err.Error(), first) {
			t.Fatalf("moved in twice: %v", err)
		}
	}
	if got, err := f.etcd.Client("admin").Get(t.Context(), f.keys.Head(copied)); err != nil || got.KVs[0].Found() {
		t.Error("it is in the fleet", err)
	}
	if !b.heads().Belongs(copied) || b.access(copied) != "access-token-1" || b.vault.Remove(t.Context(), copied) != nil {
		t.Error("it is no account of that host any more")
	}
}
