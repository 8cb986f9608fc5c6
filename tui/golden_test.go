package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// turn makes accounts turn to needs sign-in.
func turn(labels ...string) func([]core.Account) []core.Account {
	return func(accounts []core.Account) []core.Account {
		for i, a := range accounts {
			for _, label := range labels {
				if a.Label == label {
					accounts[i] = dead(a)
				}
			}
		}
		return accounts
	}
}

func remote(o *Options) { o.Remote = true }
func ascii(o *Options)  { o.ASCII = true }
func sandbox(o *Options) {
	o.PortalURL = "http://127.0.0.1:43211"
	o.SecondTerminal = "hermes-tui --home /tmp/hermes-tui-x token"
}
func connected(o *Options) {
	o.Command, o.ProxyURL = []string{"hermes-tui"}, "http://127.0.0.1:8787"
}
func inColour(o *Options) { o.NoColor = false; o.Theme = "dark" }
func noAnswer(o *Options) { o.NoColor, o.Profile = false, colorprofile.ANSI256 }

// storyOfADeath is the event log of an account whose refresh token somebody else
// had used.
func storyOfADeath() map[string][]record.Event {
	return map[string][]record.Event{"id-old-laptop": {
		{At: noon.AddDate(0, 0, -17), Kind: record.EventSignedIn, Program: "login", Got: "5be91c02", Expires: noon.AddDate(0, 0, -17).Add(15 * time.Minute)},
		{At: noon.Add(-30 * time.Minute), Kind: record.EventAdopted, Program: "token", Got: "77aa0e11"},
		{At: noon.Add(-15 * time.Minute), Kind: record.EventRefreshed, Program: "serve", PID: 4121, Spent: "77aa0e11", Got: "bc34dee5", Expires: noon},
		{At: noon.Add(-3 * time.Second), Kind: record.EventQuarantined, Program: "window", Code: "refresh_token_reused", Message: "the refresh token was used before", Status: 400, Spent: "bc34dee5"},
	}}
}

