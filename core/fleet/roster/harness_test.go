package roster

import (
	"context"
	"errors"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// bench is a store and what hosts have of it.
type bench struct {
	*etcdtest.Fake
	clock *clock.Fake
	keys  Keys
}

func newBench(t testing.TB) *bench {
	t.Helper()
	c := clock.NewFake(noon)
	keys, err := NewKeys("prod")
	if err != nil {
		t.Fatal(err)
	}
	return &bench{etcdtest.NewFake(c.Now), c, keys}
}

// host is one that is not a member yet.
func (b *bench) host(t testing.TB, name string) Host {
	t.Helper()
	id, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return Host{Store: b.Client(name), Keys: b.keys, Identity: id, Clock: b.clock}
}

// found makes a fleet with one owner, "desk".
func (b *bench) found(t testing.TB) (*View, secret.Secret) {
	t.Helper()
	v, recovery, err := b.host(t, "desk").Init(t.Context(), "desk")
	if err != nil {
		t.Fatal(err)
	}
	return v, recovery
}

var endpoints = []string{"https://etcd-1.example:2379"}

func (b *bench) invite(t testing.TB, by *View, role Role) *Invite {
	t.Helper()
	i, err := by.Invite(t.Context(), role, endpoints, nil)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// ask asks to join with the invitation's text, and returns what both sides have.
func (b *bench) ask(t testing.TB, i *Invite, h Host, name string) (*Request, *Candidate) {
	t.Helper()
	in, err := ParseInvitation(i.Text())
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.Ask(t.Context(), in, name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := i.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r, c
}

// join makes a host a member.
func (b *bench) join(t testing.TB, by *View, name string, role Role) (now, joined *View) {
	t.Helper()
	r, c := b.ask(t, b.invite(t, by, role), b.host(t, name), name)
	now, err := c.Accept(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	joined, err = r.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return now, joined
}

// again is what a host sees that starts with what it has kept of a view.
func again(ctx context.Context, v *View) (*View, error) { return v.host.Open(ctx, v.Seen()) }

func mustAgain(t testing.TB, v *View) *View {
	t.Helper()
	next, err := again(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// put writes as an administrator of the etcd does.
func (b *bench) put(t testing.TB, key string, value []byte) {
	t.Helper()
	if _, err := b.Client("administrator").Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(key, value, 0)}}); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) get(t testing.TB, key string) []byte {
	t.Helper()
	a, err := b.Client("administrator").Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return a.KVs[0].Value
}

func (b *bench) all(t testing.TB) []etcd.KV {
	t.Helper()
	a, err := b.Client("administrator").Range(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	return a.KVs
}

// isDamaged fails the test unless err has code record_damaged.
func isDamaged(t testing.TB, what string, err error) {
	t.Helper()
	if autherr.CodeOf(err) != autherr.CodeRecordDamaged {
		t.Errorf("%s: %v", what, err)
	}
}

func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%v, not %v", err, want.(*autherr.Error).Code)
	}
}

func names(v *View) (all []string) {
	for _, m := range v.Roster.Members {
		all = append(all, string(m.Role)+" "+m.Name)
	}
	return all
}

func mustIdentity(t testing.TB, v *View) *age.X25519Identity {
	t.Helper()
	id, err := identity(v.host.Identity)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
