//go:build unix

package main_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// host is another machine at the same portal: a home and a state folder of its own.
func (b *bench) host() *bench {
	b.t.Helper()
	other := &bench{t: b.t, home: homeFor(b.t), portal: b.portal, events: b.events, id: b.id}
	for _, one := range b.env {
		switch name, _, _ := strings.Cut(one, "="); name {
		case "HOME":
			one = "HOME=" + other.home
		case "HERMES_TUI_HOME":
			one = "HERMES_TUI_HOME=" + filepath.Join(other.home, "tui")
		case "TMPDIR", "TEMP":
			one = name + "=" + other.mkdir("tmp")
		}
		other.env = append(other.env, one)
	}
	return other
}

// found makes a fleet of a host and of others beside it, which join one after another
// as people do it: in a terminal, where the words on both screens are compared.
func (b *bench) found(endpoints []string, others ...*bench) {
	b.t.Helper()
	b.must(append([]string{"fleet", "init", "--host", "host-1"}, endpoints...)...)
	for i, other := range others {
		b.invite(other, fmt.Sprint("host-", i+2))
	}
}

// invite lets another host in under a name, which reaches the store at endpoints of its
// own where there are any.
func (b *bench) invite(other *bench, name string, endpoints ...string) {
	b.t.Helper()
	here := b.session(400, 40, false, `hermes-tui fleet invite; echo "ended with $?"`)
	code := here.match(`fleet join (\S+)`)[1]
	joining := other.session(400, 40, false, `hermes-tui fleet join "$@"; echo "ended with $?"`, append([]string{code, "--host", name}, endpoints...)...)
	const words = `have to be:\s+((?:[a-z]+ ){5}[a-z]+)`
	shown := here.match(words)[1]
	if there := joining.match(words)[1]; there != shown {
		b.t.Fatalf("the words are %q here and %q there", shown, there)
	}
	here.match(`Are they, and may ` + name + ` have all accounts`)
	here.press("y\n")
	here.match(name + ` is a host of the fleet\s+ended with 0`)
	joining.match(`this machine is a host of the fleet main.*\s+ended with 0`)
}

// oneHost is the first host of a fleet with one account, at an etcd of so many members.
func oneHost(t *testing.T, members int) (*etcdtest.Cluster, *bench) {
	t.Helper()
	store := etcdtest.Start(t, members, etcdtest.Options{})
	a := newBench(t, sandbox.Options{})
	a.signIn("--label", "work")
	a.found(store.Endpoints())
	return store, a
}

// twoHosts is a fleet of two.
func twoHosts(t *testing.T, members int) (store *etcdtest.Cluster, a, b *bench) {
	t.Helper()
	store, a = oneHost(t, members)
	b = a.host()
	a.invite(b, "host-2")
	return store, a, b
}

// token is the access token that a host is given, and nothing beside it.
func (b *bench) token() string {
	b.t.Helper()
	return strings.TrimSpace(b.must("token", b.id, "--timeout", "30s"))
}

// states is what `list --json` says of each account's state.
func (b *bench) states() (all []string) {
	b.t.Helper()
	var accounts []struct{ State string }
	r := b.run("list", "--json")
	if r.code != 0 {
		b.t.Fatalf("list: %s", r)
	}
	b.decode(r.out, &accounts)
	for _, a := range accounts {
		all = append(all, a.State)
	}
	return all
}

