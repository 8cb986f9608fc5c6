package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
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
	by := func(n int) func() tea.Cmd {
		return func() tea.Cmd {
			p.cursor = max(min(p.cursor+n, len(offered)-1), 0)
			return nil
		}
	}
	return []bind{
		{Binding: keys("enter", "choose", "enter"), foot: 1, do: func() tea.Cmd {
			if len(offered) == 0 {
				return nil
			}
			return p.choose(m, offered[min(p.cursor, len(offered)-1)])
		}},
		back,
		{Binding: keys("up", "", "up", "k"), do: by(-1)},
		{Binding: keys("down", "", "down", "j"), do: by(1)},
		{Binding: keys("home", "", "home", "g"), do: by(-len(offered))},
		{Binding: keys("end", "", "end", "G"), do: by(len(offered))},
	}
}

// drawChoices lists providers or regions.
func (p *signInPage) drawChoices(m *Model, f *frame, w int) {
	in := &m.theme.plain
	title := "Where is the account?"
	if p.step == chooseRegion {
		title = "Which " + clean(p.choice.ProviderName) + "?"
	}
	f.add("", "  "+in.strong.Render(title), "")
	for i, c := range p.offered() {
		name := clean(c.Name)
		if p.step == chooseProvider {
			name = clean(c.ProviderName)
		}
		ink := in.fg
		if i == p.cursor {
			ink = in.strong
			f.cursor = cursorAt(0, len(f.lines))
		}
		f.add(m.gutter(i == p.cursor) + " " + ink.Render(left(name, 20, m.glyphs.more)) +
			"  " + in.muted.Render(cut(clean(c.Host), w-25, m.glyphs.more)))
	}
	if offered := p.offered(); len(offered) > 0 {
		p.drawNote(m, f, w, offered[min(p.cursor, len(offered)-1)].Note)
	}
}

// drawLabel asks for the new account's label.
func (p *signInPage) drawLabel(m *Model, f *frame, w int) {
	in := &m.theme.plain
	f.add("", "  "+in.strong.Render("What shall it be called?"), "")
	value, x := p.field.view(w - 6)
	f.cursor = textCursor(2+x, len(f.lines))
	f.add("  "+in.strong.Render(value), "")
	text, ink := "Only you see this name. It can be changed later.", in.muted
	if p.err != nil {
		text, ink = errorSentence(p.err), in.bad
	}
	for _, line := range paragraph(text, w-4, ink) {
		f.add("  " + line)
	}
	if p.err == nil {
		p.drawNote(m, f, w, p.choice.Note)
	}
}

// drawNote says what a person should know of the provider beforehand.
func (p *signInPage) drawNote(m *Model, f *frame, w int, note string) {
	note = sentence(note)
	if note == "" {
		return
	}
	f.add("")
	for _, line := range paragraph(note, w-4, m.theme.plain.muted) {
		f.add("  " + line)
	}
}

// taken says that another account of the pool has this label.
func (p *signInPage) taken(m *Model, label string) error {
	for _, a := range m.snap.Accounts {
		if a.Provider == p.choice.Provider && a.Region == p.choice.Region && strings.EqualFold(a.Label, label) {
			return fmt.Errorf("another account of %s is called %q already; choose another name", clean(p.choice.Name), label)
		}
	}
	return nil
}
