//go:build unix

package main_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_JoinGivenUp: a machine that waits no longer to be let in is let in by nobody,
// and may ask again with the same invitation, under another name too.
func TestFleet_JoinGivenUp(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{})
	b := a.host()
	a.found(store.Endpoints())

	here := a.session(400, 40, false, `hermes-tui fleet invite; echo "ended with $?"`)
	code := here.match(`fleet join (\S+)`)[1]
	joining := b.session(400, 40, false, `hermes-tui fleet join "$@"; echo "ended with $?"`, code, "--host", "laptop")
	here.match(`may laptop have all accounts`)
	joining.match(`waiting for a yes there`)
	joining.press("\x03")
	joining.match(`ended with 130`)
	here.press("y\n")
	here.match(`laptop does not ask to join any more`)

	joining = b.session(400, 40, false, `hermes-tui fleet join "$@"; echo "ended with $?"`, code, "--host", "builder")
	here.match(`may builder have all accounts`)
	here.press("y\n")
	here.match(`builder is a host of the fleet\s+ended with 0`)
	joining.match(`this machine is a host of the fleet main.*\s+ended with 0`)
	var status struct {
		Host  string
		Hosts []struct{ Name string }
	}
	b.decode(b.must("fleet", "status", "--json"), &status)
	var names []string
	for _, host := range status.Hosts {
		names = append(names, host.Name)
	}
	if slices.Sort(names); status.Host != "builder" || strings.Join(names, " ") != "builder host-1" {
		t.Errorf("this host is %s, of %v", status.Host, names)
	}
}

// TestFleet_OneAtATime: while a machine waits to be let into one fleet it makes and joins
// no other: the second would take away what the first one is known by.
func TestFleet_OneAtATime(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{})
	b := a.host()
	a.found(store.Endpoints())

	here := a.session(400, 40, false, `hermes-tui fleet invite; echo "ended with $?"`)
	code := here.match(`fleet join (\S+)`)[1]
	joining := b.session(400, 40, false, `hermes-tui fleet join "$@"; echo "ended with $?"`, code, "--host", "builder")
	joining.match(`waiting for a yes there`)
	for _, args := range [][]string{
		append([]string{"fleet", "init", "--name", "another"}, store.Endpoints()...),
		{"fleet", "join", code, "--host", "builder"},
	} {
		if r := b.run(args...); r.code != 1 || !strings.Contains(r.err, "another hermes-tui of this machine is about to make, join or leave a fleet") || r.out != "" {
			t.Errorf("%v: %s", args, r)
		}
	}
	here.match(`may builder have all accounts`)
	here.press("y\n")
	here.match(`builder is a host of the fleet\s+ended with 0`)
	joining.match(`this machine is a host of the fleet main.*\s+ended with 0`)
	if status := b.must("fleet", "status"); !strings.Contains(status, "fleet main") || !strings.Contains(status, "builder") {
		t.Error(status)
	}
}
