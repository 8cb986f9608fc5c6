package tui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"rsc.io/qr"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/screen"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// in runs a test on a window with these accounts.
func in(t *testing.T, b *fakeBackend, f func(d *driver), change ...func(*Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { // channels belong to the bubble they are made in
		b.changes = make(chan core.Snapshot, 8)
		f(newDriver(t, b, change...))
	})
}

func TestSignIn_LeadsFromTheEmptyStateToAnAccount(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("enter") // the menu
		d.shows("Which MiniMax?")
		d.press("down", "enter")
		d.shows("What shall it be called?", "minimax-2")
		d.press("ctrl+u")
		for _, r := range "q a r" { // letters that are keys elsewhere
			d.press(map[rune]string{' ': "space"}[r] + strings.TrimSpace(string(r)))
		}
		d.press("enter")
		d.shows("asking MiniMax China for a code")
		want := core.SignInOptions{Provider: "minimax-oauth", Region: "cn", Label: "q a r"}
		if len(d.backend.signIns) != 1 || d.backend.signIns[0] != want {
			t.Fatalf("signed in with %+v, want %+v", d.backend.signIns, want)
		}
		d.event(0, code())
		d.shows("ABCD-1234", "code expires in 4m 12s", "Open this page in your browser", "waiting for your approval", "checked every 2 s")
		if len(d.opened) != 1 || d.opened[0] != approvalLink {
			t.Errorf("opened %q", d.opened)
		}
		d.event(0, core.PollScheduled{NextAt: d.clock.Now().Add(12 * time.Second), Reason: "MiniMax asked to slow down"})
		d.shows("MiniMax asked to slow down · next check in 12 s")
		d.wait(3 * time.Second)
		d.shows("next check in 9 s", "code expires in 4m 09s")
		d.press("q") // unbound here
		d.shows("ABCD-1234")

		a := account("q a r")
		d.backend.set(func([]core.Account) []core.Account { return []core.Account{account("first"), a} })
		d.event(0, core.SignedIn{Account: a, Note: "welcome"})
		d.shows("Signed in: q a r. Welcome.", "2 accounts", "2 of 2")
		d.wait(toastTime)
		d.hides("Signed in")
	})
}

func TestSignIn_EscCancelsAtOnceAndLateEventsAreDropped(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("esc")
		if d.backend.ctxs[0].Err() == nil {
			t.Error("the attempt goes on")
		}
		d.shows("No accounts yet", "Sign-in cancelled; nothing was saved.")
		before := d.text()
		d.event(0, code())
		d.event(0, core.SignInFailed{Err: &autherr.Error{Code: autherr.CodeCanceled, Message: "cancelled"}})
		if d.text() != before || len(d.opened) != 1 {
			t.Errorf("a late event was taken:\n%s", d.text())
		}
	})
}

func TestSignIn_ThatWasStoredAlreadyWhenItWasCancelledCounts(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("esc")
		d.press("a") // and another one is begun
		a := account("work")
		d.backend.set(func([]core.Account) []core.Account { return []core.Account{a} })
		d.event(0, core.SignedIn{Account: a})
		d.shows("Signed in: work", "Which MiniMax?")
		d.press("esc")
		d.shows("1 of 1")
	})
}

func TestSignIn_NewCodeTakesThePlaceOfTheOldOne(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.send(repeated("n"))
		if len(d.backend.signIns) != 1 {
			t.Fatal("a held key asked for a code")
		}
		d.press("n")
		if d.backend.ctxs[0].Err() == nil || len(d.backend.signIns) != 2 {
			t.Fatalf("%d attempts, the first one: %v", len(d.backend.signIns), d.backend.ctxs[0].Err())
		}
		d.hides("ABCD-1234")
		d.event(0, code())
		d.hides("ABCD-1234")
		next := code()
		next.UserCode = "WXYZ-9876"
		d.event(1, next)
		d.shows("WXYZ-9876")
		d.event(1, core.SignInFailed{Err: &autherr.Error{Code: autherr.CodeAuthorizationDenied, Message: "MiniMax says that access was denied", Hint: "nothing was saved"}})
		d.shows("!  MiniMax says that access was denied.", "Nothing was saved.", "authorization_denied", "enter new code")
		d.press("n")
		d.shows("asking MiniMax for a code")
		if got := d.backend.signIns[2].Label; got != "" {
			t.Errorf("the label that was offered became %q, so that an owner's name has no chance", got)
		}
		d.press("esc")
		d.shows("No accounts yet")
	})
}