var screens = []struct {
	name   string
	change []func(*Options)
	with   func() *fakeBackend
	do     func(d *driver)
}{
	{name: "empty"},
	{name: "empty-file", with: func() *fakeBackend {
		b := newBackend()
		b.snap.Store = core.StoreInfo{Kind: "file", Reason: "no OS keyring here", Available: true}
		return b
	}},
	{name: "list", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home") }},
	{name: "list-dead", with: func() *fakeBackend { return newBackend(nine()...) }},
	{name: "list-proxy", with: func() *fakeBackend { return proxied(newBackend(nine()...), aProxy(12, "127.0.0.1:8787")) }, do: func(d *driver) { d.press("home") }},
	{name: "list-ascii", change: []func(*Options){ascii}, with: func() *fakeBackend { return newBackend(nine()...) }},
	{name: "list-colour", change: []func(*Options){inColour, sandbox}, with: func() *fakeBackend { return newBackend(account("work"), dead(account("old"))) }},
	{name: "list-colour-unknown", change: []func(*Options){noAnswer}, with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home") }},
	{name: "list-plans", with: func() *fakeBackend { return newBackend(planned()...) }, do: func(d *driver) { d.press("home") }},
	{name: "list-plans-ascii", change: []func(*Options){ascii}, with: func() *fakeBackend { return newBackend(planned()...) }, do: func(d *driver) { d.press("home") }},
	{name: "list-plans-colour", change: []func(*Options){inColour}, with: func() *fakeBackend { return newBackend(planned()...) }, do: func(d *driver) { d.press("home") }},
	{name: "details-plan", with: func() *fakeBackend { return newBackend(planned()...) }, do: func(d *driver) { d.press("home", "enter") }},
	{name: "use-reset", with: func() *fakeBackend { return newBackend(nine()...) }, do: onUsedUp("u")},
	{name: "pool-plans", with: func() *fakeBackend { return newBackend(planned()...) }, do: func(d *driver) { d.press("home", "p") }},
	{name: "list-fleet", with: func() *fakeBackend { return inFleet(newBackend(nine()...), prod()) }, do: func(d *driver) { d.press("home") }},
	{name: "fleet-away", with: func() *fakeBackend { return inFleet(newBackend(nine()...), away(prod())) }, do: func(d *driver) { d.press("home") }},
	{name: "claimed", with: func() *fakeBackend { return inFleet(newBackend(nine()...), onHost("desk-1", false)) }, do: func(d *driver) { d.change(turn("work")) }},
	{name: "hosts", with: func() *fakeBackend { return inFleet(newBackend(nine()...), prod()) }, do: func(d *driver) { d.press("home", "f") }},
	{name: "prompt", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.change(turn("work")) }},
	{name: "prompt-two", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.change(turn("work", "spare")) }},
	{name: "prompt-colour", change: []func(*Options){inColour}, with: func() *fakeBackend { return newBackend(account("work"), account("other")) }, do: func(d *driver) { d.change(turn("work")) }},
	{name: "remove", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home", "d") }},
	{name: "remove-several", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home", "space", "space", "d") }},
	{name: "rename", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home", "e") }},
	{name: "details", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home", "enter") }},
	{name: "details-used", with: busy, do: func(d *driver) { d.press("home", "enter") }},
	{name: "details-used-ascii", change: []func(*Options){ascii}, with: busy, do: func(d *driver) { d.press("home", "enter") }},
	{name: "details-used-colour", change: []func(*Options){inColour}, with: busy, do: func(d *driver) { d.press("home", "enter") }},
	{name: "details-dead", with: func() *fakeBackend { return newBackend(nine()...).telling(storyOfADeath()) }, do: func(d *driver) {
		d.m.push(&detailsPage{id: "id-old-laptop"})
		d.m.derive()
	}},
	{name: "use-with", change: []func(*Options){connected}, with: func() *fakeBackend { return newBackend(usable()) }, do: func(d *driver) { d.press("w") }},
	{name: "pool", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home", "p") }},
	{name: "top", with: func() *fakeBackend { return newBackend(nine()...).serving(served()) }, do: func(d *driver) { d.press("home", "t") }},
	{name: "top-ascii", change: []func(*Options){ascii}, with: func() *fakeBackend { return newBackend(nine()...).serving(served()) }, do: func(d *driver) { d.press("home", "t", "o") }},
	{name: "top-colour", change: []func(*Options){inColour}, with: func() *fakeBackend { return newBackend(nine()...).serving(served()) }, do: func(d *driver) { d.press("home", "t") }},
	{name: "copy", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home", "c") }},
	{name: "copy-token", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home", "c", "t") }},
	{name: "failure", with: func() *fakeBackend {
		b := newBackend(nine()...)
		b.err = &autherr.Error{Code: autherr.CodeUnreachable, Message: "api.minimax.io cannot be reached (connection refused)", Hint: "the old token still serves; look at the network, then press r"}
		return b
	}, do: func(d *driver) { d.press("home", "r") }},
	{name: "background", with: func() *fakeBackend { return newBackend(account("work")) }, do: func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("b")
	}},
	{name: "doctor", change: []func(*Options){illness()}, with: func() *fakeBackend { return newBackend(account("work"), dead(account("old"))) }, do: func(d *driver) { d.press(":", "d", "o", "c", "t", "o", "r", "enter") }},
	{name: "about", do: func(d *driver) { d.press("?") }},
	{name: "palette", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home", ":") }},
	{name: "filter", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("/", "m", "i", "n", "i") }},
	{name: "marks", with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home", "space", "space") }},
	{name: "help", change: []func(*Options){sandbox}, with: func() *fakeBackend { return newBackend(nine()...) }, do: func(d *driver) { d.press("home", "?") }},
	{name: "empty-import", change: []func(*Options){importing}},
	{name: "empty-found", change: []func(*Options){found}},
	{name: "found-read", change: []func(*Options){found}, do: func(d *driver) { d.press("o") }},
	{name: "found", change: []func(*Options){found}, do: func(d *driver) { d.press("o", "y") }},
	{name: "import", change: []func(*Options){importing}, do: func(d *driver) { d.press("i") }},
	{name: "import-ask", change: []func(*Options){importing}, do: func(d *driver) { d.press("i", "tab", "enter") }},
	{name: "why", with: func() *fakeBackend { return newBackend(account("work")) }, do: func(d *driver) {
		d.change(turn("work"))
		d.wait(maxPause)
		d.press("?")
	}},
	{name: "signin-provider", with: func() *fakeBackend { return several(newBackend()) }, do: func(d *driver) { d.press("a") }},
	{name: "signin-owner", do: func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.event(0, duplicate())
	}},
	{name: "signin-region", do: func(d *driver) { d.press("a") }},
	{name: "signin-label", do: func(d *driver) { d.press("a", "enter") }},
	{name: "signin-code", do: func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
	}},
	{name: "signin-slow", do: func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.event(0, core.PollScheduled{NextAt: noon.Add(12e9), Reason: "MiniMax asked to slow down"})
	}},
	{name: "signin-qr", change: []func(*Options){remote}, do: func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
	}},
	{name: "signin-untrusted", do: func(d *driver) {
		d.press("a", "enter", "enter")
		c := code()
		c.PageTrusted, c.VerificationURI = false, "https://minimax.evil.example/oauth-authorize?user_code=ABCD-1234"
		d.event(0, c)
	}},
	{name: "signin-failed", do: func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.event(0, core.SignInFailed{Err: &autherr.Error{
			Code: autherr.CodeTimeout, Message: "the code expired before it was approved",
			Hint: "nothing was saved; a new code takes a second",
		}})
	}},
}

// Every screen, as it is drawn without colour at four sizes. After a change of
// the look run the tests with -update and read the difference.
func TestScreens(t *testing.T) {
	for _, s := range screens {
		for _, size := range [][2]int{{180, 30}, {100, 30}, {80, 24}, {50, 16}, {40, 12}} {
			if size[0] == 180 && !strings.HasPrefix(s.name, "list") && s.name != "prompt" && s.name != "pool" {
				continue // nothing stands elsewhere than in a window of 100 columns
			}
			if size[0] == 40 && s.name != "list-dead" && s.name != "signin-code" && s.name != "prompt" {
				continue // what is too small says the same everywhere but on these
			}
			t.Run(fmt.Sprintf("%s/%dx%d", s.name, size[0], size[1]), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBackend()
					if s.with != nil {
						b = s.with()
					}
					d := newDriver(t, b, s.change...)
					d.send(windowSize(size[0], size[1]))
					if s.do != nil {
						s.do(d)
					}
					if d.m.o.NoColor {
						golden.RequireEqual(t, d.text())
						return
					}
					v := d.m.View()
					golden.RequireEqual(t, v.WindowTitle+"\n"+v.Content+"\n")
				})
			})
		}
	}
}
