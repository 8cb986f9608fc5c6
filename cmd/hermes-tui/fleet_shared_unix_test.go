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

// TestFleet_Keys: a client key of the fleet opens every host's proxy, also while the store
// is away, with what it is bound to; and none any more once it was revoked on one of them.
func TestFleet_Keys(t *testing.T) {
	t.Parallel()
	f := newPair(t)
	a, b := f.hosts[0], f.hosts[1]
	key := a.key("editor", "--fleet")
	narrow := a.key("narrow", "--fleet", "--account", "spare", "--model", "MiniMax-M2*")
	opens := func(i int, key string) bool { return f.hosts[i].ask(f.proxies[i].url, key).status == 200 }
	began := time.Now()
	b.until(func() bool { return opens(1, narrow) })
	t.Logf("taken on the other host after %v", time.Since(began).Round(time.Millisecond))
	if f.served(1) != 1 || !opens(0, key) || !opens(1, key) {
		t.Errorf("the keys do not open both proxies; the account that one is bound to has served %d", f.served(1))
	}
	for _, args := range [][]string{{"key", "add", "Editor"}, {"key", "add", "editor", "--fleet"}} {
		if r := b.run(args...); r.code != 2 || !strings.Contains(r.err, "there is a key") {
			t.Errorf("%v: %s", args, r)
		}
	}
	own := b.key("mine")
	if r := b.run("key", "add", "mine", "--fleet"); r.code != 2 {
		t.Errorf("a key of the fleet with the name of this host's own: %s", r)
	}
	if opens(0, own) || !opens(1, own) {
		t.Error("a host's own key opens another host's proxy, or not its own")
	}
	var keys []struct {
		Name     string
		Fleet    bool
		Requests int
	}
	b.decode(b.must("key", "list", "--json"), &keys)
	fleet := map[string]bool{}
	for _, k := range keys {
		fleet[k.Name] = k.Fleet
	}
	if len(fleet) != 4 || fleet["mine"] || fleet["default"] || !fleet["editor"] || !fleet["narrow"] {
		t.Errorf("keys on the second host: %+v", keys)
	}
	if out := b.must("key", "list"); !strings.Contains(out, "every host") {
		t.Errorf("key list:\n%s", out)
	}

	began = time.Now()
	a.must("key", "revoke", "narrow")
	b.until(func() bool { return !opens(1, narrow) })
	t.Logf("refused on the other host %v after the command began", time.Since(began).Round(time.Millisecond))
	if got := b.ask(f.proxies[1].url, narrow); got.status != 401 {
		t.Errorf("a key that was revoked: %d %s", got.status, got.body)
	}

	f.store.Members[0].Kill()
	if !opens(1, key) {
		t.Error("while the store is away the key opens nothing")
	}
	if r := b.run("key", "list"); r.code != 0 || !strings.Contains(r.out, "every host") {
		t.Errorf("key list while the store is away: %s", r)
	}
	if r := b.run("key", "revoke", "editor"); r.code != 4 || !strings.Contains(r.err, "not changed") {
		t.Errorf("revoked while the store is away: %s", r)
	}
}

// TestFleet_KeysGoAlong: the last host keeps the fleet's client keys with the accounts.
func TestFleet_KeysGoAlong(t *testing.T) {
	t.Parallel()
	_, a := oneHost(t, 1)
	key := a.key("editor", "--fleet")
	a.must("fleet", "leave", "--keep", "--yes")
	if got := a.ask(a.serve().url, key); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	var keys []struct {
		Name  string
		Fleet bool
	}
	a.decode(a.must("key", "list", "--json"), &keys)
	if len(keys) != 2 || keys[1].Name != "editor" || keys[1].Fleet {
		t.Errorf("%+v", keys)
	}
}

// TestFleet_Usage: what two hosts have counted is, summed up on either, what the sandbox
// has served; a fleet's key counts on both, and its limit holds for both together.
func TestFleet_Usage(t *testing.T) {
	t.Parallel()
	f := newPair(t)
	a, b := f.hosts[0], f.hosts[1]
	key := a.key("ci", "--fleet")
	limited := a.key("limited", "--fleet", "--limit", "3-requests/week")
	b.until(func() bool { return b.ask(f.proxies[1].url, key).status == 200 })
	for i, n := range []int{5, 3} {
		for range n {
			if got := f.hosts[i].ask(f.proxies[i].url, key); got.status != 200 {
				t.Fatalf("%d %s", got.status, got.body)
			}
		}
	}
	for range 2 {
		if got := a.ask(f.proxies[0].url, limited); got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	for i, host := range f.hosts {
		if code := f.proxies[i].end(); code != 143 { // which tells the others
			t.Errorf("serve on host %d ended with %d", i+1, code)
		}
		f.proxies[i] = nil
		_ = host
	}
	served := total(a.servedBy(func(u sandbox.Use) string { return u.Account }))
	for i, host := range f.hosts {
		by := map[string]map[string]used{}
		for _, what := range []string{"account", "program", "model", "day"} {
			by[what], _ = host.usedBy(what)
			if got := total(by[what]); got != served || served.requests != 11 {
				t.Errorf("by %s host %d sums up to %+v, the sandbox has served %+v", what, i+1, got, served)
			}
		}
		if got := by["program"]["limited"]; got.requests != 2 {
			t.Errorf("of the limited key host %d counts %+v", i+1, got)
		}
		var hosts []struct {
			Host     string
			Requests int
		}
		host.decode(host.must("usage", "--by", "host", "--json"), &hosts)
		counts := map[string]int{}
		for _, h := range hosts {
			counts[h.Host] = h.Requests
		}
		if len(counts) != 2 || counts["host-1"] != 7 || counts["host-2"] != 4 {
			t.Errorf("by host on host %d: %v", i+1, counts)
		}
		var keys []struct {
			Name     string
			Requests int
			Limits   []struct{ Used int }
		}
		host.decode(host.must("key", "list", "--json"), &keys)
		for _, k := range keys {
			if k.Name == "ci" && k.Requests != 9 || k.Name == "limited" && (k.Requests != 2 || k.Limits[0].Used != 2) {
				t.Errorf("key list on host %d: %+v", i+1, k)
			}
		}
	}
	again := b.serve("minimax")
	if got := b.ask(again.url, limited); got.status != 200 {
		t.Errorf("the third request of three: %d %s", got.status, got.body)
	}
	if got := b.ask(again.url, limited); got.status != 429 {
		t.Errorf("the fourth request of three: %d %s", got.status, got.body)
	}
}

// TestFleet_Plans: a provider that one host has asked of a plan is not asked by another.
func TestFleet_Plans(t *testing.T) {
	t.Parallel()
	_, a, b := twoHosts(t, 1)
	if err := a.portal.UsePlan(a.portal.Grants()[0].ID, 62); err != nil {
		t.Fatal(err)
	}
	for i, host := range []*bench{a, b} {
		if out := host.must("usage"); !strings.Contains(out, "62 %") {
			t.Errorf("usage on host %d:\n%s", i+1, out)
		}
	}
	if got := a.asksForPlans(); got != 1 {
		t.Errorf("the provider was asked %d times", got)
	}
	if out := b.must("list"); !strings.Contains(out, "62 %") {
		t.Errorf("list on the second host:\n%s", out)
	}
}
