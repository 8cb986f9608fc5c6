//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_Reconnect: the administrator gives a host's user another password, and the host
// another user. The host is told, and is the same host as before; what does not work takes
// the place of nothing.
func TestFleet_Reconnect(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{Args: []string{"--bcrypt-cost", "4"}})
	store.Users(t, "first", "/hermes-tui/main/", "laptop", "tablet")
	store.Ctl(t, "--user", "root:first", "user", "add", "guest:first")
	for _, one := range [][]string{{"role", "add", "looks"}, {"role", "grant-permission", "--prefix=true", "looks", "read", "/hermes-tui/main/"}, {"user", "add", "looker:first"}, {"user", "grant-role", "looker", "looks"}} {
		store.Ctl(t, append([]string{"--user", "root:first"}, one...)...)
	}
	a := newBench(t, sandbox.Options{})
	plain := a.env
	as := func(password string) {
		a.env = append(plain[:len(plain):len(plain)], "HERMES_TUI_ETCD_PASSWORD="+password)
	}
	a.signIn("--label", "work")
	if r := a.run("fleet", "reconnect"); r.code != 2 || !strings.Contains(r.err, "belongs to no fleet") {
		t.Errorf("without a fleet: %s", r)
	}
	as("first")
	a.found(append(store.Endpoints(), "--user", "laptop"))
	a.env = plain
	settings := filepath.Join(a.state(), "fleet.json")
	before := a.must("fleet", "status", "--json")

	store.Ctl(t, "--user", "root:first", "user", "delete", "laptop")
	store.Ctl(t, "--user", "root:first", "user", "add", "laptop:second")
	store.Ctl(t, "--user", "root:first", "user", "grant-role", "laptop", "below")
	if r := a.run("refresh", a.id, "--force"); r.code != 4 || !strings.Contains(r.err, "`hermes-tui fleet reconnect`") {
		t.Errorf("refresh with the old password: %s", r)
	}
	if r := a.run("fleet", "reconnect"); r.code != 2 || !strings.Contains(r.err, "the password of laptop is missing") {
		t.Errorf("no password: %s", r)
	}
	was, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		password string
		args     []string
		code     int
		says     string
	}{
		{"wrong", nil, 4, "denies access"},
		{"first", []string{"--user", "guest"}, 4, "denies access"},
		{"first", []string{"--user", "looker"}, 4, "denies access"},
		{"", []string{"--no-user"}, 4, "denies access"},
		{"second", []string{"http://127.0.0.1:1", "--user", "laptop"}, 4, "cannot be reached"},
		{"second", []string{"https://"}, 2, "is not the address of an etcd"},
		{"second", []string{"--cert", "nowhere.pem", "--user", "laptop"}, 2, "there is no key"},
	} {
		as(c.password)
		if r := a.run(append([]string{"fleet", "reconnect"}, c.args...)...); r.code != c.code || !strings.Contains(r.err, c.says) || strings.Contains(r.out+r.err, "hermes-tui fleet leave\n") {
			t.Errorf("reconnect %v with %s: %s", c.args, c.password, r)
		}
		if now, err := os.ReadFile(settings); err != nil || string(now) != string(was) {
			t.Errorf("reconnect %v with %s changed the settings", c.args, c.password)
		}
	}
	other := etcdtest.Start(t, 1, etcdtest.Options{})
	if r := a.run(append([]string{"fleet", "reconnect"}, other.Endpoints()...)...); r.code != 1 || !strings.Contains(r.err, "there is no fleet main that this host knows") {
		t.Errorf("reconnect to an etcd without the fleet: %s", r)
	}

	as("second")
	if out := a.must("fleet", "reconnect"); !strings.Contains(out, "host-1 reaches the etcd of the fleet main") {
		t.Errorf("reconnect: %s", out)
	}
	a.env = plain
	a.must("refresh", a.id, "--force")
	if now, err := os.ReadFile(settings); err != nil || string(now) != string(was) {
		t.Error("another password changed the settings")
	}
	as("first")
	var done struct {
		Fleet, Host string
		Endpoints   []string
		User, CA    *string
	}
	a.decode(a.must("fleet", "reconnect", "--user", "tablet", "--json"), &done)
	if done.Fleet != "main" || done.Host != "host-1" || len(done.Endpoints) != 1 || done.User == nil || *done.User != "tablet" || done.CA != nil {
		t.Errorf("reconnect --json: %+v", done)
	}
	a.env = plain
	a.must("fleet", "reconnect", store.Endpoints()[0]+"/") // the password that is kept goes on
	a.must("refresh", a.id, "--force")
	var one, two struct {
		Epoch uint64
		Hosts []struct{ ID, Name string }
	}
	a.decode(before, &one)
	a.decode(a.must("fleet", "status", "--json"), &two)
	if one.Epoch != two.Epoch || len(two.Hosts) != 1 || one.Hosts[0] != two.Hosts[0] {
		t.Errorf("it was %+v and is %+v", one, two)
	}

	t.Log("a person is asked")
	there := a.session(120, 30, false, `hermes-tui fleet reconnect --user laptop; echo "ended with $?"`)
	there.match(`Password of laptop at the etcd:`)
	there.press("second\n")
	there.match(`ended with 0`)
	a.must("refresh", a.id, "--force")
	t.Log("the host has no user any more")
	store.Ctl(t, "--user", "root:first", "auth", "disable")
	done.User = nil
	a.decode(a.must("fleet", "reconnect", "--no-user", "--json"), &done)
	if done.User != nil {
		t.Errorf("its user is %s", *done.User)
	}
	a.must("refresh", a.id, "--force")
}
