//go:build unix

package main_test

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_AwayIsSaidOnce: with the store away, a command that cannot do without says so
// by its error alone, and one that can by a note.
func TestFleet_AwayIsSaidOnce(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{})
	a.signIn("--label", "work")
	work := a.id
	a.signIn("--label", "spare", "--yes")
	a.found(store.Endpoints())
	store.Kill()
	const says, untilThen, note = "the fleet's store cannot be reached", "tokens are served until they end", "this is what this host has seen last"
	for _, args := range [][]string{{"refresh", work, "--force"}, {"refresh", "--all"}, {"login", "--account", work}, {"login", "minimax"}, {"remove", "spare", "--yes"}} {
		if r := a.run(args...); r.code == 0 || strings.Count(r.err, says) != 1 || !strings.Contains(r.err, untilThen) || strings.Contains(r.err, note) || strings.Contains(r.err, "etcd cannot be reached") {
			t.Errorf("%v: %s", args, r)
		}
	}
	for _, args := range [][]string{{"list"}, {"token", work}, {"rename", "spare", "other"}, {"token", "nobody"}} {
		if r := a.run(args...); strings.Count(r.err, says) != 1 || !strings.Contains(r.err, note) || strings.Contains(r.err, "etcd cannot be reached") {
			t.Errorf("%v: %s", args, r)
		}
	}
}