// TestFleet: two machines, one pool, from the first sign-in to the last host that
// leaves.
func TestFleet(t *testing.T) {
	t.Parallel()
	_, a, b := twoHosts(t, 3)

	first := a.token()
	if got := b.token(); got != first {
		t.Error("the second host has another token than the first")
	}
	b.must("refresh", b.id, "--force")
	second := b.token()
	if got := a.token(); got != second || second == first {
		t.Errorf("after a refresh on the second host the first has its token: %v; a new one: %v", got == second, second != first)
	}

	var status struct {
		Fleet, Host string
		Epoch       uint64
		Accounts    int
		Stale       int
		Hosts       []struct{ Name, Role string }
		Etcd        []struct{ Error *string }
	}
	b.decode(b.must("fleet", "status", "--json"), &status)
	if status.Fleet != "main" || status.Host != "host-2" || status.Accounts != 1 || len(status.Hosts) != 2 || len(status.Etcd) != 3 || status.Etcd[0].Error != nil {
		t.Errorf("fleet status: %+v", status)
	}

	t.Log("the sign-in is ended at the provider")
	a.portal.RevokeAll()
	if r := a.run("refresh", a.id, "--force"); r.code != 3 {
		t.Errorf("refresh of an ended sign-in: %s", r)
	}
	for i, host := range []*bench{a, b} {
		if r := host.run("token", a.id); r.code != 3 {
			t.Errorf("token of an ended sign-in on host %d: %s", i+1, r)
		}
	}
	b.signIn("--account", b.id)
	third := b.token()
	if got := a.token(); got != third || !a.portal.IsLive(third) {
		t.Error("the first host does not serve what the second has signed in to")
	}

	t.Log("a second account")
	b.signIn("--label", "spare", "--yes")
	spare := b.id
	b.id = a.id
	if r := a.run("token", spare); r.code != 0 || !a.portal.IsLive(strings.TrimSpace(r.out)) {
		t.Errorf("token of what another host signed in to: %s", r)
	}
	if got := a.states(); !slices.Equal(got, []string{"ok", "ok"}) {
		t.Errorf("accounts on the first host: %v", got)
	}
	a.must("remove", spare, "--yes")
	if r := b.run("token", spare); r.code == 0 {
		t.Errorf("token of an account that was removed on another host: %s", r)
	}
	if got := b.states(); !slices.Equal(got, []string{"ok"}) {
		t.Errorf("accounts on the second host after one was removed on the first: %v", got)
	}

	t.Log("a host is removed")
	held := b.token()
	r := a.run("fleet", "remove", "host-2", "--yes", "--json")
	var removed struct {
		Host      string
		Refreshed []string
		Left      []any
		Until     time.Time `json:"works_until"`
	}
	a.decode(r.out, &removed)
	if r.code != 0 || removed.Host != "host-2" || !slices.Equal(removed.Refreshed, []string{a.id}) || len(removed.Left) != 0 {
		t.Errorf("fleet remove: %s", r)
	}
	a.decode(a.must("fleet", "status", "--json"), &status)
	if status.Epoch != 2 || status.Stale != 0 || len(status.Hosts) != 1 {
		t.Errorf("after the removal: %+v", status)
	}
	a.offset.Store(int64(time.Until(removed.Until.Add(time.Second))))
	for i, token := range []string{first, second, third, held} {
		if a.portal.IsLive(token) {
			t.Errorf("token %d that the removed host had still works when it is said that none does", i+1)
		}
	}
	a.offset.Store(0)
	if got := a.token(); !a.portal.IsLive(got) {
		t.Error("the host that is left has no token that works")
	}
	for _, args := range [][]string{{"token", b.id}, {"refresh", b.id, "--force"}, {"fleet", "status"}} {
		if r := b.run(args...); r.code != 3 || !strings.Contains(r.err, "this host is no member of the fleet main any more") || strings.Contains(r.out, held) {
			t.Errorf("%v on the host that was removed: %s", args, r)
		}
	}
	for name, says := range map[string]string{"host-2": `the fleet main has no host "host-2"`, "host-1": "this is the host that you are on"} {
		if r := a.run("fleet", "remove", name); r.code != 2 || !strings.Contains(r.err, says) || strings.Contains(r.err, "--yes") { // nobody is asked about it
			t.Errorf("fleet remove %s: %s", name, r)
		}
	}
	b.must("fleet", "leave", "--yes")
	if left, err := filepath.Glob(filepath.Join(b.state(), "fleet*")); err != nil || len(left) > 0 {
		t.Errorf("left of the fleet after leaving it: %v, %v", left, err)
	}

	t.Log("it is let in again, and leaves by itself")
	a.invite(b, "host-3")
	if a.token() != b.token() {
		t.Error("a host that was let in again has another token")
	}
	b.must("fleet", "leave", "--yes")
	if r := b.run("list", "--json"); strings.TrimSpace(r.out) != "[]" {
		t.Errorf("accounts of a host that has left: %s", r)
	}
	a.decode(a.must("fleet", "status", "--json"), &status)
	if len(status.Hosts) != 1 {
		t.Errorf("hosts after one has left: %+v", status.Hosts)
	}
	if got := a.portal.Stats().Refreshes.Outcomes[sandbox.Reused]; got != 0 {
		t.Errorf("%d refresh tokens were sent twice", got)
	}
}

// What would change the fleet of a machine that has none says so, before it asks anything.
func TestFleet_None(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	for _, args := range [][]string{{"remove", "lab"}, {"leave"}, {"leave", "--keep", "--force"}, {"accept-restore"}, {"status"}, {"remove", "lab", "--yes"}} {
		if r := b.run(append([]string{"fleet"}, args...)...); r.code != 2 || !strings.Contains(r.err, "this host belongs to no fleet") {
			t.Errorf("%v: %s", args, r)
		}
	}
}
