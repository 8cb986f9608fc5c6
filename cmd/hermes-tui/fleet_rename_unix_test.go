//go:build unix

package main_test

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_RenamedAtOnce: of two labels that an account is given on two hosts at the same
// time, one is that of both.
func TestFleet_RenamedAtOnce(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{})
	a.signIn("--label", "work")
	b := a.host()
	a.must(append([]string{"fleet", "init", "--host", "host-1"}, store.Endpoints()...)...)
	a.admit(b, "host-2")
	b.must("rename", a.id, "there")
	if err := a.opened(nil).Rename(t.Context(), a.id, "here"); err != nil { // it has not seen the other
		t.Fatal(err)
	}
	for i, host := range []*bench{a, b} {
		if out := host.must("list"); !strings.HasPrefix(out, "here\t") {
			t.Errorf("host %d lists %s", i+1, out)
		}
	}
}
