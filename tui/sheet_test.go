package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// repair makes an account work again.
func repair(label string) func([]core.Account) []core.Account {
	return func(accounts []core.Account) []core.Account {
		for i, a := range accounts {
			if a.Label == label {
				accounts[i] = account(label)
			}
		}
		return accounts
	}
}

const asks = "needs you to sign in again"

func TestSheet_OpensWhenAnAccountTurns(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		d.change(turn("two"))
		d.shows("two "+asks, "MiniMax refused its refresh token: another program had used it already.", "14:02:11 · refresh_token_reused")
		if d.m.View().WindowTitle != "hermes-tui · 1 needs sign-in" {
			t.Errorf("title %q", d.m.View().WindowTitle)
		}
		d.wait(pause)
		d.press("enter")
		want := core.SignInOptions{Account: "id-two", Provider: "minimax-oauth", Region: "global"}
		if len(d.backend.signIns) != 1 || d.backend.signIns[0] != want {
			t.Fatalf("signed in with %+v", d.backend.signIns)
		}
		d.event(0, code())
		d.shows("Sign in again › two", "ABCD-1234")
		d.backend.set(repair("two"))
		d.event(0, core.SignedIn{Account: account("two")})
		d.shows("Signed in: two", "● ok")
		d.hides(asks, "needs sign-in")
	})
}

func TestSheet_IgnoresKeysUntilThePersonHasPaused(t *testing.T) {
	in(t, newBackend(account("one")), func(d *driver) {
		d.change(turn("one"))
		for range 2 { // typing goes on
			d.press("enter", "esc")
			d.shows(asks)
			d.clock.Advance(400 * time.Millisecond)
		}
		if len(d.backend.signIns) > 0 {
			t.Fatal("a key that was meant for something else signed in")
		}
		d.clock.Advance(200 * time.Millisecond)
		d.press("esc")
		d.hides(asks)
	})
}

func TestSheet_ListensAfterOneAndAHalfSecondsAtTheLatest(t *testing.T) {
	in(t, newBackend(account("one")), func(d *driver) {
		d.change(turn("one"))
		for range 7 { // 1.4 s of typing
			d.press("j")
			d.clock.Advance(200 * time.Millisecond)
		}
		d.clock.Advance(100 * time.Millisecond)
		d.press("esc")
		d.hides(asks)
	})
}

func TestSheet_EscMeansLaterAndNobodyNags(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		d.change(turn("one"))
		d.wait(maxPause)
		d.press("esc")
		d.shows("1 needs sign-in")
		d.change(func(a []core.Account) []core.Account { a[1].Requests++; return a })
		d.hides(asks)
		d.change(repair("one"))
		d.change(turn("one")) // but a new event is one
		d.shows("one " + asks)
	})
}

func TestSheet_SeveralAreHandledOneAfterTheOther(t *testing.T) {
	in(t, newBackend(account("one"), account("two"), account("three")), func(d *driver) {
		d.change(turn("one", "three"))
		d.shows("2 accounts need you to sign in again")
		d.wait(maxPause)
		d.press("enter")
		d.event(0, code())
		d.change(turn("two")) // never over a sign-in under way
		d.shows("Sign in again › one")
		d.backend.set(repair("one"))
		d.event(0, core.SignedIn{Account: account("one")})
		d.shows("2 accounts need you to sign in again", "three", "two")
		d.change(repair("two")) // somebody else signed in
		d.shows("three " + asks)
		d.change(repair("three"))
		d.hides(asks)
	})
}

func TestSheet_ComesOverHelpButNotOverAQuestion(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		d.press("?")
		d.change(turn("one"))
		d.shows("one " + asks)
		d.change(repair("one"))
		d.press("end", "d")
		d.change(turn("one"))
		d.shows("Remove “two”?")
		d.press("n")
		d.shows("one " + asks)
	})
}

func TestSheet_WhyExplainsAndComesBack(t *testing.T) {
	in(t, newBackend(account("one")), func(d *driver) {
		d.change(turn("one"))
		d.wait(maxPause)
		d.press("?")
		d.shows("The refresh token", "works once")
		d.press("esc")
		d.shows("one " + asks)
	})
}

func TestSheet_NoneAtTheStartButTheAccountIsSelected(t *testing.T) {
	in(t, newBackend(account("one"), dead(account("two"))), func(d *driver) {
		d.hides(asks)
		d.shows("two · MiniMax", "2 of 2", "enter sign in again")
		if c := d.m.View().Cursor; c == nil || c.X != 0 || c.Y != 4 {
			t.Errorf("the terminal's cursor is at %+v", c)
		}
	})
}

func TestSheet_OpensOnARefusedRefreshAtOnce(t *testing.T) {
	b := newBackend(account("one"))
	b.err = &autherr.Error{Kind: autherr.SignIn, Code: "refresh_token_reused", Message: "refused", Relogin: true}
	in(t, b, func(d *driver) {
		d.backend.set(turn("one"))
		d.press("r")
		d.shows("one " + asks)
		d.wait(pause)
		d.press("esc")
		d.hides("Refused") // it was said already
	})
}

func TestRemove_AsksAndIgnoresAHeldKey(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		d.send(repeated("d"))
		d.hides("Remove")
		for _, no := range []string{"n", "enter", "esc"} {
			d.press("d")
			d.shows("Remove “one”?", "deleted from the keyring", "next account of the pool")
			d.press(no)
			d.hides("Remove “one”?")
		}
		d.press("d")
		d.send(repeated("y"))
		d.shows("Remove “one”?")
		d.backend.set(func(a []core.Account) []core.Account { return a[1:] })
		d.press("y")
		if len(d.backend.removed) != 1 || d.backend.removed[0] != "id-one" {
			t.Fatalf("removed %q", d.backend.removed)
		}
		d.shows("Removed: one. Its sign-in was revoked at MiniMax.", "1 of 1")
	})
}

