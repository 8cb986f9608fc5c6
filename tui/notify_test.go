package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/consent"
)

func notify(ways ...string) func(*Options) { return func(o *Options) { o.Notify = ways } }

func TestNotify_OnlyWhatWasAskedForAndNobodySees(t *testing.T) {
	for _, tc := range []struct {
		ways  []string
		focus tea.Msg
		want  string
	}{
		{nil, tea.BlurMsg{}, ""},
		{[]string{"bell"}, tea.BlurMsg{}, "\a"},
		{[]string{"bell"}, nil, "\a"},
		{[]string{"bell"}, tea.FocusMsg{}, ""},
		{[]string{"osc9"}, tea.BlurMsg{}, "\x1b]9;wo·rk; needs you to sign in again\x07"},
		{[]string{"osc777"}, tea.BlurMsg{}, "\x1b]777;notify;hermes-tui;wo·rk, needs you to sign in again\x07"},
		{[]string{"progress", "status"}, tea.BlurMsg{}, ""},
	} {
		in(t, newBackend(account("wo\ark;")), func(d *driver) {
			if tc.focus != nil {
				d.send(tc.focus)
			}
			d.change(turn("wo\ark;"))
			if got := strings.Join(d.raw, ""); got != tc.want {
				t.Errorf("%v after %T: %q, want %q", tc.ways, tc.focus, got, tc.want)
			}
			d.change(turn("wo\ark;"))
			if got := strings.Join(d.raw, ""); got != tc.want {
				t.Errorf("said twice: %q", got)
			}
		}, notify(tc.ways...))
	}
}

func TestNotify_AsksTheDesktop(t *testing.T) {
	for _, ways := range [][]string{{"desktop"}, {"desktop", "bell"}, {"bell"}, nil} {
		var shown []string
		show := func(o *Options) {
			o.NotifyDesktop = func(text string) error { shown = append(shown, text); return nil }
		}
		in(t, newBackend(account("work"), account("spare")), func(d *driver) {
			d.send(tea.FocusMsg{})
			d.change(turn("spare"))
			d.send(tea.BlurMsg{})
			d.change(turn("work"))
			want := []string{"work needs you to sign in again"}
			if !slices.Contains(ways, "desktop") {
				want = nil
			}
			if !slices.Equal(shown, want) {
				t.Errorf("%q: shown %q, want %q", ways, shown, want)
			}
		}, notify(ways...), show)
	}
}

func TestNotify_TellsTheTerminalWhatGoesOn(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		state := func() tea.ProgramState { return d.m.View().ProgramStatus.State }
		if v := d.m.View(); v.ProgressBar != nil || state() != tea.ProgramStateIdle || v.ReportFocus {
			t.Errorf("at rest: %+v", v)
		}
		d.press("a", "enter", "enter")
		d.event(0, code())
		if d.m.View().ProgressBar == nil || state() != tea.ProgramStateBlocked {
			t.Error("a sign-in waits for the person, and nobody says so")
		}
		d.press("esc")
		d.change(turn("work"))
		if d.m.View().ProgressBar != nil || state() != tea.ProgramStateBlocked {
			t.Error("an account waits for the person, and nobody says so")
		}
		d.press("ctrl+c")
		if state() != tea.ProgramStateIdle {
			t.Error("what is said stands when the program has ended")
		}
	}, notify("progress", "status"))
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("a", "enter", "enter")
		if v := d.m.View(); v.ProgressBar != nil || v.ProgramStatus != nil || v.ReportFocus {
			t.Error("the terminal is told without being asked to")
		}
	})
}

func TestNotify_RefusesWhatItDoesNotKnow(t *testing.T) {
	if CheckNotify([]string{"bell", "gong"}) == nil || CheckNotify(Notifications()) != nil {
		t.Error("ways are not told from what is none")
	}
}

// A program that asks hides no account that turned at the same moment.
func TestNotify_TellsBoth(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		d.backend.mu.Lock()
		d.backend.snap.Asks = []consent.Request{claude("a", "one")}
		d.backend.mu.Unlock()
		d.change(turn("two"))
		if got, want := strings.Join(d.raw, ""), "\x1b]9;claude wants to use one, and two needs you to sign in again\x07"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}, notify("osc9"))
}

// Where the terminal does not say whether the window is looked at, a key that was just
// pressed does, as far as the bell is concerned that nobody has asked for. The palette
// switches the ways.
func TestNotify_NotWhileKeysArePressed(t *testing.T) {
	in(t, newBackend(account("one"), account("two"), account("three")), func(d *driver) {
		d.press("down")
		d.change(turn("one"))
		if len(d.raw) > 0 {
			t.Errorf("told at once: %q", d.raw)
		}
		d.wait(gazeTime)
		d.change(turn("two"))
		if strings.Join(d.raw, "") != "\a" {
			t.Errorf("told %q", d.raw)
		}
		d.press("esc", ":", "b", "e", "l", "l")
		d.shows("Notices: turn off the bell")
		d.press("enter")
		d.wait(gazeTime)
		d.change(turn("three"))
		if strings.Join(d.raw, "") != "\a" {
			t.Errorf("told %q though it is off", d.raw)
		}
		// Who turns it on has asked for it: it rings just after a key, too.
		d.change(func(a []core.Account) []core.Account { a[0] = account("one"); return a })
		d.wait(maxPause)
		d.press("esc", ":", "b", "e", "l", "l", "enter")
		d.change(turn("one"))
		if strings.Join(d.raw, "") != "\a\a" {
			t.Errorf("told %q though it was asked for", d.raw)
		}
	}, notify("bell"), unasked)
	for _, way := range []string{notifyBell, notifyOSC9} { // asked for
		in(t, newBackend(account("one")), func(d *driver) {
			d.press("down")
			d.change(turn("one"))
			if len(d.raw) != 1 {
				t.Errorf("%s: told %q just after a key", way, d.raw)
			}
		}, notify(way))
	}
}

func unasked(o *Options) { o.NotifyUnasked = true }
