package tui

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

func TestSignIn_SeveralWaitSideBySide(t *testing.T) {
	in(t, newBackend(account("work"), dead(account("old"))), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("b")
		d.shows("minimax-2", "» signing in", "Waiting for you to approve ABCD-1234 (4m 12s left).", "3 of 3", "2 accounts", "never     –") // it is in no pool yet
		d.wait(time.Second)
		d.shows("(4m 11s left)")
		d.press("up", "enter") // the dead one as well
		second := code()
		second.UserCode = "WXYZ-9876"
		d.event(1, second)
		d.shows("WXYZ-9876")
		d.press("b")
		d.shows("old · MiniMax", "Waiting for you to approve WXYZ-9876")
		if d.backend.ctxs[0].Err() != nil || d.backend.ctxs[1].Err() != nil {
			t.Fatal("a sign-in in the background has ended")
		}
		d.press("enter")
		d.shows("WXYZ-9876", "code expires in 4m")
		d.backend.set(func(a []core.Account) []core.Account { return append(a, account("minimax-2")) })
		d.event(0, core.SignedIn{Account: account("minimax-2")}) // the other one is done
		d.shows("Signed in: minimax-2", "WXYZ-9876")
		d.backend.set(repair("old"))
		d.event(1, core.SignedIn{Account: account("old")})
		d.shows("Signed in: old", "3 accounts", "old · MiniMax")
		d.hides("signing in", "needs sign-in")
	})
}

func TestSignIn_InTheBackgroundSaysItsFailure(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("b", "home")
		d.event(0, core.SignInFailed{Err: &autherr.Error{Message: "the code expired before it was approved", Hint: "ask for a new code"}})
		d.shows("! Sign-in to minimax-2: The code expired before it was approved. Ask for a new code.", "– signed out")
		d.wait(seenTime)
		d.press("end", "enter")
		d.shows("The code expired", "enter new code")
		d.press("n")
		d.event(1, code())
		d.press("b", "x")
		d.shows("given up; nothing was saved", "1 account")
		if d.backend.ctxs[1].Err() == nil {
			t.Error("the sign-in goes on")
		}
	})
}

func TestSignIn_RowsOfTheBackgroundAreNoAccounts(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("b", "J", "K", "d", "e", "r", "space")
		if len(d.backend.reordered)+len(d.backend.refreshed) > 0 || d.m.accounts.sheet != nil || len(d.m.accounts.marks) > 0 {
			t.Error("a sign-in was treated as an account")
		}
	})
}

// TestSignIn_ComesAndGoesAsARowAlone: the accounts have not changed, so nobody
// ranks them or reads their events anew.
func TestSignIn_ComesAndGoesAsARowAlone(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		shown := d.m.snap.Number
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("b")
		d.shows("minimax-2", "2 of 2")
		d.press("enter", "esc")
		d.hides("minimax-2")
		d.shows("1 of 1")
		if again := d.m.snap.Number; again != shown {
			t.Errorf("%d snapshots were shown", again-shown)
		}
	})
}
