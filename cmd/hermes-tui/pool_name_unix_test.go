//go:build unix

package main_test

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// The first account of a provider is called like the provider, and so is its pool. Where
// a name means the account, it is said that no other takes over, and which name means all.
func TestNameOfAnAccountAndItsPool(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("minimax")
	const says = "hermes-tui: minimax is one account, and serves alone; minimax/global is its pool, of 2\n"
	if r := b.run("use", "minimax"); r.code != 0 || r.err != "" {
		t.Errorf("there is no other account: %s", r)
	}
	b.signIn("minimax")
	for _, args := range [][]string{{"use"}, {"exec"}, {"connect", "claude-code"}} {
		command := func(name string) result {
			all := append(append([]string{}, args...), name)
			if args[0] == "exec" {
				all = append(all, "--", "true")
			}
			return b.run(all...)
		}
		if r := command("minimax"); r.code != 0 || strings.Count(r.err, says) != 1 {
			t.Errorf("%v: %s", args, r)
		}
		for _, name := range []string{"minimax/global", "minimax-2"} {
			if r := command(name); strings.Contains(r.err, "serves alone") {
				t.Errorf("%v %s: %s", args, name, r)
			}
		}
	}
	if s := b.serve("minimax"); !strings.Contains(s.said.String(), says) {
		t.Errorf("serve: %s", s.said.String())
	}
}
