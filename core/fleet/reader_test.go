package fleet

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// withReader is a fleet of n owners and one reader.
func withReader(t *testing.T, n int) (*fleet, *host) {
	t.Helper()
	f := newFleet(t, n)
	return f, f.addReader()
}

func (f *fleet) addReader() *host {
	f.Helper()
	r := &host{fleet: f, name: "reader", store: keystore.NewMemory(), link: f.etcd.Client("reader")}
	r.folder = record.Open(record.Options{Dir: f.scratch(), Machine: r.name, Random: rand.Reader})
	if _, err := r.folder.Store.Join(f.Context(), "prod", "ffeeddccbbaa99887766554433221100", "memory"); err != nil {
		f.Fatal(err)
	}
	f.reader = r
	r.start()
	return r
}

func (h *host) follow(id string) (bool, error) {
	return h.vault.Heads.(*Reader).Follow(h.Context(), id, false)
}

// handedOut is what stands in the store for readers.
func (f *fleet) handedOut(id string) []byte {
	f.Helper()
	got, err := f.etcd.Client("admin").Get(f.Context(), f.keys.Access(id))
	if err != nil {
		f.Fatal(err)
	}
	return got.KVs[0].Value
}

// A reader has each account's access token as soon as an owner has it, and nothing with
// which it could refresh one.
func TestReader(t *testing.T) {
	f, r := withReader(t, 1)
	a := f.hosts[0]
	id := a.signIn()
	for range 3 {
		if got := r.access(id); got != f.provider.newest() {
			t.Fatalf("the reader has %s, the newest is %s", got, f.provider.newest())
		}
		s, err := r.vault.Read(t.Context(), id)
		if err != nil || !s.Blob.Refresh.IsZero() || s.Head.Current != "" || !s.Head.Shared() {
			t.Errorf("%v, a refresh token: %v, %+v", err, !s.Blob.Refresh.IsZero(), s.Head)
		}
		f.expire()
		if _, err := a.refresh(id); err != nil {
			t.Fatal(err)
		}
	}
	last := r.access(id)
	r.link.Cut(true)
	if got := r.access(id); got != last {
		t.Errorf("while the store is away: %s", got)
	}
	r.link.Cut(false)
	if strings.Contains(string(f.handedOut(id)), "-token-") {
		t.Error("a token in clear")
	}
	f.provider.dead = true
	f.expire()
	_, _ = a.refresh(id)
	r.start()
	if got := r.access(id); !strings.HasPrefix(got, "error") || !r.head(id).Quarantined() {
		t.Errorf("of an ended sign-in: %s, %+v", got, r.head(id))
	}
	if err := a.vault.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if r.start(); !r.head(id).Removed() || f.handedOut(id) != nil {
		t.Errorf("of a removed account: %+v, %q", r.head(id), f.handedOut(id))
	}
	if n, err := r.store.List(t.Context()); err != nil || len(n) > 0 {
		t.Errorf("left in the reader's keystore: %v, %v", n, err)
	}
}

// An account that moves out of the fleet is no reader's any more, and comes back.
func TestReader_Moved(t *testing.T) {
	f, r := withReader(t, 2)
	a := f.hosts[0]
	id := a.signIn()
	r.access(id)
	if err := a.moveOut(id); err != nil || !r.head(id).Removed() {
		t.Errorf("%v, %+v", err, r.head(id))
	}
	if err := a.moveIn(id); err != nil || r.access(id) != f.provider.newest() {
		t.Errorf("%v, %s", err, r.access(id))
	}
}

// What was handed out before, put back, is not taken, nor what nobody of the fleet wrote.
func TestReader_OldAndForged(t *testing.T) {
	f, r := withReader(t, 1)
	a := f.hosts[0]
	id := a.signIn()
	r.access(id)
	old := f.handedOut(id)
	f.expire()
	if _, err := a.refresh(id); err != nil {
		t.Fatal(err)
	}
	newest := r.access(id)
	for _, value := range []string{string(old), "forged", "access " + f.keys.Access(id) + "\n" + string(turned([]byte("{}")))} {
		f.put(f.keys.Access(id), value)
		if got := r.access(id); got != newest {
			t.Errorf("with %.10q handed out: %s", value, got)
		}
	}
}

