package tui

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

func owned(label, owner string) core.Account {
	a := account(label)
	a.Identity = oauth.Identity{Label: owner, Account: "workspace-1"}
	return a
}

func duplicate() core.Asking {
	return core.Asking{Owner: oauth.Identity{Label: "alice@x.example", Account: "workspace-1"}, Account: owned("work", "alice@x.example")}
}

func TestSignIn_AsksAboutADuplicate(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.event(0, duplicate())
		d.shows("This sign-in's owner, alice@x.example (workspace-1), is here already", `"work"`, "Nothing is saved yet.", "r replace that sign-in", "y add another account", "n save nothing")
		d.hides("ABCD-1234", "code expires")

		for _, size := range [][2]int{{80, 24}, {60, 16}, {40, 12}} {
			d.send(windowSize(size[0], size[1]))
			d.shows("r replace", "y add", "n save nothing")
		}
		d.send(windowSize(100, 30))

		// A key that was meant for the code does nothing.
		d.press("n")
		d.shows("is here already")
		d.wait(2 * time.Second)
		d.press("r")
		d.hides("is here already")
		d.shows("ABCD-1234")
	})
}

func TestSignIn_AsksAboutAnotherOwner(t *testing.T) {
	in(t, newBackend(owned("work", "bob@x.example")), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		q := duplicate()
		q.Another, q.Account = true, owned("work", "bob@x.example")
		d.event(0, q)
		d.shows("alice@x.example", "bob@x.example", "y save it all the same", "n save nothing")
		d.hides("r replace")
		d.wait(2 * time.Second)
		d.press("esc")
		d.hides("bob@x.example (workspace-1)'s")
		if d.backend.ctxs[0].Err() != nil {
			t.Error("the answer cancelled the attempt instead of deciding it")
		}
	})
}

func TestSignIn_SaysWhoseItIs(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.event(0, core.SignedIn{Account: owned("work", "alice@x.example")})
		d.shows("Signed in: work (alice@x.example (workspace-1))")
	})
}
