package tui

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/consent"
)

// claude asks for an account.
func claude(ask, label string) consent.Request {
	return consent.Request{
		ID: ask, Account: "id-" + label, Command: "token", At: noon, Until: noon.Add(time.Minute),
		Program: consent.Asker{Name: "claude", Path: "/usr/bin/claude", PID: 4711, Key: "/usr/bin/claude"},
	}
}

// asked shows a window to which questions come.
func asked(d *driver, asks ...consent.Request) {
	d.backend.mu.Lock()
	d.backend.snap.Asks = asks
	d.backend.mu.Unlock()
	d.change(func(a []core.Account) []core.Account { return a })
}

func TestConsent_TheSheetTellsWhoAsks(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		asked(d, claude("a", "two"))
		d.shows("claude wants to use two", "claude (pid 4711) wants a token of two (MiniMax), by hermes-tui token.", "/usr/bin/claude",
			"Without an answer it is refused in 1m 00s.", "y allow once", "d for a day", "a always", "n refuse (also enter and esc)")
		d.wait(maxPause)
		d.shows("refused in 59s")
		asked(d) // answered elsewhere, or given up
		d.hides("wants to use")
		if len(d.backend.answers) != 0 {
			t.Errorf("answered %v", d.backend.answers)
		}
	})
}

func TestConsent_Keys(t *testing.T) {
	for key, want := range map[string]consent.Verdict{
		"y": consent.Once, "d": consent.Day, "a": consent.Always, "n": consent.No, "enter": consent.No, "esc": consent.No,
	} {
		in(t, newBackend(account("one")), func(d *driver) {
			asked(d, claude("a", "one"), claude("b", "one")) // of one program: answered together
			d.shows("It has asked 2 times.")
			d.press(key) // meant for something else
			if len(d.backend.answers) != 0 {
				t.Fatalf("%s: answered at once", key)
			}
			d.wait(maxPause)
			d.press("q", "x", key)
			if got := strings.Join(d.backend.answers, ", "); got != "a "+string(want)+", b "+string(want) {
				t.Errorf("%s: answered %s", key, got)
			}
			d.hides("wants to use")
			words := "claude gets no token of one."
			if want.Allows() {
				words = "claude may use one: " + want.Words() + "."
			}
			d.shows(words)
		})
	}
}

// The keys stand there at every size of the window.
func TestConsent_FitsTheWindow(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 120, Height: 40}, {Width: 100, Height: 30}, {Width: 80, Height: 24}, {Width: 76, Height: 24}, {Width: 75, Height: 20}, {Width: 60, Height: 16}, {Width: 59, Height: 16}, {Width: 40, Height: 12}} {
		in(t, newBackend(account("one")), func(d *driver) {
			d.send(size)
			asked(d, claude("a", "one"))
			if !regexp.MustCompile(`y (allow )?once +d (for a )?day +a always +n (refuse|no)`).MatchString(d.text()) {
				t.Errorf("%dx%d:\n%s", size.Width, size.Height, d.text())
			}
			d.shows("/usr/bin/claude")
		})
	}
}

// A program that nothing tells from others is allowed once only, and each run of it
// is a question.
func TestConsent_AStranger(t *testing.T) {
	in(t, newBackend(account("one")), func(d *driver) {
		first, second := claude("a", "one"), claude("b", "one")
		first.Program.Key, second.Program.Key = "", ""
		asked(d, first, second)
		d.shows("Nothing tells it from other programs", "y allow once", "Behind it 1 question waits.")
		d.hides("always", "for a day")
		d.wait(maxPause)
		d.press("a", "d")
		d.shows("wants to use one")
		d.press("y")
		d.shows("wants to use one") // the next one
		d.wait(maxPause)
		d.press("n")
		if want := []string{"a once", "b no"}; !slices.Equal(d.backend.answers, want) {
			t.Errorf("answered %v, want %v", d.backend.answers, want)
		}
	})
}

