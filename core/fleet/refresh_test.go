package fleet

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// killed runs do in a goroutine of its own, which may end in the middle, and starts
// the host anew.
func (h *host) killed(do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	<-done
	h.start()
}

func TestRefresh_OneForAll(t *testing.T) {
	f := newFleet(t, 3)
	id := f.hosts[0].signIn()
	for n := range 4 {
		for _, h := range f.hosts {
			if got := h.access(id); got != f.provider.newest() {
				t.Fatalf("round %d: %s has %s, the newest is %s", n, h.name, got, f.provider.newest())
			}
		}
		f.expire()
		for _, h := range f.hosts {
			if _, err := h.refresh(id); err != nil {
				t.Fatalf("round %d: %s: %v", n, h.name, err)
			}
		}
	}
	if f.provider.posts != 4 || f.provider.reused != 0 || f.marked != 0 {
		t.Errorf("%d requests, %d reused, %d times restored", f.provider.posts, f.provider.reused, f.marked)
	}
}

// Nothing that is in the store is a token.
func TestStore_HasNoToken(t *testing.T) {
	f := newFleet(t, 1)
	id := f.hosts[0].signIn()
	f.expire()
	if _, err := f.hosts[0].refresh(id); err != nil {
		t.Fatal(err)
	}
	all, err := f.etcd.Client("admin").Range(t.Context(), f.keys.Prefix())
	if err != nil {
		t.Fatal(err)
	}
	for _, kv := range all.KVs {
		if strings.Contains(string(kv.Value), "-token-") {
			t.Errorf("%s: %s", kv.Key, kv.Value)
		}
	}
	if len(all.KVs) != 3 { // stamp, head, blob
		t.Errorf("%d keys", len(all.KVs))
	}
}

// A host whose link is cut serves what it has, and refreshes nothing.
func TestAway(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	first := b.access(id)
	b.link.Cut(true)
	if got := b.access(id); got != first {
		t.Errorf("while away: %s", got)
	}
	f.expire()
	if _, err := b.refresh(id); autherr.CodeOf(err) != autherr.CodeFleetAway || autherr.KindOf(err) != autherr.Keystore {
		t.Errorf("refresh while away: %v", err)
	}
	if f.provider.posts != 0 {
		t.Errorf("%d requests", f.provider.posts)
	}
	b.link.Cut(false)
	if _, err := b.refresh(id); autherr.CodeOf(err) != autherr.CodeFleetAway {
		t.Errorf("asked again at once: %v", err)
	}
	f.clock.Advance(outageTime + time.Second)
	if _, err := b.refresh(id); err != nil || a.access(id) != "access-token-2" {
		t.Errorf("%v, %s", err, a.access(id))
	}
}

// What a host was granted while its link was cut it uses, and the others get it when
// the link is back.
func TestSpool(t *testing.T) {
	for name, cut := range map[string]func(f *fleet, a *host){
		"link cut at the answer": func(f *fleet, a *host) {
			f.provider.after = func(got oauth.Answer) oauth.Answer { a.link.Cut(true); return got }
		},
		"killed at the answer's commit": func(f *fleet, a *host) {
			f.provider.after = func(got oauth.Answer) oauth.Answer {
				f.etcd.OnStep(func(client, op string) {
					if client == a.name && op == "commit" {
						runtime.Goexit()
					}
				})
				return got
			}
		},
		"answer of the commit lost, and the link": func(f *fleet, a *host) {
			f.provider.after = func(got oauth.Answer) oauth.Answer {
				a.link.Next(etcdtest.LoseAnswer)
				return got
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t, 2)
			a, b := f.hosts[0], f.hosts[1]
			id := a.signIn()
			b.access(id)
			f.clock.Advance(life - 30*time.Second)
			cut(f, a)
			a.killed(func() { _, _ = a.refresh(id) })
			f.provider.after = nil
			f.etcd.OnStep(nil)
			if f.provider.posts != 1 {
				t.Fatalf("%d requests", f.provider.posts)
			}
			a.link.Cut(false)
			if _, err := a.refresh(id); err != nil {
				t.Fatal(err)
			}
			if x, y := a.access(id), b.access(id); x != "access-token-2" || y != x {
				t.Errorf("%s, %s", x, y)
			}
			f.expire()
			if _, err := b.refresh(id); err != nil || a.access(id) != "access-token-3" {
				t.Errorf("%v, %s", err, a.access(id))
			}
			if f.provider.posts != 2 || f.provider.reused != 0 {
				t.Errorf("%d requests, %d reused", f.provider.posts, f.provider.reused)
			}
		})
	}
}

