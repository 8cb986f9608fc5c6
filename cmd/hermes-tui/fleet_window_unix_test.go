//go:build unix

package main_test

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_Windows: two machines with a window each. What one does the other shows by
// the watch alone; of the windows one signs in.
func TestFleet_Windows(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := flowBench(t)
	a.signIn("--label", "work")
	b := a.host()
	b.configure("browser = false\n")
	a.found(store.Endpoints(), b)
	here, there := a.window(112, 30), b.window(112, 30)
	here.match(`fleet main · 2 hosts.*1 account`)
	here.match(`HOST +POOL`)
	there.match(`work .*● ok .*host-1`)
	there.press("f")
	there.match(`host-1 +● watching.*right.*1`)
	there.match(`host-2 \(here\) +● watching`)
	there.press(escape)

	a.portal.RevokeAll()
	here.press("r")
	here.match(`work needs you to sign in again`)
	there.match(`work needs you to sign in again`)
	here.pressUntil("\r", codeOnScreen)
	there.match(`work is being signed in on host-1`)
	there.match(`t take it over`)
	a.approveOnScreen(here)
	here.match(`Signed in: work`)
	begun := time.Now()
	there.match(`work .*● ok`)
	there.match(`\? help`) // the sheet has closed
	t.Logf("what was signed in on one host is there on the other %v after it says so", time.Since(begun).Round(time.Millisecond))
	if a.token() != b.token() || a.portal.Stats().Refreshes.Outcomes[sandbox.Reused] != 0 {
		t.Error("the hosts have not the same token, or one was sent twice")
	}

	if testing.Short() {
		return
	}
	t.Log("it dies again, and the other host takes the sign-in over")
	a.portal.RevokeAll()
	here.press("r")
	there.match(`work needs you to sign in again`)
	here.pressUntil("\r", codeOnScreen)
	there.match(`work is being signed in on host-1`)
	there.pressUntil("t", codeOnScreen)
	here.match(`work is being signed in on host-2 now; the code here was given up`)
	b.approveOnScreen(there)
	there.match(`Signed in: work`)
	here.match(`work .*● ok .*host-2`)

	t.Log("the store goes away")
	store.Kill()
	here.match(`Store not reachable; good for \d+`)
	here.press("d")
	here.match(`nothing is refreshed, signed in or removed until it answers`)
	if err := store.Start(); err != nil {
		t.Fatal(err)
	}
	here.match(`r refresh   a add`)
}