// It covers no question that the person is answering, and no sign-in, and comes
// when that is done.
func TestConsent_ComesAfterWhatIsUnderWay(t *testing.T) {
	in(t, newBackend(account("one")), func(d *driver) {
		d.press("d")
		asked(d, claude("a", "one"))
		d.shows("Remove “one”?")
		d.hides("wants to use")
		d.press("n")
		d.shows("claude wants to use one")
		d.wait(maxPause)
		d.press("n", "a")
		d.shows("Which MiniMax?")
		asked(d, claude("b", "one"))
		d.hides("wants to use")
		d.press("esc", "esc")
		d.shows("claude wants to use one")
	})
}

// A window that is not looked at says that a program waits, once.
func TestConsent_IsNotified(t *testing.T) {
	in(t, newBackend(account("one")), func(d *driver) {
		d.send(tea.BlurMsg{})
		asked(d, claude("a", "one"))
		asked(d, claude("a", "one"))
		if got, want := strings.Join(d.raw, ""), "\x1b]9;claude wants to use one\x07"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		asked(d, claude("a", "one"), claude("b", "one"), claude("c", "one"))
		if got := strings.Join(d.raw, ""); !strings.HasSuffix(got, "2 programs wait for your confirmation\x07") {
			t.Errorf("%q", got)
		}
		d.wait(maxPause)
		d.press("y")
		asked(d)
		if len(d.raw) != 2 {
			t.Errorf("%q", d.raw)
		}
	}, notify("osc9"))
}

// The details say that the account is marked.
func TestConsent_IsInTheDetails(t *testing.T) {
	a := account("one")
	a.Confirm = true
	in(t, newBackend(a), func(d *driver) {
		d.press("enter")
		d.shows("each is confirmed")
	})
}

// Whoever goes on typing when the sheet opens answers nothing, however long that
// takes.
func TestConsent_TextIsNoAnswer(t *testing.T) {
	in(t, newBackend(account("one")), func(d *driver) {
		asked(d, claude("a", "one"))
		for range 20 {
			d.clock.Advance(pause - time.Millisecond)
			d.press("y", "d", "a", "n")
		}
		d.shows("claude wants to use one", "y allow once")
		if len(d.backend.answers) != 0 {
			t.Errorf("answered %v", d.backend.answers)
		}
	})
}

// It does not come while something is typed, and says that it will.
func TestConsent_WaitsForWhoTypes(t *testing.T) {
	for name, c := range map[string]struct {
		begin []string
		end   string
	}{
		"the filter":    {[]string{"/"}, "esc"},
		"the palette":   {[]string{":"}, "esc"},
		"a key by name": {[]string{"?", "/"}, "enter"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, newBackend(account("one")), func(d *driver) {
				d.press(c.begin...)
				asked(d, claude("a", "one"))
				d.shows("claude wants to use one. You are asked once you have done typing.")
				for _, key := range []string{"o", "d", "a", "y"} {
					d.wait(2 * maxPause)
					d.press(key)
				}
				d.hides("y allow once")
				d.press(c.end)
				d.shows("claude wants to use one", "y allow once")
				d.press("a")
				if len(d.backend.answers) != 0 {
					t.Errorf("answered %v", d.backend.answers)
				}
			})
		})
	}
}

// A question whose time is over is none, though nobody has taken it away.
func TestConsent_EndsWithItsTime(t *testing.T) {
	in(t, newBackend(account("one")), func(d *driver) {
		asked(d, claude("a", "one"))
		d.wait(time.Minute - time.Second)
		d.shows("claude wants to use one")
		d.wait(time.Second)
		d.hides("wants to use")
		asked(d, claude("a", "one"))
		d.hides("wants to use")
		d.press("a")
		if len(d.backend.answers) != 0 {
			t.Errorf("answered %v", d.backend.answers)
		}
	})
}

// Of a long path all is shown: its end tells programs apart.
func TestConsent_ShowsThePathsEnd(t *testing.T) {
	in(t, newBackend(account("one")), func(d *driver) {
		r := claude("a", "one")
		r.Program.Path = "/opt/" + strings.Repeat("programs/", 12) + "the-very-one"
		d.send(windowSize(80, 24))
		asked(d, r)
		d.shows("the-very-one")
	})
}