// A pair whose commit did not arrive comes into the store by itself where a program of
// its host is there, although nobody asks it for a token and its watch has seen no cut:
// before another host takes over, and sends a token that is spent.
func TestSpool_IsBroughtByAProgramThatIsThere(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.clock.Advance(life - 30*time.Second)
	f.provider.after = func(got oauth.Answer) oauth.Answer { a.link.Cut(true); return got }
	_, _ = a.refresh(id)
	f.provider.after = nil
	a.link.Cut(false)
	f.clock.Advance(outageTime + time.Second)
	if got := b.head(id).Gen; got != 1 || f.provider.posts != 1 {
		t.Fatalf("the store has generation %d after %d requests", got, f.provider.posts)
	}
	heads := a.vault.Heads.(*Heads)
	ctx, end := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { defer close(over); heads.present(ctx) }()
	for b.head(id).Gen != 2 {
		runtime.Gosched()
	}
	end()
	<-over
	f.expire()
	if _, err := b.refresh(id); err != nil || f.provider.reused != 0 {
		t.Errorf("%v, %d tokens were sent twice", err, f.provider.reused)
	}
}

// Of a host that was killed before it sent anything, another takes over, but not
// before the token has ended.
func TestTakeOver(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.clock.Advance(life - 10*time.Minute)
	f.provider.before = func(string) *oauth.Answer { runtime.Goexit(); return nil }
	a.killed(func() { _, _ = a.engine.Refresh(t.Context(), id, asked) })
	f.provider.before = nil
	got, err := b.engine.Refresh(t.Context(), id, asked)
	if err != nil || got.Rotated || f.provider.posts != 0 || got.Current.Blob == nil || got.Note == "" {
		t.Errorf("while the token lives: %+v, %v, %d requests", got, err, f.provider.posts)
	}
	f.expire()
	if _, err := b.refresh(id); err != nil || a.access(id) != "access-token-2" {
		t.Errorf("%v, %s", err, a.access(id))
	}
}

// Where a person is asked, nobody takes over before one says so, be the token ended or
// refused; what this host itself did not end needs no question.
func TestTakeOver_Ask(t *testing.T) {
	for name, tt := range map[string]struct {
		by      int // host that is killed
		live    bool
		req     refresh.Request
		asks    bool
		refresh bool
	}{
		"ended":                  {by: 0, asks: true},
		"ended, forced":          {by: 0, req: refresh.Request{Asked: true, Force: true}, asks: true},
		"ended, and a yes":       {by: 0, req: refresh.Request{Asked: true, TakeOver: true}, refresh: true},
		"alive, and a yes":       {by: 0, live: true, req: refresh.Request{Asked: true, TakeOver: true}},
		"refused":                {by: 0, live: true, req: refresh.Request{Gen: 1, Refused: true}, asks: true},
		"refused, and a yes":     {by: 0, live: true, req: refresh.Request{Gen: 1, Refused: true, TakeOver: true}, refresh: true},
		"ended, this host's own": {by: 1, refresh: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t, 2)
			id := f.hosts[0].signIn()
			b := f.hosts[1]
			b.access(id)
			f.clock.Advance(life - 10*time.Minute)
			f.provider.before = func(string) *oauth.Answer { runtime.Goexit(); return nil }
			f.hosts[tt.by].killed(func() { _, _ = f.hosts[tt.by].engine.Refresh(t.Context(), id, asked) })
			f.provider.before = nil
			if !tt.live {
				f.expire()
			}
			b.vault.Heads.(*Heads).Ask = true
			got, err := b.engine.Refresh(t.Context(), id, tt.req)
			if asks := autherr.CodeOf(err) == autherr.CodeTakeOver; asks != tt.asks || !asks && err != nil || got.Rotated != tt.refresh || f.provider.posts > 0 != tt.refresh {
				t.Fatalf("%+v, %v, %d requests", got, err, f.provider.posts)
			}
			if tt.asks {
				if left := b.standing(id).Left; left != "host-1" {
					t.Errorf("the list says that %q did not end", left)
				}
				if err := b.vault.Remove(t.Context(), id); err != nil {
					t.Errorf("it cannot be removed meanwhile: %v", err)
				}
			}
		})
	}
}

