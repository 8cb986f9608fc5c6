//go:build unix

package main_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/setup"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// opened are the accounts of this machine, in this process, by a clock of their own;
// nil: the system's.
func (b *bench) opened(c clock.Clock) *core.Core {
	b.t.Helper()
	found, err := setup.Find(func(name string) (value string) {
		for _, one := range b.env {
			if text, ok := strings.CutPrefix(one, name+"="); ok {
				value = text
			}
		}
		return value
	}, "")
	if err != nil {
		b.t.Fatal(err)
	}
	found.World.Clock = c
	accounts, _, err := found.Open(setup.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	return accounts
}

// admit lets another host in as invite does, without the terminals: what the two
// commands do is done here. Where many hosts are needed it takes a tenth of the time.
func (b *bench) admit(other *bench, name string, endpoints ...string) {
	b.t.Helper()
	b.admitAs(roster.Owner, other, name, host.Way{Etcd: host.Etcd{Endpoints: endpoints}})
}

// admitAs is admit for a host that reaches the store in a way of its own.
func (b *bench) admitAs(role roster.Role, other *bench, name string, way host.Way) {
	b.t.Helper()
	ctx := b.t.Context()
	check := func(err error) {
		b.t.Helper()
		if err != nil {
			b.t.Fatal(err)
		}
	}
	invite, err := b.opened(nil).Host().Invite(ctx, role)
	check(err)
	defer invite.Close()
	in, err := roster.ParseInvitation(invite.Text())
	check(err)
	asked, err := other.opened(nil).Host().Join(ctx, in, way, name)
	check(err)
	who, err := invite.Wait(ctx)
	check(err)
	if !slices.Equal(who.Words, asked.Words) {
		b.t.Fatalf("the words are %q here and %q there", who.Words, asked.Words)
	}
	_, err = who.Accept(ctx)
	check(err)
	_, err = asked.Wait(ctx)
	check(err)
}

// admitted makes n hosts beside this one, which is host-1 of the fleet.
func (b *bench) admitted(n int) (all []*bench) {
	b.t.Helper()
	for i := range n {
		other := b.host()
		b.admit(other, fmt.Sprint("host-", i+2))
		all = append(all, other)
	}
	return all
}

// depot looks into the etcd of a fleet as its administrator does, who has no key.
type depot struct {
	roster.Keys
	*etcd.Client
	t testing.TB
}

func openDepot(t testing.TB, store *etcdtest.Cluster) depot {
	t.Helper()
	keys, err := roster.NewKeys("main")
	if err != nil {
		t.Fatal(err)
	}
	return depot{keys, store.Open(t, nil), t}
}

// plainHead is what the administrator reads of an account.
type plainHead struct {
	Body struct {
		Head   record.Head `json:"head"`
		By     string      `json:"by"`
		Intent *struct {
			Op   string `json:"op"`
			Host string `json:"host"`
		} `json:"intent"`
	} `json:"body"`
}

// head is an account's, with whether somebody may send its refresh token. ok is false
// where there is none, or etcd does not answer.
func (d depot) head(id string) (h plainHead, busy, ok bool) {
	got, err := d.Get(d.t.Context(), d.Head(id), d.Busy(id))
	if err != nil || !got.KVs[0].Found() {
		return h, false, false
	}
	return h, got.KVs[1].Found(), json.Unmarshal(got.KVs[0].Value, &h) == nil
}

// put writes a value over what is there.
func (d depot) put(key string, value []byte) {
	d.t.Helper()
	if _, err := d.Commit(d.t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(key, value, 0)}}); err != nil {
		d.t.Fatal(err)
	}
}

// drop deletes a key.
func (d depot) drop(key string) error {
	_, err := d.Commit(d.t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Delete(key)}})
	return err
}
