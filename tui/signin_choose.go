package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// binds are the keys of the step.
func (p *signInPage) binds(m *Model) []bind {
	back := bind{Binding: keys("esc", "back", "esc"), foot: 1, do: func() tea.Cmd { return p.back(m) }}
	switch {
	case p.asking():
		return p.askBinds(m)
	case p.step == approve && p.waiting():
		return p.codeBinds(m)
	case p.step == approve:
		return p.failedBinds(m)
	case p.step == chooseLabel:
		return []bind{{Binding: keys("enter", "get a code", "enter"), foot: 1, do: func() tea.Cmd { return p.keepLabel(m) }}, back}
	}
	offered := p.offered()
	binds := []bind{{Binding: keys("enter", "choose", "enter"), foot: 1, do: func() tea.Cmd {
		at, ok := p.pick.chosen()
		if !ok {
			return nil
		}
		return p.choose(m, offered[at])
	}}}
	if !p.pick.field.empty() {
		back = bind{Binding: keys("esc", "clear", "esc"), foot: 1, do: func() tea.Cmd { p.pick = picker{}; return nil }}
	}
	return append(append(binds, back), p.pick.moves()...)
}

// derive finds out which lines of the list match and are in view.
func (p *signInPage) derive(m *Model) {
	if p.step > chooseRegion {
		return
	}
	offered := p.offered()
	p.pick.narrow(len(offered), func(i int) string {
		c := offered[i]
		text := c.Name + "\n" + c.ProviderName + "\n" + c.Provider + "\n" + c.Host
		if p.step == chooseRegion {
			text += "\n" + c.RegionName
		}
		return text
	})
	top := len(p.choicesTop(m, offered).lines)
	p.pick.fit(top, m.height-top-4)
}

// choicesTop is what stands above the list.
func (p *signInPage) choicesTop(m *Model, offered []core.ProviderChoice) frame {
	in, f := &m.theme.Plain, p.header(m)
	title := "Where is the account?"
	if p.step == chooseRegion {
		title = "Which " + cells.Clean(p.choice.ProviderName) + "?"
	}
	f.add("", "  "+in.Strong.Render(title))
	switch {
	case !p.pick.field.empty():
		text, x := p.pick.field.view(m.inner() - 8)
		f.cursor = textCursor(4+x, len(f.lines))
		f.add("  " + in.Key.Render("/") + " " + in.Strong.Render(text))
	case len(offered) > 3:
		f.add("  " + in.Muted.Render("type to find one"))
	}
	f.add("")
	return f
}

// drawChoices lists providers or regions.
func (p *signInPage) drawChoices(m *Model, f *frame, w int) {
	in, offered := &m.theme.Plain, p.offered()
	*f = p.choicesTop(m, offered)
	typing := f.cursor
	for row, i := range p.pick.shown() {
		name := cells.Clean(offered[i].Name)
		if p.step == chooseProvider {
			name = cells.Clean(offered[i].ProviderName)
		}
		ink, selected := in.Fg, p.pick.first+row == p.pick.cursor
		if selected {
			ink = in.Strong
			f.cursor = cursorAt(0, len(f.lines))
		}
		f.add(m.gutter(selected) + " " + ink.Render(cells.Left(name, 20, m.glyphs.More)) +
			"  " + in.Muted.Render(cells.Cut(cells.Clean(offered[i].Host), w-25, m.glyphs.More)))
	}
	if len(p.pick.match) == 0 {
		f.add("  " + in.Muted.Render("Nothing here is called so."))
	}
	if typing != nil {
		f.cursor = typing
	}
	if at, ok := p.pick.chosen(); ok && (p.step == chooseProvider || p.providers() == 1) {
		p.drawNote(m, f, w, offered[at].Note)
	}
}

// recentFirst lists the places of the last sign-ins before all others; the
// regions of a provider stay together.
func (m *Model) recentFirst(choices []core.ProviderChoice) []core.ProviderChoice {
	rank := map[string]int{}
	for i, name := range m.memory.Recents {
		provider, _, _ := strings.Cut(name, "/")
		for _, known := range []string{name, provider} {
			if _, ok := rank[known]; !ok {
				rank[known] = i - mostRecents
			}
		}
	}
	sorted := slices.Clone(choices)
	slices.SortStableFunc(sorted, func(a, b core.ProviderChoice) int {
		if a.Provider == b.Provider {
			return cmp.Compare(rank[a.Provider+"/"+a.Region], rank[b.Provider+"/"+b.Region])
		}
		return cmp.Compare(rank[a.Provider], rank[b.Provider])
	})
	return sorted
}

// drawLabel asks for the new account's label.
func (p *signInPage) drawLabel(m *Model, f *frame, w int) {
	in := &m.theme.Plain
	f.add("", "  "+in.Strong.Render("What shall it be called?"), "")
	value, x := p.field.view(w - 6)
	f.cursor = textCursor(2+x, len(f.lines))
	f.add("  "+in.Strong.Render(value), "")
	if p.err != nil {
		for _, line := range m.complaint(errorSentence(p.err), w-4) {
			f.add("  " + line)
		}
		return
	}
	text := "Only you see this name. It can be changed later."
	if p.choice.NamesOwner {
		text += " Left as it is, the account is called after its owner where " + cells.Clean(p.choice.ProviderName) + " says who that is."
	}
	for _, line := range paragraph(text, w-4, in.Muted) {
		f.add("  " + line)
	}
}

// drawNote says what a person should know of the provider beforehand.
func (p *signInPage) drawNote(m *Model, f *frame, w int, text string) {
	note := say.Sentence(text)
	if note == "" {
		return
	}
	f.add("")
	for _, line := range paragraph(note, w-4, m.theme.Plain.Muted) {
		f.add("  " + line)
	}
}

// taken says that another account of the pool has this label.
func (p *signInPage) taken(m *Model, label string) error {
	for _, a := range m.snap.Accounts {
		if a.Provider == p.choice.Provider && a.Region == p.choice.Region && strings.EqualFold(a.Label, label) {
			return fmt.Errorf("another account of %s is called %q already; choose another name", cells.Clean(p.choice.Name), label)
		}
	}
	return nil
}