func TestSignIn_ThatEndsWithoutAnAnswerSaysSo(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		close(d.backend.events[0])
		d.backend.events = nil
		d.settle()
		d.shows("The sign-in ended without an answer.", "enter try again")
	})
}

func TestSignIn_PageThatIsNotTrustedIsOnlyShown(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		for _, change := range []func(*core.CodeIssued){
			func(c *core.CodeIssued) { c.PageTrusted = false },
			func(c *core.CodeIssued) { c.VerificationURI += "\x1b]0;evil\a" },
		} {
			c := code()
			change(&c)
			d.event(0, c)
			d.shows("This link does not lead to minimax.io", "c copy code")
			d.hides("copy link", "QR", "open browser")
			before := d.text()
			d.press("enter", "u", "s")
			if len(d.opened)+len(d.copied) > 0 || d.text() != before {
				t.Errorf("opened %q, copied %q", d.opened, d.copied)
			}
			if strings.Contains(d.m.View().Content, "\x1b]") {
				t.Error("the screen holds a link or a control sequence")
			}
		}
	})
}

func TestSignIn_CopiesCodeAndLink(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("c")
		d.shows("Code sent to the clipboard.")
		d.press("u")
		d.shows("Link sent to the clipboard.")
		if strings.Join(d.copied, " ") != "ABCD-1234 "+approvalLink {
			t.Errorf("copied %q", d.copied)
		}
		if view := d.m.View().Content; strings.Count(view, "\x1b]8;id=signin;"+approvalLink) == 0 {
			t.Error("the link is no link")
		}
	})
}

func TestSignIn_NothingIsOpenedWhereThereIsNoBrowser(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"remote": remote, "none": func(o *Options) { o.OpenBrowser = nil },
	} {
		t.Run(name, func(t *testing.T) {
			in(t, newBackend(), func(d *driver) {
				d.press("a", "enter", "enter")
				d.event(0, code())
				d.hides("open browser")
				d.press("enter")
				if len(d.opened) > 0 {
					t.Errorf("opened %q", d.opened)
				}
			}, change)
		})
	}
}

func TestSignIn_LabelMustBeGoodAndFree(t *testing.T) {
	in(t, newBackend(account("Work")), func(d *driver) {
		type_ := func(s string) {
			d.press("ctrl+u")
			d.send(tea.PasteMsg{Content: s})
			d.press("enter")
		}
		d.press("a", "enter")
		type_("work")
		d.shows(`called "work" already`)
		type_("a/b")
		d.shows("contains a slash")
		if len(d.backend.signIns) > 0 {
			t.Fatal("a bad label was taken")
		}
		type_("two\x1b[31m")
		if len(d.backend.signIns) != 1 || d.backend.signIns[0].Label != "two" {
			t.Errorf("%+v", d.backend.signIns)
		}
	})
}

func TestSignIn_EscGoesOneStepBack(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter")
		d.shows("What shall it be called?")
		d.press("esc")
		d.shows("Which MiniMax?")
		d.press("esc")
		d.shows("No accounts yet")
	})
}

func TestSignIn_AsksForTheProviderWhereThereAreSeveral(t *testing.T) {
	b := newBackend()
	b.choices = append(b.choices, core.ProviderChoice{Provider: "nous", ProviderName: "Nous Portal", Region: "global", Name: "Nous Portal", Host: "nousresearch.com"})
	in(t, b, func(d *driver) {
		d.press("a")
		d.shows("Where is the account?", "Nous Portal")
		d.hides("MiniMax China")
		d.press("down", "enter")
		d.shows("What shall it be called?")
		d.press("esc", "up", "enter")
		d.shows("Which MiniMax?", "MiniMax China")
	})
}