// A restored store was accepted without a host that had the newest tokens: a reader that
// had them, too, goes on with what the owners have, though its generation is lower.
func TestReader_Restored(t *testing.T) {
	f, r := withReader(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	old := f.etcd.Snapshot()
	for range 3 {
		if _, err := a.engine.Refresh(t.Context(), id, asked); err != nil || r.access(id) != f.provider.newest() {
			t.Fatal(err, r.access(id))
		}
		f.clock.Advance(leaseTime)
	}
	f.etcd.Restore(old, true)
	if got := r.access(id); got != "access-token-4" {
		t.Errorf("before it is accepted the reader has %s", got)
	}
	if err := (team{f, b.link, b.name}).Restored(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.heads().AcceptRestore(t.Context(), f.handIn(b), []string{a.name}); err != nil {
		t.Fatal(err)
	}
	if got := r.access(id); got != "access-token-1" || b.access(id) != got {
		t.Errorf("the reader has %s, the owners have %s", got, b.access(id))
	}
	put, handed := f.keys.Access(id), f.handedOut(id)
	if err := a.vault.Heads.Look(t.Context()); err != nil { // it comes back
		t.Fatal(err)
	}
	if got := r.access(id); got != "access-token-4" || a.access(id) != got {
		t.Errorf("the reader has %s, the owners have %s", got, a.access(id))
	}
	f.put(put, string(handed))
	if got := r.access(id); got != "access-token-4" {
		t.Errorf("an older one is put back: %s", got)
	}
}

// A store that was restored, or whose record of the fleet cannot be read, takes no token
// from a reader: it serves what it has, as the owners do.
func TestReader_GoesOn(t *testing.T) {
	for _, code := range []string{autherr.CodeFleetRestored, autherr.CodeRecordDamaged} {
		t.Run(code, func(t *testing.T) {
			f, r := withReader(t, 1)
			id := f.hosts[0].signIn()
			if got := r.access(id); got != "access-token-1" {
				t.Fatal(got)
			}
			f.clock.Advance(freshTime)
			f.put(f.keys.Stamp(), code)
			for _, h := range []*host{f.hosts[0], r} {
				if got := h.access(id); got != "access-token-1" {
					t.Errorf("%s has %s", h.name, got)
				}
			}
		})
	}
}

// A reader changes nothing.
func TestReader_ChangesNothing(t *testing.T) {
	f, r := withReader(t, 1)
	id := f.hosts[0].signIn()
	r.access(id)
	if err := r.vault.Remove(t.Context(), id); autherr.CodeOf(err) != autherr.CodeNotOwner {
		t.Errorf("remove: %v", err)
	}
	f.expire()
	if _, err := r.refresh(id); autherr.CodeOf(err) != autherr.CodeShared || !strings.Contains(err.Error(), "refreshed by the owners of the fleet") {
		t.Errorf("refresh: %v", err)
	}
	if f.provider.posts != 0 || r.head(id).Removed() {
		t.Errorf("%d requests, %+v", f.provider.posts, r.head(id))
	}
}

// A reader's wish comes to the owners' programs that run, once, and only while it is one.
func TestReader_Wants(t *testing.T) {
	f, r := withReader(t, 1)
	a := f.hosts[0]
	id := a.signIn()
	r.access(id)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	asked := make(chan uint64, 10)
	go a.vault.Heads.(*Heads).Wants(ctx, func(_ context.Context, _ string, gen uint64) {
		if _, err := a.refresh(id); err != nil {
			t.Error(err)
		}
		asked <- gen
	})
	f.expire()
	if moved, err := r.follow(id); moved || err != nil {
		t.Errorf("%v, %v", moved, err)
	}
	if gen := <-asked; gen != 1 {
		t.Errorf("more than generation %d is wanted", gen)
	}
	if moved, err := r.follow(id); !moved || err != nil || r.access(id) != "access-token-2" {
		t.Errorf("%v, %v, %s", moved, err, r.access(id))
	}
	for _, odd := range []string{"", "null", `{"gen":0}`, "[]"} { // by whoever may write there
		f.put(f.keys.Want(id), odd)
	}
	f.put(f.keys.Wants()+"../x", `{"gen":9}`)
	f.put(f.keys.Want(id), `{"gen":2}`) // well formed, and by no member
	f.expire()
	if _, err := r.follow(id); err != nil {
		t.Fatal(err)
	}
	if gen := <-asked; gen != 2 || f.provider.posts != 2 {
		t.Errorf("more than generation %d is wanted, %d requests", gen, f.provider.posts)
	}
	end()
	if f.provider.posts != 2 || len(asked) > 0 {
		t.Errorf("%d requests: somebody who is no reader was obeyed", f.provider.posts)
	}
}

// A window of a reader sees who belongs to the fleet, who is there, and its own link.
func TestReader_Observes(t *testing.T) {
	f, r := withReader(t, 1)
	f.hosts[0].signIn()
	f.hosts[0].follows(0)
	reader := r.vault.Heads.(*Reader)
	ctx, end := context.WithCancel(t.Context())
	over := make(chan struct{}, 2)
	go func() { _ = reader.Watch(ctx); over <- struct{}{} }()
	go func() { reader.Observer().Attend(ctx); over <- struct{}{} }()
	t.Cleanup(func() { end(); <-over; <-over })
	reader.Observer().sees(t, func(o Observed) bool {
		_, there := o.Hosts["host-1"]
		return o.Link.Up && there && o.Stamp != nil
	})
	f.hosts[0].link.Cut(true) // it makes no difference to the reader
	r.link.Cut(true)
	f.clock.WaitFor(1)
	f.clock.Advance(watchPause)
	reader.Observer().sees(t, func(o Observed) bool { return errors.Is(o.Link.Err, errAway) })
}
