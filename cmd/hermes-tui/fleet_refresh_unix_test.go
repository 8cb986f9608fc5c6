//go:build unix

package main_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// gen is how many pairs of tokens an account has had, as this host has seen it.
func (b *bench) gen(id string) uint64 {
	b.t.Helper()
	other := bench{t: b.t, home: b.home, id: id}
	return other.head().Gen
}

// TestFleet_OneRefresh: hosts that all need a new token at once get one, and the
// portal is asked for it once.
func TestFleet_OneRefresh(t *testing.T) {
	t.Parallel()
	hosts, rounds := 6, 4
	if testing.Short() {
		hosts, rounds = 3, 2
	}
	store := etcdtest.Start(t, 3, etcdtest.Options{})
	a := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
	a.signIn("--label", "one")
	ids := []string{a.id}
	a.signIn("--label", "two", "--yes")
	ids = append(ids, a.id)
	all := []*bench{a}
	for range hosts - 1 {
		all = append(all, a.host())
	}
	a.found(store.Endpoints(), all[1:]...)

	last := map[string]string{}
	for round := range rounds {
		// Each asks for more life than any token has left: of those that come at once
		// one refreshes, and the others are given what it got.
		ttl := (5*time.Minute - time.Nanosecond).String()
		a.portal.ExpireAllAccess()
		type asked struct {
			id string
			*process
		}
		var running []asked
		for _, host := range all {
			for _, id := range ids {
				running = append(running, asked{id, host.start("token", id, "--min-ttl", ttl, "--timeout", "60s")})
			}
		}
		got := map[string]map[string]bool{ids[0]: {}, ids[1]: {}}
		for _, p := range running {
			r := p.end(t)
			if r.code != 0 {
				t.Errorf("round %d: %s", round, r)
				continue
			}
			got[p.id][strings.TrimSpace(r.out)] = true
		}
		for _, id := range ids {
			if got[id][last[id]] {
				t.Errorf("round %d: a token of the round before", round)
			}
		}
		t.Logf("round %d: %d and %d tokens for %d hosts", round, len(got[ids[0]]), len(got[ids[1]]), hosts)
	}
	sent := a.portal.Stats().Refreshes
	var generations uint64
	for _, id := range ids {
		a.must("token", id)
		generations += a.gen(id) - 1
	}
	if rotated := sent.Outcomes[sandbox.Rotated]; uint64(rotated) != generations || sent.Total != rotated {
		t.Errorf("refreshes %+v for %d generations", sent, generations)
	}
	if got := sent.Total; got != rounds*len(ids) {
		t.Errorf("%d refreshes in %d rounds of %d accounts", got, rounds, len(ids))
	}
}

// TestFleet_Killed: the process that refreshes is killed while the portal has its
// request, on a host that does not come back. The others serve the token until its
// end, and then one of them takes over; the refresh token is not sent before.
func TestFleet_Killed(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
	a.signIn()
	b := a.host()
	a.found(store.Endpoints(), b)
	before := b.token()

	letGo := a.hold()
	first := a.start("refresh", a.id, "--force")
	a.await(sandbox.KindRefresh, sandbox.Received)
	intent := a.head().Intent
	if intent == nil {
		t.Fatal("no intent while a refresh is under way")
	}
	if err := syscall.Kill(intent.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	first.end(t)
	if got := b.token(); got != before {
		t.Error("the other host does not serve the token that is still good")
	}
	letGo()
	if sent := a.portal.Stats().Refreshes.Total; sent != 1 {
		t.Errorf("%d refreshes were sent", sent)
	}
	if r := a.run("token", a.id); r.code != 0 || strings.TrimSpace(r.out) != before {
		t.Errorf("token on the host whose refresh was killed: %s", r)
	}
}