func TestQR_ShowsWhereThereIsRoomAndDecodes(t *testing.T) {
	for name, change := range map[string]func(*Options){"colour": inColour, "no colour": func(*Options) {}} {
		t.Run(name, func(t *testing.T) {
			in(t, newBackend(), func(d *driver) {
				d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
				d.press("a", "enter", "enter")
				d.event(0, code())
				d.hides("▀", "█")
				d.press("s")
				s := screen.New(80, 24, nil)
				defer func() { _ = s.Close() }()
				_, _ = s.Write([]byte(strings.ReplaceAll(d.m.View().Content, "\n", "\r\n")))
				checkQR(t, s, approvalLink)
				d.press("s")
				d.hides("▀", "█")
				d.send(tea.WindowSizeMsg{Width: 60, Height: 16})
				d.press("s")
				d.hides("▀", "█")
				d.shows("The QR code needs a window of 43x24.")
			}, change)
		})
	}
}

// checkQR finds the QR on the screen and compares it, module by module, with
// the code of a text, quiet zone included.
func checkQR(t *testing.T, s *screen.Screen, text string) {
	t.Helper()
	want := widget.EncodeQR(text)
	x0, y0 := -1, -1
	for y := 0; y < 24 && x0 < 0; y++ {
		for x := range 80 {
			if s.Cell(x, y).Background == "#ffffff" {
				x0, y0 = x, y
				break
			}
		}
	}
	if x0 < 0 {
		t.Fatal("no white on the screen")
	}
	for y := range want.Size + 2*widget.Quiet {
		for x := range want.Size + 2*widget.Quiet {
			c := s.Cell(x0+x, y0+y/2)
			if c.Foreground != "#000000" || c.Background != "#ffffff" || c.Reverse {
				t.Fatalf("cell %d,%d is not black on white: %+v", x, y/2, c)
			}
			black := c.Content == "█" || y%2 == 0 && c.Content == "▀" || y%2 == 1 && c.Content == "▄"
			if black != want.Black(x-widget.Quiet, y-widget.Quiet) {
				t.Fatalf("module %d,%d is wrong", x-widget.Quiet, y-widget.Quiet)
			}
		}
	}
	if w, h := widget.QRSize(text, false); w != 41 || h != 21 {
		t.Errorf("the QR takes %dx%d cells", w, h)
	}
}

// Where there are no half blocks a module is two cells, black or white by
// colour alone.
func TestQR_DecodesInASCII(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.send(windowSize(120, 46))
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("s")
		s := screen.New(120, 46, nil)
		defer func() { _ = s.Close() }()
		_, _ = s.Write([]byte(strings.ReplaceAll(d.m.View().Content, "\n", "\r\n")))
		want := widget.EncodeQR(approvalLink)
		side := want.Size + 2*widget.Quiet
		x0, y0 := 120-1-2*side, 2
		for y := range side {
			for x := range 2 * side {
				c := s.Cell(x0+x, y0+y)
				if c.Foreground != "#000000" || c.Background != "#ffffff" || c.Content != " " {
					t.Fatalf("cell %d,%d is not drawn by colour alone: %+v", x, y, c)
				}
				if c.Reverse != want.Black(x/2-widget.Quiet, y-widget.Quiet) {
					t.Fatalf("module %d,%d is wrong", x/2-widget.Quiet, y-widget.Quiet)
				}
			}
		}
	}, ascii)
}

func TestQR_TakesTheBestLevelOfTheSmallestSize(t *testing.T) {
	small, err := qr.Encode(approvalLink, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	if got := widget.EncodeQR(approvalLink); got.Size != small.Size {
		t.Errorf("size %d, the smallest is %d", got.Size, small.Size)
	}
	if widget.EncodeQR(strings.Repeat("x", 5000)) != nil {
		t.Error("a text that is too long has a code")
	}
}

func TestSignIn_HeldEnterOpensOnePage(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		for range 5 {
			d.send(repeated("enter"))
		}
		if len(d.opened) != 1 {
			t.Errorf("opened %d pages", len(d.opened))
		}
	})
}

func TestSignIn_ALateSuccessLeavesTheSignInToAnotherAccountAlone(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("esc", "a", "down", "enter", "enter") // China now
		d.event(1, code())
		a := account("work")
		d.backend.set(func([]core.Account) []core.Account { return []core.Account{a} })
		d.event(0, core.SignedIn{Account: a})
		d.shows("Sign in › MiniMax China", "ABCD-1234", "Signed in: work")
		if d.backend.ctxs[1].Err() != nil {
			t.Error("the second sign-in was ended")
		}
		d.press("esc")
		d.shows("1 of 1")
	})
}
