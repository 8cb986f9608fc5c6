package etcd_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	_ "github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Every start of the program pays for what is initialised before main, also
// where no etcd is used: this package initialises nothing, and brings nothing
// that net/http does not.
func TestNothingIsInitialised(t *testing.T) {
	deps := func(of string) map[string]bool {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", of).Output()
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]bool{}
		for _, dep := range strings.Fields(string(out)) {
			all[dep] = true
		}
		return all
	}
	const us = "github.com/hermes-tui/hermes-tui/internal/etcd"
	http := deps("net/http")
	if ours := deps(us); !ours[us] {
		t.Errorf("the list is %v", ours)
	} else {
		for dep := range ours {
			if !http[dep] && dep != us {
				t.Errorf("it brings %s", dep)
			}
		}
	}

	// no file of this package's own tests may initialise anything either
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run", "^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !regexp.MustCompile(`(?m)^init net/http @`).Match(out) {
		t.Fatalf("%v\n%s", err, out)
	}
	if line := regexp.MustCompile(`(?m)^init ` + us + ` @.*`).Find(out); line != nil {
		t.Errorf("%s", line)
	}
}
