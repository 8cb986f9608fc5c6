package tui

import (
	"fmt"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
)

// several providers, MiniMax with two regions among them.
func several(b *fakeBackend) *fakeBackend {
	for _, name := range []string{"Nous", "xAI", "Codex", "Qwen"} {
		b.choices = append(b.choices, core.ProviderChoice{
			Provider: name, ProviderName: name, Region: "global", Name: name, Host: name + ".example",
		})
	}
	return b
}

func TestChoose_TypingFindsAProvider(t *testing.T) {
	in(t, several(newBackend()), func(d *driver) {
		d.press("a")
		d.shows("Where is the account?", "type to find one", "MiniMax", "Qwen")
		d.press("x", "a", "i")
		d.shows("/ xai", "xAI")
		d.hides("Qwen", "MiniMax  ")
		d.press("esc")
		d.shows("Qwen")
		d.press("z", "z")
		d.shows("Nothing here is called so.")
		d.press("enter", "esc", "q", "w", "enter")
		d.shows("Sign in › Qwen", "What shall it be called?")
		d.press("esc")
		d.shows("Where is the account?")
		d.send(tea.MouseClickMsg{X: 3, Y: 7, Button: tea.MouseLeft})
		d.press("enter")
		d.shows("Sign in › Nous")
	})
}

func TestChoose_RecentPlacesComeFirst(t *testing.T) {
	var kept Memory
	in(t, several(newBackend()), func(d *driver) {
		d.press("a")
		p := d.m.stack[0].(*signInPage)
		var names []string
		for _, c := range p.offered() {
			names = append(names, c.ProviderName)
		}
		if want := []string{"Qwen", "MiniMax", "Nous", "xAI", "Codex"}; !slices.Equal(names, want) {
			t.Errorf("offered %q, want %q", names, want)
		}
		d.press("down", "enter")
		if got := p.offered()[0].Region; got != "cn" {
			t.Errorf("the region that was used last is not the first: %s", got)
		}
		d.press("enter", "enter")
		d.event(0, code())
		d.event(0, core.SignedIn{Account: core.Account{Label: "x"}})
		if len(kept.Recents) != 3 {
			t.Errorf("remembered %q", kept.Recents)
		}
	}, func(o *Options) {
		o.Recall = func() Memory { return Memory{Recents: []string{"Qwen/global", "minimax-oauth/cn"}} }
		o.Remember = func(m Memory) { kept = m }
	})
}

func TestMemory_KeepsAFewRecentPlacesEachOnce(t *testing.T) {
	m := New(Options{Backend: newBackend(), Clock: fixed{}})
	defer m.cancel()
	for i := range 9 {
		recent(m.window, "p", fmt.Sprint(i))
		recent(m.window, "p", "same")
	}
	if got := m.memory.Recents; len(got) != mostRecents || got[0] != "p/same" || slices.Contains(got[1:], "p/same") {
		t.Errorf("%q", got)
	}
}
