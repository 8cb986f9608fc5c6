//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// inviteReader lets another host in as a reader.
func (b *bench) inviteReader(other *bench, name string, args ...string) {
	b.t.Helper()
	here := b.session(400, 40, false, `hermes-tui fleet invite --reader; echo "ended with $?"`)
	code := here.match(`fleet join (\S+)`)[1]
	joining := other.session(400, 40, false, `hermes-tui fleet join "$@"; echo "ended with $?"`, append([]string{code, "--host", name}, args...)...)
	here.match(`Are they, and may ` + name + ` have the access tokens of all accounts`)
	here.press("y\n")
	here.match(name + ` is a reader of the fleet\s+ended with 0`)
	joining.match(`this machine is a reader of the fleet main.*\s+ended with 0`)
}

// TestFleet_Reader: a host that is given access tokens serves them, asks for newer ones,
// and changes nothing, with the role in etcd that docs/fleet.md gives it.
func TestFleet_Reader(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{Args: []string{"--bcrypt-cost", "4"}})
	const password, keys = "secret", "/hermes-tui/main/"
	store.Ctl(t, "role", "add", "reading")
	store.Ctl(t, "role", "grant-permission", "--prefix=true", "reading", "read", keys)
	for _, at := range []string{"want/", "alive/", "join/"} {
		store.Ctl(t, "role", "grant-permission", "--prefix=true", "reading", "readwrite", keys+at)
	}
	store.Ctl(t, "user", "add", "pod:"+password)
	store.Ctl(t, "user", "grant-role", "pod", "reading")
	store.Users(t, password, keys, "owner")
	a := newBench(t, sandbox.Options{})
	a.env = append(a.env, "HERMES_TUI_ETCD_PASSWORD="+password)
	a.signIn("--label", "work")
	a.found(append(store.Endpoints(), "--user", "owner"))
	r := a.host()
	a.inviteReader(r, "pod", "--user", "pod")

	first := a.token()
	if got := r.token(); got != first {
		t.Error("the reader has another token than the owner")
	}
	a.must("refresh", a.id, "--force")
	second := a.token()
	if got := r.token(); got != second || second == first {
		t.Errorf("after a refresh the reader has the new token: %v; it is a new one: %v", got == second, second != first)
	}
	if out := r.must("exec", "work", "--", "sh", "-c", `echo "key: ${#ANTHROPIC_AUTH_TOKEN}${#ANTHROPIC_API_KEY}"`); !strings.Contains(out, "key:") {
		t.Errorf("exec on the reader: %s", out)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"refresh", "work", "--force"}, "is refreshed by the owners of the fleet, of which this host is a reader"},
		{[]string{"key", "add", "ci", "--fleet"}, "or is a reader of one"},
		{[]string{"login", "minimax"}, "this host is a reader of its fleet"},
		{[]string{"login", "--account", a.id}, "this host is a reader of its fleet"},
		{[]string{"remove", "work", "--yes"}, "this host is a reader of its fleet"},
		{[]string{"fleet", "remove", "host-1", "--yes"}, "this host is a reader of the fleet, and only owners change it"},
		{[]string{"keystore", "move", "file", "work", "--yes"}, "this host is a reader of the fleet, and only owners change it"},
		{[]string{"fleet", "leave", "--keep", "--yes"}, "a reader has nothing to keep"},
	} {
		if got := r.run(c.args...); got.code == 0 || !strings.Contains(got.err, c.says) {
			t.Errorf("%v on the reader: %s", c.args, got)
		}
	}
	a.runWith("sk-test-key-of-openai-0001\n", "login", "openai-api", "--api-key", "--label", "gone")
	a.must("remove", "gone", "--yes")
	var status struct {
		Accounts int
		Hosts    []struct{ Name, Role string }
	}
	for _, b := range []*bench{a, r} {
		b.decode(b.must("fleet", "status", "--json"), &status)
		if status.Accounts != 1 || len(status.Hosts) != 2 || status.Hosts[1].Role != "reader" {
			t.Errorf("fleet status: %+v", status)
		}
	}
	window := r.window(112, 30)
	window.match(`fleet main · 2 hosts.*1 account`)
	window.press("f")
	window.match(`host-1 +– not watching`)
	window.match(`pod \(here\) +● watching`)
	window.pressUntil(escape, `ACCOUNT +PROVIDER`) // what comes right behind is a key with alt
	window.press("q")
	b := a.host()
	a.invite(b, "host-2", "--user", "owner") // a further owner changes nothing for a reader

	t.Log("an owner that runs fetches what the reader needs")
	a.offset.Store(int64(4*time.Second - 15*time.Minute))
	a.signIn("--account", a.id)
	a.offset.Store(0)
	short := r.token()
	r.until(func() bool { return !a.portal.IsLive(short) && r.account()["state"] != "ok" })
	running := r.start("exec", "work", "--", "sh", "-c", "echo it runs") // and waits for an owner
	serving := a.start("serve", "--listen", "127.0.0.1:0")
	if got := running.end(t); got.code != 0 || got.out != "it runs\n" {
		t.Errorf("exec on a reader whose tokens ended: %s", got)
	}
	fresh := r.token()
	if !a.portal.IsLive(fresh) || fresh == short {
		t.Error("the reader was not given a token that works")
	}
	_ = serving.Process.Signal(os.Interrupt)
	serving.end(t)

	t.Log("the sign-in ends")
	a.portal.RevokeAll()
	if got := a.run("refresh", a.id, "--force"); got.code != 3 {
		t.Fatal(got)
	}
	if got := r.run("token", "work"); got.code != 3 || got.out != "" {
		t.Errorf("token of an ended sign-in on the reader: %s", got)
	}
	if out := a.signIn("--account", a.id); !strings.Contains(out, "Its tokens are in: the etcd of the fleet main, sealed; what this host has seen of them in: encrypted file") {
		t.Errorf("where the tokens are: %s", out)
	}
	for _, args := range [][]string{{"status"}, {"keystore", "show"}} {
		if r := a.run(args...); !strings.Contains(r.out+r.err, "main; ") {
			t.Errorf("%v does not name the fleet: %s", args, r)
		}
	}
	if got := r.token(); got != a.token() {
		t.Error("the reader has not what was signed in anew")
	}

	t.Log("the reader is removed")
	held := r.token()
	a.must("fleet", "remove", "pod", "--yes", "--json")
	if got := r.run("token", "work"); got.code != 3 || !strings.Contains(got.err, "this host is no member of the fleet main any more") {
		t.Errorf("token on a reader that was removed: %s", got)
	}
	if now := a.token(); now == held {
		t.Error("the reader's token was not replaced")
	}
	names, err := roster.NewKeys("main")
	if err != nil {
		t.Fatal(err)
	}
	root := store.Open(t, func(c *etcd.Config) { c.User, c.Password = "root", password })
	got, err := root.Get(t.Context(), names.Access(a.id))
	if err != nil || got.KVs[0].Found() {
		t.Errorf("what was handed out is left in the store: %v, %v", got.KVs[0].Found(), err)
	}
	r.must("fleet", "leave", "--yes")
	if left, err := filepath.Glob(filepath.Join(r.state(), "fleet*")); err != nil || len(left) > 0 {
		t.Errorf("left of the fleet after leaving it: %v, %v", left, err)
	}
	if got := a.portal.Stats().Refreshes.Outcomes[sandbox.Reused]; got != 0 {
		t.Errorf("%d refresh tokens were sent twice", got)
	}
}