// TestRemove_SaysWhatCouldNotBeRevoked: a sign-in that lives on at the provider
// is a failure, which stays until it could be read.
func TestRemove_SaysWhatCouldNotBeRevoked(t *testing.T) {
	for name, tt := range map[string]struct {
		keys []string
		gone int
		want string
	}{
		"one":     {[]string{"d", "y"}, 1, "Removed: one. Its sign-in could not be revoked at MiniMax: no network; to end it there too"},
		"several": {[]string{"space", "space", "d", "y"}, 2, "2 accounts removed. 2 sign-ins were not revoked. one: Its sign-in could not be revoked"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, newBackend(account("one"), account("two"), account("three")), func(d *driver) {
				d.backend.alive = errors.New("no network")
				d.press(tt.keys[:len(tt.keys)-1]...)
				d.backend.set(func(a []core.Account) []core.Account { return a[tt.gone:] })
				d.press("y")
				if text := d.m.toast.text; !strings.Contains(strings.Replace(text, "two: Its", "one: Its", 1), tt.want) {
					t.Errorf("it says %q, want %q", text, tt.want)
				}
				d.wait(2 * toastTime)
				d.shows("could not be revoked")
			})
		})
	}
}

func TestRemove_ClosesWhenTheAccountIsGone(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		d.press("d")
		d.change(func(a []core.Account) []core.Account { return a[1:] })
		d.hides("Remove")
		d.press("y")
		if len(d.backend.removed) > 0 {
			t.Errorf("removed %q", d.backend.removed)
		}
	})
}

func TestRename_KeepsTheLabelOrSaysWhyNot(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("e")
		if c := d.m.View().Cursor; c == nil || c.X != 2+len("work") {
			t.Errorf("the text cursor is at %+v", c)
		}
		d.press("home", "q", "delete", "end", "backspace")
		d.shows("qor")
		d.backend.err = errors.New("another account is called so")
		d.press("enter")
		d.shows("Rename", "Another account is called so.")
		d.backend.err = nil
		d.backend.set(func(a []core.Account) []core.Account { a[0].Label = "qor"; return a })
		d.press("enter")
		d.hides("Rename “")
		d.shows("Renamed: qor")
		if len(d.backend.renamed) != 2 || d.backend.renamed[1] != [2]string{"id-work", "qor"} {
			t.Errorf("renamed %q", d.backend.renamed)
		}
		d.press("e", "x", "esc")
		d.hides("qorx")
	})
}

func TestRefresh_SaysWhatCameOfIt(t *testing.T) {
	b := newBackend(account("work"))
	for _, tc := range []struct {
		result core.RefreshResult
		err    error
		want   string
	}{
		{result: core.RefreshResult{Account: account("work"), Rotated: true}, want: "work: a new token, good for 12m 04s."},
		{result: core.RefreshResult{Note: "it was refreshed 3 s ago"}, want: "work: It was refreshed 3 s ago."},
		{err: &autherr.Error{Message: "MiniMax could not be reached", Hint: "check the network"}, want: "! MiniMax could not be reached. Check the network."},
	} {
		b.result, b.err = tc.result, tc.err
		in(t, b, func(d *driver) {
			d.press("r")
			d.shows(tc.want)
			d.wait(toastTime)
			if tc.err == nil {
				d.hides(tc.want)
				return
			}
			d.shows(tc.want) // a failure stays until it was seen
			d.press("down")
			d.hides(tc.want)
		})
	}
}

func TestAccounts_CursorStaysWithItsAccount(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		d.press("down")
		d.change(func(a []core.Account) []core.Account { return append([]core.Account{account("zero")}, a...) })
		d.shows("two · MiniMax", "3 of 3")
		d.change(func(a []core.Account) []core.Account { return a[:1] })
		d.shows("zero · MiniMax", "1 of 1")
		d.change(func([]core.Account) []core.Account { return nil })
		d.shows("No accounts yet")
		d.press("down", "enter")
		d.shows("what this is")
	})
}

func TestAccounts_ShowTroubleOfOneThatWorks(t *testing.T) {
	a := account("one")
	a.LastError = &record.Note{Code: "unreachable", Message: "MiniMax could not be reached\x1b[2J", At: noon.Add(-time.Minute)}
	in(t, newBackend(a), func(d *driver) {
		d.shows("Last try 14:01:14: MiniMax could not be reached.")
	})
}

func TestRefresh_RefusedWithoutAQuarantineIsSaid(t *testing.T) {
	b := newBackend(account("work"))
	b.err = &autherr.Error{Kind: autherr.SignIn, Code: autherr.CodeNoRefreshToken, Message: "there is no refresh token", Relogin: true}
	in(t, b, func(d *driver) {
		d.press("r")
		d.shows("! There is no refresh token.")
	})
}

func TestRefresh_IsNotOfferedWhereItCanDoNothing(t *testing.T) {
	shared := account("borrowed")
	shared.Owner = "hermes-agent"
	in(t, newBackend(shared), func(d *driver) {
		d.hides("r refresh")
		d.press("r")
		if len(d.backend.refreshed) > 0 {
			t.Error("asked for a token that only its owner may refresh")
		}
	})
}
