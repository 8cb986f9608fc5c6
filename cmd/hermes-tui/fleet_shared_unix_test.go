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

// pair is a fleet of two hosts with two accounts, of which the first serves first, and a
// proxy on each host.
type pair struct {
	store   *etcdtest.Cluster
	hosts   [2]*bench
	proxies [2]*server
	grants  [2]string // the accounts, as the sandbox calls them
	ids     [2]string
}

func newPair(t *testing.T) *pair {
	t.Helper()
	f := &pair{store: etcdtest.Start(t, 1, etcdtest.Options{})}
	a := newBench(t, sandbox.Options{})
	for i, label := range []string{"work", "spare"} {
		a.signIn("--label", label, "--yes")
		f.ids[i] = a.id
		f.grants[i] = a.portal.Grants()[0].ID
	}
	f.hosts = [2]*bench{a, a.host()}
	a.found(f.store.Endpoints(), f.hosts[1])
	for i, host := range f.hosts {
		host.configure("usage_polling = false\n")
		f.proxies[i] = host.serve("minimax")
	}
	return f
}

// has waits until a file of a host has a text, and returns how long that took.
func (b *bench) has(name, text string) time.Duration {
	b.t.Helper()
	began := time.Now()
	b.until(func() bool {
		data, _ := os.ReadFile(filepath.Join(b.state(), name))
		return strings.Contains(string(data), text)
	})
	return time.Since(began)
}

// served is how many requests of models an account has served.
func (f *pair) served(account int) (n int) {
	for _, use := range f.hosts[0].portal.Uses() {
		if use.Account == f.grants[account] {
			n += use.Requests
		}
	}
	return n
}

// TestFleet_CoolDown: an account that a provider has refused to one host's proxy is asked
// by no other's, within a second and without a command in between; and it is shown there
// as resting. Once it may serve again it does everywhere.
func TestFleet_CoolDown(t *testing.T) {
	t.Parallel()
	f := newPair(t)
	a, b := f.hosts[0], f.hosts[1]
	if err := a.portal.UsePlan(f.grants[0], 100); err != nil {
		t.Fatal(err)
	}
	if got := a.asked(f.proxies[0]); got.status != 200 || f.served(1) != 1 {
		t.Fatalf("the first host's request: %d %s", got.status, got.body)
	}
	t.Logf("known on the other host after %v", b.has("pool.json", `"cooldown"`).Round(time.Millisecond))
	if err := a.portal.UsePlan(f.grants[0], 0); err != nil {
		t.Fatal(err)
	}
	if got := b.asked(f.proxies[1]); got.status != 200 || f.served(0) != 0 || f.served(1) != 2 {
		t.Errorf("the second host's request: %d %s; the accounts served %d and %d", got.status, got.body, f.served(0), f.served(1))
	}
	if out := b.must("pool", "show"); !strings.Contains(out, "plan used up (429)") {
		t.Errorf("pool show on the second host:\n%s", out)
	}
	if out := b.must("log", "work"); !strings.Contains(out, "host-1: ") {
		t.Errorf("log on the second host:\n%s", out)
	}

	b.must("pool", "reset", "work")
	a.until(func() bool { return strings.Join(a.states(), " ") == "ok ok" })
	if got := a.asked(f.proxies[0]); got.status != 200 || f.served(0) != 1 {
		t.Errorf("after its end: %d %s; the accounts served %d and %d", got.status, got.body, f.served(0), f.served(1))
	}
}
