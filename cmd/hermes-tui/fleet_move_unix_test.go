//go:build unix

package main_test

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_Move: an account goes out of the fleet and comes back, and what a host has of
// its own stays with it when it leaves.
func TestFleet_Move(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{})
	if r := a.run("keystore", "move", "etcd", "--yes"); r.code != 2 || !strings.Contains(r.err, "this host belongs to no fleet") {
		t.Errorf("without a fleet: %s", r)
	}
	a.signIn("--label", "kept")
	a.signIn("--label", "mine")
	if r := a.run("keystore", "move", "file", "mine", "--yes"); r.code != 2 || !strings.Contains(r.err, "an account alone goes out of a fleet") {
		t.Errorf("without a fleet: %s", r)
	}
	b := a.host()
	a.found(store.Endpoints(), b)
	if r := a.run("keystore", "move", "keyring", "mine", "--yes"); r.code != 2 || !strings.Contains(r.err, "this machine's secrets are in the encrypted file") {
		t.Errorf("to where this host keeps nothing: %s", r)
	}
	if out := a.must("keystore", "move", "etcd", "--yes"); !strings.Contains(out, "No account is this machine's own") {
		t.Errorf("nothing to move in: %s", out)
	}
	if out := b.must("keystore", "move", "file", "mine", "--yes"); !strings.Contains(out, "Moved 1 account out of the fleet") {
		t.Errorf("out: %s", out)
	}
	if out := b.must("keystore", "move", "file", "mine", "mine", "--yes"); out != "1 account: this machine's alone already.\n" {
		t.Errorf("out again, named twice: %s", out)
	}
	if out := a.must("fleet", "status"); !strings.Contains(out, "· 1 account\n") {
		t.Errorf("status, without the one that is out: %s", out)
	}
	if r := a.run("token", "mine"); r.code == 0 {
		t.Errorf("token of an account that another host has taken out: %s", r)
	}
	if out := b.must("log", "mine"); !strings.Contains(out, `to the keystore "file"`) {
		t.Errorf("log: %s", out)
	}
	store.Kill()
	if r := b.run("refresh", "mine", "--force"); r.code != 0 || !strings.Contains(r.out, "refreshed") {
		t.Errorf("refresh of its own while the store is away: %s", r)
	}
	first := b.run("token", "mine").out
	if err := store.Start(); err != nil {
		t.Fatal(err)
	}
	b.must("keystore", "move", "etcd", "mine", "--yes")
	if second := a.must("token", "mine"); second != first {
		t.Error("the first host has another token of what came back")
	}
	a.must("refresh", "mine", "--force")
	if x, y := a.must("token", "mine"), b.must("token", "mine"); x != y || x == first {
		t.Errorf("after a refresh there: the same on both: %v, a new one: %v", x == y, x != first)
	}

	b.must("keystore", "move", "file", "mine", "--yes")
	b.must("fleet", "leave", "--yes")
	if r := b.run("token", "kept"); r.code == 0 {
		t.Errorf("token of the fleet's after leaving it: %s", r)
	}
	b.must("token", "mine")
	a.must("token", "kept")
	if got := a.portal.Stats().Refreshes.Outcomes[sandbox.Reused]; got != 0 {
		t.Errorf("%d refresh tokens were sent twice", got)
	}
}
