//go:build unix

package main_test

import (
	"os"
	"strconv"
	"strings"
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

// everywhere runs a command for each account on each host, all at once; every one has
// to work. It returns what was printed for each account.
func everywhere(t *testing.T, hosts []*bench, ids []string, args ...string) map[string]map[string]bool {
	t.Helper()
	type asked struct {
		id string
		*process
	}
	var running []asked
	printed := map[string]map[string]bool{}
	for _, id := range ids {
		printed[id] = map[string]bool{}
		for _, host := range hosts {
			running = append(running, asked{id, host.start(append(args, id)...)})
		}
	}
	for _, p := range running {
		r := p.end(t)
		if r.code != 0 {
			t.Errorf("%v: %s", args, r)
		}
		printed[p.id][strings.TrimSpace(r.out)] = true
	}
	return printed
}

// TestFleet_OneRefresh: hosts that all need a new token at once get one, and the
// portal is asked for it once. Where each of them insists on one of its own, each
// refresh token is sent once all the same.
func TestFleet_OneRefresh(t *testing.T) {
	t.Parallel()
	hosts := 8
	if testing.Short() {
		hosts = 3
	}
	if n, err := strconv.Atoi(os.Getenv("HERMES_TUI_TEST_HOSTS")); err == nil {
		hosts = n
	}
	store := etcdtest.Start(t, 3, etcdtest.Options{})
	a := newBench(t, sandbox.Options{})
	var ids []string
	for _, label := range []string{"one", "two"} {
		a.offset.Store(int64(time.Second - 15*time.Minute)) // it has ended when a second is over
		a.signIn("--label", label, "--yes")
		a.offset.Store(0)
		ids = append(ids, a.id)
		a.until(func() bool { return a.account()["state"] == "expired" })
	}
	a.found(store.Endpoints())
	all := append([]*bench{a}, a.admitted(hosts-1)...)

	began := time.Now()
	for id, tokens := range everywhere(t, all, ids, "token", "--timeout", "60s") {
		if len(tokens) != 1 {
			t.Errorf("%d hosts got %d tokens of the account %s", hosts, len(tokens), id)
		}
	}
	t.Logf("%d processes for one token each: %v", hosts*len(ids), time.Since(began).Round(time.Millisecond))
	if sent := a.portal.Stats().Refreshes; sent.Total != len(ids) {
		t.Errorf("refreshes %+v, want one for each account", sent)
	}

	if hosts > 20 {
		return // a hundred that insist leave the members of the etcd no processor to agree on a leader
	}
	everywhere(t, all, ids, "refresh", "--force")
	sent, generations := a.portal.Stats().Refreshes, 0
	for _, id := range ids {
		a.must("list")
		want := a.gen(id)
		for i, host := range all[1:] {
			host.must("list")
			if got := host.gen(id); got != want {
				t.Errorf("host %d has seen generation %d of an account, the first one %d", i+2, got, want)
			}
		}
		generations += int(want) - 1
	}
	t.Logf("%d insisted on %d", hosts*len(ids), generations-len(ids))
	if sent.Outcomes[sandbox.Rotated] != generations || sent.Total != generations {
		t.Errorf("refreshes %+v for %d generations", sent, generations)
	}
}
