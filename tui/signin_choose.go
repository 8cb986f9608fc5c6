package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/internal/order"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// binds are the keys of the step.
func (p *signInPage) binds(win *window) []widget.Bind {
	back := widget.Bind{Binding: widget.Keys("esc", "back", "esc"), Foot: 1, Do: func() tea.Cmd { return p.back(win) }}
	switch {
	case p.asking():
		return p.askBinds(win)
	case p.step == approve && p.waiting():
		return p.codeBinds(win)
	case p.step == approve:
		return p.failedBinds(win)
	case p.step == chooseLabel:
		return []widget.Bind{{Binding: widget.Keys("enter", "get a code", "enter"), Foot: 1, Do: func() tea.Cmd { return p.keepLabel(win) }}, back}
	}
	offered := p.offered()
	binds := []widget.Bind{{Binding: widget.Keys("enter", "choose", "enter"), Foot: 1, Do: func() tea.Cmd {
		at, ok := p.pick.Chosen()
		if !ok {
			return nil
		}
		return p.choose(win, offered[at])
	}}}
	if !p.pick.Field.Empty() {
		back = widget.Bind{Binding: widget.Keys("esc", "clear", "esc"), Foot: 1, Do: func() tea.Cmd { p.pick = widget.Picker{}; return nil }}
	}
	return append(append(binds, back), p.pick.Moves()...)
}

// derive finds out which lines of the list match and are in view.
func (p *signInPage) derive(win *window) {
	if p.step > chooseRegion {
		return
	}
	offered := p.offered()
	p.pick.Narrow(len(offered), func(i int) string {
		c := offered[i]
		text := c.Name + "\n" + c.ProviderName + "\n" + c.Provider + "\n" + c.Host
		if p.step == chooseRegion {
			text += "\n" + c.RegionName
		}
		return text
	})
	top := len(p.choicesTop(win, offered).Lines)
	p.pick.Fit(top, win.Height-top-4)
}

// choicesTop is what stands above the list.
func (p *signInPage) choicesTop(win *window, offered []core.ProviderChoice) widget.Frame {
	in, f := &win.Theme.Plain, p.header(win)
	title := "Where is the account?"
	if p.step == chooseRegion {
		title = "Which " + cells.Clean(p.choice.ProviderName) + "?"
	}
	f.Add("", "  "+in.Strong.Render(title))
	switch {
	case !p.pick.Field.Empty():
		text, x := p.pick.Field.View(win.Inner() - 8)
		f.Cursor = widget.TextCursor(4+x, len(f.Lines))
		f.Add("  " + in.Key.Render("/") + " " + in.Strong.Render(text))
	case len(offered) > 3:
		f.Add("  " + in.Muted.Render("type to find one"))
	}
	f.Add("")
	return f
}

// drawChoices lists providers or regions.
func (p *signInPage) drawChoices(win *window, f *widget.Frame, w int) {
	in, offered := &win.Theme.Plain, p.offered()
	*f = p.choicesTop(win, offered)
	typing := f.Cursor
	for row, i := range p.pick.Shown() {
		name := cells.Clean(offered[i].Name)
		if p.step == chooseProvider {
			name = cells.Clean(offered[i].ProviderName)
		}
		ink, selected := in.Fg, p.pick.First+row == p.pick.Cursor
		if selected {
			ink = in.Strong
			f.Cursor = widget.CursorAt(0, len(f.Lines))
		}
		f.Add(win.Gutter(selected) + " " + ink.Render(cells.Left(name, 20, win.Glyphs.More)) +
			"  " + in.Muted.Render(cells.Cut(cells.Clean(offered[i].Host), w-25, win.Glyphs.More)))
	}
	if len(p.pick.Match) == 0 {
		f.Add("  " + in.Muted.Render("Nothing here is called so."))
	}
	if typing != nil {
		f.Cursor = typing
	}
	if at, ok := p.pick.Chosen(); ok && (p.step == chooseProvider || p.providers() == 1) {
		p.drawNote(win, f, w, offered[at].Note)
	}
}

// recentFirst lists the places of the last sign-ins before all others; the
// regions of a provider stay together.
func recentFirst(recents []string, choices []core.ProviderChoice) []core.ProviderChoice {
	rank := map[string]int{}
	for i, name := range recents {
		provider, _, _ := strings.Cut(name, "/")
		for _, known := range []string{name, provider} {
			if _, ok := rank[known]; !ok {
				rank[known] = i - mostRecents
			}
		}
	}
	sorted := slices.Clone(choices)
	order.By(sorted, func(a, b core.ProviderChoice) int {
		if a.Provider == b.Provider {
			return cmp.Compare(rank[a.Provider+"/"+a.Region], rank[b.Provider+"/"+b.Region])
		}
		return cmp.Compare(rank[a.Provider], rank[b.Provider])
	})
	return sorted
}

// drawLabel asks for the new account's label.
func (p *signInPage) drawLabel(win *window, f *widget.Frame, w int) {
	in := &win.Theme.Plain
	f.Add("", "  "+in.Strong.Render("What shall it be called?"), "")
	value, x := p.field.View(w - 6)
	f.Cursor = widget.TextCursor(2+x, len(f.Lines))
	f.Add("  "+in.Strong.Render(value), "")
	if p.err != nil {
		for _, line := range win.Complaint(errorSentence(p.err), w-4) {
			f.Add("  " + line)
		}
		return
	}
	text := "Only you see this name. It can be changed later."
	if p.choice.NamesOwner {
		text += " Left as it is, the account is called after its owner where " + cells.Clean(p.choice.ProviderName) + " says who that is."
	}
	for _, line := range widget.Paragraph(text, w-4, in.Muted) {
		f.Add("  " + line)
	}
}

// drawNote says what a person should know of the provider beforehand.
func (p *signInPage) drawNote(win *window, f *widget.Frame, w int, text string) {
	note := say.Sentence(text)
	if note == "" {
		return
	}
	f.Add("")
	for _, line := range widget.Paragraph(note, w-4, win.Theme.Plain.Muted) {
		f.Add("  " + line)
	}
}

// taken says that another account of the pool has this label.
func (p *signInPage) taken(win *window, label string) error {
	for _, a := range win.snap.Accounts {
		if a.Provider == p.choice.Provider && a.Region == p.choice.Region && strings.EqualFold(a.Label, label) {
			return fmt.Errorf("another account of %s is called %q already; choose another name", cells.Clean(p.choice.Name), label)
		}
	}
	if win.attempts.calledSo(p.choice.Provider, p.choice.Region, label, p.attempt) {
		return fmt.Errorf("a sign-in under way to %s is called %q already; choose another name", cells.Clean(p.choice.Name), label)
	}
	return nil
}
