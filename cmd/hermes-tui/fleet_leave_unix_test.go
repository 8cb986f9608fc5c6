//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_KeepsTheNewest: the last host, which keeps the accounts, keeps them as they
// are: what another host has refreshed, signed in to or removed since it looked last.
func TestFleet_KeepsTheNewest(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{AutoApprove: time.Millisecond, Interval: time.Second})
	a.signIn("--label", "work")
	b := a.host()
	a.found(store.Endpoints())
	a.admit(b, "host-2")
	b.must("refresh", b.id, "--force")
	b.must("login", "minimax", "--no-browser", "--label", "spare", "--yes")
	b.must("fleet", "leave", "--yes")
	a.must("fleet", "leave", "--keep", "--yes")
	if got := a.states(); len(got) != 2 {
		t.Errorf("accounts: %v", got)
	}
	for _, label := range []string{"work", "spare"} {
		a.must("refresh", label, "--force")
		if token := strings.TrimSpace(a.must("token", label)); !a.portal.IsLive(token) {
			t.Errorf("%s has no token that works", label)
		}
	}
	if got := a.portal.Stats().Refreshes; got.Outcomes[sandbox.Reused] != 0 {
		t.Errorf("refreshes: %+v", got)
	}
}

// TestFleet_RemovedKeepsNothing: a host that was removed keeps no accounts: it would send
// refresh tokens that are spent, for which a provider ends the sign-ins of all.
func TestFleet_RemovedKeepsNothing(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{AutoApprove: time.Millisecond, Interval: time.Second})
	a.signIn("--label", "work")
	b := a.host()
	a.found(store.Endpoints())
	a.admit(b, "host-2")
	a.must("fleet", "remove", "host-2", "--yes")
	if r := b.run("fleet", "leave", "--keep", "--yes"); r.code != 1 || !strings.Contains(r.err, "this host was removed from the fleet") || r.out != "" {
		t.Errorf("it keeps the fleet's accounts: %s", r)
	}
	back := "to come back, `hermes-tui fleet leave`, then `hermes-tui fleet join`"
	if r := b.run("refresh", "work", "--force"); r.code != 3 || !strings.Contains(r.err, back) {
		t.Error(r)
	}
	b.must("fleet", "leave", "--yes")
	if got := b.states(); len(got) != 0 {
		t.Errorf("it has %v", got)
	}
	a.admit(b, "host-2")
	b.must("refresh", "work", "--force")
	if got := a.portal.Stats().Refreshes; got.Outcomes[sandbox.Reused] != 0 {
		t.Errorf("refreshes: %+v", got)
	}
}

// TestFleet_LeavesWithoutItsSettings: where fleet.json is damaged or lost, nothing is done
// with the fleet's accounts, and the way out that is named is one.
func TestFleet_LeavesWithoutItsSettings(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"damaged": "{", "lost": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := etcdtest.Start(t, 1, etcdtest.Options{})
			a := newBench(t, sandbox.Options{AutoApprove: time.Millisecond, Interval: time.Second})
			a.signIn("--label", "work")
			b := a.host()
			a.found(store.Endpoints())
			a.admit(b, "host-2")
			b.must("token", "work")
			path := filepath.Join(b.state(), "fleet.json")
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if text != "" {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			before := a.portal.Stats().Refreshes.Outcomes[sandbox.Served]
			if r := b.run("refresh", "work", "--force"); r.code != 4 || a.portal.Stats().Refreshes.Outcomes[sandbox.Served] != before {
				t.Errorf("refresh: %s", r)
			}
			for _, args := range [][]string{{"status"}, {"leave", "--yes"}, append([]string{"init", "--name", "another"}, store.Endpoints()...)} {
				if r := b.run(append([]string{"fleet"}, args...)...); r.code != 4 || !strings.Contains(r.err, path) || !strings.Contains(r.err, "`hermes-tui fleet leave --force`") {
					t.Errorf("%v: %s", args, r)
				}
			}
			b.must("fleet", "leave", "--force", "--yes")
			if got := b.states(); len(got) != 0 {
				t.Errorf("it has %v", got)
			}
			a.must("fleet", "remove", "host-2", "--yes")
			a.admit(b, "host-2")
			if token := strings.TrimSpace(b.must("token", "work")); !a.portal.IsLive(token) {
				t.Error("it is back, and has no token that works")
			}
		})
	}
}