// standing is whose work the account's tokens are, as this host sees it.
func (h *host) standing(id string) Standing {
	h.Helper()
	all, err := h.vault.Heads.(*Heads).Standings(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	return all[id]
}

// A quarantine is undone by the host that still held the pair.
func TestResurrect(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.clock.Advance(life - 30*time.Second)
	f.provider.after = func(got oauth.Answer) oauth.Answer { a.link.Cut(true); return got }
	_, _ = a.refresh(id)
	f.provider.after = nil
	f.expire()
	if _, err := b.refresh(id); !b.head(id).Quarantined() {
		t.Fatalf("%v, %+v", err, b.head(id))
	}
	a.link.Cut(false)
	if _, err := a.refresh(id); err != nil {
		t.Fatal(err)
	}
	if h := b.head(id); h.Quarantined() || b.access(id) != f.provider.newest() {
		t.Errorf("%+v, %s", h, b.access(id))
	}
}

// Removed on one host, it is gone on all, also in the middle of a refresh.
func TestRemove(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.clock.Advance(life - 30*time.Second)
	f.provider.after = func(got oauth.Answer) oauth.Answer {
		if err := b.vault.Remove(t.Context(), id); err != nil {
			t.Error(err)
		}
		return got
	}
	if _, err := a.refresh(id); err == nil {
		t.Error("refreshed what was removed")
	}
	for _, h := range f.hosts {
		if !h.head(id).Removed() {
			t.Errorf("%s: %+v", h.name, h.head(id))
		}
		if names, _ := h.store.List(t.Context()); len(names) != 0 {
			t.Errorf("%s still has %v", h.name, names)
		}
	}
}

// A host that removes an account while another brings new tokens removes those as well,
// and what is told of the account does not go back to the generation that it had read.
func TestRemove_WhatIsRefreshedMeanwhile(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.expire()
	f.etcd.OnStep(func(client, op string) {
		if client == a.name && op == "commit" {
			f.etcd.OnStep(nil)
			if _, err := b.refresh(id); err != nil {
				t.Error(err)
			}
		}
	})
	if err := a.vault.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := b.refresh(id); err == nil {
		t.Error("refreshed what was removed")
	}
	if got := f.whole(id); got != 2 {
		t.Errorf("the fleet has generation %d", got)
	}
	for _, h := range f.hosts {
		if head := h.head(id); !head.Removed() || head.Gen != 2 {
			t.Errorf("%s: %+v", h.name, head)
		}
		if names, _ := h.store.List(t.Context()); len(names) != 0 {
			t.Errorf("%s still has %v", h.name, names)
		}
	}
	kept, err := f.etcd.Client("admin").Range(t.Context(), f.keys.Accounts())
	if err != nil {
		t.Fatal(err)
	}
	for _, kv := range kept.KVs {
		if kv.Key != f.keys.Head(id) {
			t.Errorf("the store still has %s", kv.Key)
		}
	}
}

// A label that one host gives is that of all.
func TestLabel(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	if a.vault.Edit(t.Context(), id, func(h *record.Head) bool { h.Label = "job"; return true }) == nil {
		t.Fatal("not edited")
	}
	if h := b.head(id); h.Label != "job" {
		t.Errorf("the head says %q", h.Label)
	}
	pool, _, err := b.folder.ReadPool()
	if row := pool.Find(id); err != nil || row == nil || row.Label != "job" {
		t.Errorf("%+v, %v", row, err)
	}
}

// A store that has gone back is found by whoever lists, too, and told to all.
func TestRestored(t *testing.T) {
	f := newFleet(t, 2)
	a := f.hosts[0]
	id := a.signIn()
	old := f.etcd.Snapshot()
	f.expire()
	if _, err := a.refresh(id); err != nil {
		t.Fatal(err)
	}
	newest := a.access(id)
	f.etcd.Restore(old, false)
	if err := a.vault.Heads.Look(t.Context()); !restored(err) || f.marked == 0 {
		t.Errorf("%v, told %d times", err, f.marked)
	}
	if got := a.access(id); got != newest {
		t.Errorf("serves %s, not %s", got, newest)
	}
	f.expire()
	if _, err := a.refresh(id); !restored(err) || f.provider.posts != 1 {
		t.Errorf("%v, %d requests", err, f.provider.posts)
	}
}
