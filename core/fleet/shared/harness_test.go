package shared

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

var start = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

const account = "aaaaaaaaaa"

// team is the hosts of a fleet at one store, by one clock.
type team struct {
	*testing.T
	clock *clock.Fake
	etcd  *etcdtest.Fake
	keys  roster.Keys
	view  *roster.View
	hosts []*host
}

func newTeam(t *testing.T, n int) *team {
	t.Helper()
	f := &team{T: t, clock: clock.NewFake(start)}
	f.etcd = etcdtest.NewFake(f.clock.Now)
	f.found(f.etcd.Client("host-1"))
	for i := range n {
		f.host(fmt.Sprintf("host-%d", i+1))
	}
	return f
}

// found makes the fleet.
func (f *team) found(store etcd.Store) {
	f.Helper()
	var err error
	if f.keys, err = roster.NewKeys("prod"); err != nil {
		f.Fatal(err)
	}
	id, err := roster.NewIdentity()
	if err != nil {
		f.Fatal(err)
	}
	f.view, _, err = roster.Host{Store: store, Keys: f.keys, Identity: id, Clock: f.clock}.Init(f.Context(), "host-1")
	if err != nil {
		f.Fatal(err)
	}
}

// View implements [fleet.Team]: all hosts have the keys of the first.
func (f *team) View(ctx context.Context, _ []byte) (fleet.View, error) { return f.view.Refresh(ctx) }

// Restored implements [fleet.Team].
func (f *team) Restored(context.Context) error { return nil }
func (f *team) Accept(context.Context) error   { return nil }

// put writes past the hosts, as an administrator does.
func (f *team) put(key string, value []byte, lease etcd.Lease) {
	f.Helper()
	if _, err := f.etcd.Client("admin").Commit(f.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(key, value, lease)}}); err != nil {
		f.Fatal(err)
	}
}

func (f *team) get(key string) etcd.KV {
	f.Helper()
	got, err := f.etcd.Client("admin").Get(f.Context(), key)
	if err != nil {
		f.Fatal(err)
	}
	return got.KVs[0]
}

// host is one state folder, with an account.
type host struct {
	*team
	*Board
	link   *etcdtest.Client
	wall   time.Duration // by which its clock is set
	events []record.Event
	kept   table // client keys
	counts []tally.Row
	plans  map[string]usage.Known
	heard  []Use
}

// Own, Past and Heard implement [Counter].
func (h *host) Own(_ context.Context, from time.Time) Use {
	return Use{Rows: h.since(from, true), Plans: h.plans}
}

func (h *host) Past(until time.Time) []tally.Row { return h.since(until, false) }

func (h *host) Heard(_ context.Context, u Use) { h.heard = append(h.heard, u) }

func (h *host) since(t time.Time, after bool) (rows []tally.Row) {
	for _, r := range h.counts {
		if r.Slot.Before(t) != after {
			rows = append(rows, r)
		}
	}
	return rows
}

// tell tells what the host counts.
func (h *host) tell() {
	h.Helper()
	of := uses{h.Board}
	of.alone(func() { of.tellUse(h.Context()) })
}

// Read and Keep implement [Safe].
func (h *host) Read(context.Context) (clientkey.Table, uint64, error) {
	return h.kept.keys, h.kept.serial, nil
}

func (h *host) Keep(_ context.Context, serial uint64, keys clientkey.Table) (bool, error) {
	if serial < h.kept.serial || (table{serial: serial, keys: keys}).equal(h.kept) {
		return false, nil
	}
	h.kept = table{serial: serial, keys: keys}
	return true, nil
}

// Now and After implement [clock.Clock].
func (h *host) Now() time.Time                         { return h.clock.Now().Add(h.wall) }
func (h *host) After(d time.Duration) <-chan time.Time { return h.clock.After(d) }

func (f *team) host(name string) *host {
	f.Helper()
	link := f.etcd.Client(name)
	h := f.hostAt(name, link)
	h.link = link
	return h
}

func (f *team) hostAt(name string, store etcd.Store) *host {
	f.Helper()
	h := &host{team: f}
	f.hosts = append(f.hosts, h)
	folder := record.Open(record.Options{Dir: f.TempDir(), Machine: name, Random: rand.Reader})
	h.Board = New(Config{
		Store: store, Keys: f.keys, Team: f, Folder: folder, Clients: h, Host: name, Clock: h, Log: slog.New(slog.DiscardHandler),
		Event: func(_ string, e record.Event) { h.events = append(h.events, e) },
	})
	h.Count(h)
	h.signIn(start)
	return h
}

// signIn is that the account was signed in to at a time.
func (h *host) signIn(at time.Time) {
	h.Helper()
	head, err := h.Folder.ReadHead(account)
	if err != nil {
		head = &record.Head{Public: record.Public{ID: account, Status: record.StatusOK, Provider: "minimax-oauth", Region: "global"}, Label: "work"}
	}
	head.Gen++
	head.SignedInAt = at
	if _, err := h.Folder.ReserveAs(account); err != nil {
		h.Fatal(err)
	}
	if err := h.Folder.WriteHead(head); err != nil {
		h.Fatal(err)
	}
	if err := h.Folder.Publish(h.Context(), head); err != nil {
		h.Fatal(err)
	}
}

func (h *host) row() record.Row {
	h.Helper()
	p, _, err := h.Folder.ReadPool()
	if err != nil || p.Find(account) == nil {
		h.Fatalf("no account: %v", err)
	}
	return *p.Find(account)
}

// look takes what the others tell.
func (h *host) look() {
	h.Helper()
	if err := h.Look(h.Context()); err != nil {
		h.Fatal(err)
	}
}
