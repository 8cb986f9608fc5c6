package tui

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	fleethost "github.com/hermes-tui/hermes-tui/core/host"
)

// onHost is the fleet while a host signs the account work in.
func onHost(name string, mine bool) fleethost.Sight {
	s := prod()
	s.SignIns = map[string]fleet.SigningIn{"id-work": {Host: name, At: noon.Add(-time.Second), Once: "x", Mine: mine}}
	return s
}

// A quarantine asks in every window; once one of them signs in, the others say where
// and offer to take it over; when it is done they close their sheet.
func TestClaimed_Sheet(t *testing.T) {
	in(t, inFleet(newBackend(account("work"), account("other")), prod()), func(d *driver) {
		d.change(turn("work"))
		d.wait(maxPause)
		d.shows("work needs you to sign in again", "enter sign in now")
		d.sight(onHost("desk-1", false))
		d.shows("work is being signed in on desk-1", "Being signed in on desk-1, since 14:02.", "t take it over", "esc later")
		d.hides("enter sign in now")
		d.press("enter")
		if len(d.backend.signIns) != 0 {
			t.Fatal("enter signs in although somebody else does")
		}
		d.change(func(all []core.Account) []core.Account { all[0] = account("work"); return all })
		d.hides("being signed in")
		d.shows("● ok")
	})
}

// It can be taken over on purpose, from the sheet and from the list.
func TestClaimed_TakenOver(t *testing.T) {
	in(t, inFleet(newBackend(account("work"), account("other")), onHost("desk-1", false)), func(d *driver) {
		d.change(turn("work"))
		d.wait(maxPause)
		d.press("esc")
		d.shows("Being signed in on desk-1, since 14:02.", "enter take over")
		d.press("enter")
		d.wait(maxPause)
		d.shows("work is being signed in on desk-1")
		d.press("t")
		if len(d.backend.signIns) != 1 || !d.backend.signIns[0].TakeOver || d.backend.signIns[0].Account != "id-work" {
			t.Fatalf("%+v", d.backend.signIns)
		}
		d.sight(onHost("desk-2", true))
		d.event(0, code())
		d.shows("ABCD-1234")
		d.sight(onHost("laptop", false)) // and somebody takes it over again
		d.shows("work is being signed in on laptop now; the code here was given up.")
		d.hides("ABCD-1234")
		if d.backend.ctxs[0].Err() == nil {
			t.Error("the provider is still asked")
		}
	})
}

// Of two who press enter at once, the second is told who was first.
func TestClaimed_TheSecond(t *testing.T) {
	in(t, inFleet(newBackend(account("work"), account("other")), prod()), func(d *driver) {
		d.change(turn("work"))
		d.wait(maxPause)
		d.press("enter")
		d.sight(onHost("desk-1", false))
		d.event(0, core.SignInFailed{Err: &autherr.Error{Code: autherr.CodeSigningIn, Message: "the account is being signed in on desk-1"}})
		d.shows("work is being signed in on desk-1", "t take it over")
	})
}

// Of several that have died, the keys are those of the one under the cursor.
func TestClaimed_Several(t *testing.T) {
	in(t, inFleet(newBackend(account("work"), account("other")), onHost("desk-2", false)), func(d *driver) {
		d.change(turn("work", "other"))
		d.wait(maxPause)
		d.shows("2 accounts need you", "being signed in by another program of this host", "t take it over")
		d.press("down")
		d.shows("enter sign in, one after the other")
	})
}

// Without the store nobody can sign in, and the sheet offers nothing.
func TestClaimed_StoreAway(t *testing.T) {
	in(t, inFleet(newBackend(account("work"), account("other")), prod()), func(d *driver) {
		d.change(turn("work"))
		d.wait(maxPause)
		d.sight(away(prod()))
		d.hides("enter sign in now")
		if d.press("enter"); len(d.backend.signIns) != 0 {
			t.Error("a sign-in was begun")
		}
		d.press("esc")
		d.shows("Store not reachable")
	})
}
