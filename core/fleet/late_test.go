package fleet

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// whole looks whether what etcd has of an account is one whole, and returns its
// generation.
func (f *fleet) whole(id string) uint64 {
	f.Helper()
	m := &model{fleet: f, id: id, others: others{committed: map[string]bool{}}}
	m.check()
	for _, line := range m.wrong {
		f.Error(line)
	}
	return m.gen
}

// steps calls do at each step of a host, from the answer of the provider on.
func (f *fleet) steps(h *host, do func(op string)) {
	f.provider.after = func(got oauth.Answer) oauth.Answer {
		f.provider.after = nil
		f.etcd.OnStep(func(client, op string) {
			if client == h.name {
				do(op)
			}
		})
		return got
	}
}

// A commit of which nobody knows, since the link was cut for a moment: what the host
// writes afterwards, when the link is back, says nothing of tokens that etcd has not.
func TestCommit_NotKnown(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.clock.Advance(life - 30*time.Second)
	commits := 0
	looked := false
	f.steps(a, func(op string) {
		a.link.Cut(commits == 1 && !looked) // while it looks what became of it
		looked = looked || commits == 1
		if op == "commit" {
			if commits++; commits == 1 {
				a.link.Next(etcdtest.LoseRequest)
			}
		}
	})
	if _, err := a.refresh(id); err != nil {
		t.Fatal(err)
	}
	f.etcd.OnStep(nil)
	a.link.Cut(false)
	if got := f.whole(id); got != 1 {
		t.Errorf("generation %d", got)
	}
	f.clock.Advance(outageTime + time.Second)
	if _, err := a.refresh(id); err != nil {
		t.Fatal(err)
	}
	if got := f.whole(id); got != 2 || b.access(id) != "access-token-2" || f.provider.posts != 1 {
		t.Errorf("generation %d, the other host has %s, %d requests", got, b.access(id), f.provider.posts)
	}
}

// A commit whose answer is lost, after which another host begins: its intent stands.
func TestCommit_AnotherBegins(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.clock.Advance(life - 30*time.Second)
	committed := false
	f.steps(a, func(op string) {
		switch {
		case op == "commit" && !committed:
			committed = true
			a.link.Next(etcdtest.LoseAnswer)
		case op == "get" && committed:
			f.etcd.OnStep(nil)
			f.provider.before = func(string) *oauth.Answer { // nobody answers b
				got := refused(oauth.Unknown, "lost")
				return &got
			}
			if got := b.access(id); got != "access-token-2" {
				t.Errorf("b has %s", got)
			}
			f.clock.Advance(life - 30*time.Second)
			_, _ = b.refresh(id)
		}
	})
	_, _ = a.refresh(id)
	if !committed {
		t.Fatal("nothing was committed")
	}
	f.whole(id)
}

// The store is full when a pair is to be committed: the host uses it, and does not ask
// again and again; when there is room, it brings the pair.
func TestCommit_Full(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.clock.Advance(life - 30*time.Second)
	commits := 0
	f.steps(a, func(op string) {
		f.etcd.NoSpace(true)
		if op == "commit" {
			if commits++; commits > 20 {
				a.link.Cut(true)
			}
		}
	})
	if _, err := a.refresh(id); err != nil || a.access(id) != "access-token-2" || b.access(id) != "access-token-1" {
		t.Errorf("%v, this host has %s, the other %s", err, a.access(id), b.access(id))
	}
	if commits > 5 {
		t.Errorf("%d attempts to commit", commits)
	}
	f.etcd.OnStep(nil)
	a.link.Cut(false)
	f.etcd.NoSpace(false)
	f.clock.Advance(outageTime + time.Second)
	if got := a.access(id); f.whole(id) != 2 || b.access(id) != got || f.provider.posts != 1 {
		t.Errorf("this host has %s, the other %s, %d requests", got, b.access(id), f.provider.posts)
	}
}

// The link is lost while a host that begins to watch fetches what it has missed: it begins
// anew, because nobody will tell it of that again.
func TestWatch_MissesNothing(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.expire()
	if _, err := a.refresh(id); err != nil {
		t.Fatal(err)
	}
	listed := false
	f.etcd.OnStep(func(client, op string) {
		listed = listed || client == b.name && op == "range"
		b.link.Cut(listed && op == "get")
	})
	later := func(ctx context.Context, id string) error { return b.heads().updateLater(ctx, id, nil) }
	if _, err := b.heads().list(t.Context(), later); !errors.Is(err, errAway) {
		t.Errorf("it goes on with %v", err)
	}
	f.etcd.OnStep(nil)
	b.link.Cut(false)
	f.clock.Advance(outageTime + time.Second)
	if _, err := b.heads().list(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	if mine, err := b.folder.ReadHead(id); err != nil || mine.Gen != 2 {
		t.Errorf("%+v, %v", mine, err)
	}
}

// What this program has brought already, a watch that tells of it later does not ask for
// again; nor what it has written itself.
func TestWatch_AsksOnce(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	f.expire()
	if _, err := a.refresh(id); err != nil || b.access(id) != "access-token-2" {
		t.Fatal(err, b.access(id))
	}
	stands, err := f.etcd.Client("admin").Get(t.Context(), f.keys.Head(id))
	if err != nil {
		t.Fatal(err)
	}
	told, asked := stands.KVs[0].Value, 0
	f.etcd.OnStep(func(client, _ string) {
		if client != "admin" {
			asked++
		}
	})
	for _, h := range f.hosts {
		if err := h.heads().updateLater(t.Context(), id, told); err != nil || asked != 0 {
			t.Errorf("%s: %v, and asked %d times", h.name, err, asked)
		}
	}
	b.heads().observer.follow()
	forged := append([]byte("no owner's\n"), told...)
	f.put(f.keys.Head(id), string(forged))
	if err := b.heads().updateLater(t.Context(), id, forged); err != nil {
		t.Fatal(err)
	}
	if seen, _ := b.heads().Observe(); !seen.Accounts[id].Damaged {
		t.Errorf("what is no owner's is not said: %+v", seen.Accounts)
	}
	f.put(f.keys.Head(id), string(told))
	if err := b.heads().updateLater(t.Context(), id, told); err != nil {
		t.Fatal(err)
	}
	if seen, _ := b.heads().Observe(); seen.Accounts[id].Damaged {
		t.Error("it is put right, and still said to be damaged")
	}
}
