package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core/doctor"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// doctorPage shows what keeps accounts from working, the worst first, each with what
// cures it.
type doctorPage struct {
	found  []doctor.Finding
	err    error
	busy   bool
	cursor int
	scroll widget.Scroller
	lines  []int // on which line of the text each finding begins
}

// doctorBind opens it. The palette has it, and no key.
func doctorBind(win *window) widget.Bind {
	b := widget.Bind{Long: "check for problems", Words: "doctor health trouble", Group: groupWindow}
	if win.o.Examine != nil {
		b.Do = func() tea.Cmd {
			p := &doctorPage{}
			win.push(p)
			return p.look(win)
		}
	}
	return b
}

// examinedMsg brings what was found.
type examinedMsg struct {
	page  *doctorPage
	found []doctor.Finding
	err   error
}

// look examines everything anew.
func (p *doctorPage) look(win *window) tea.Cmd {
	if p.busy {
		return nil
	}
	p.busy = true
	examine := win.o.Examine
	return win.do(func(ctx context.Context) tea.Msg {
		found, err := examine(ctx)
		return examinedMsg{p, found, err}
	})
}

// severity ranks findings: the worst first.
func severity(f doctor.Finding) int {
	return slices.Index([]doctor.Level{doctor.Bad, doctor.Warning, doctor.Good}, f.Level)
}

func (msg examinedMsg) arrive(win *window) tea.Cmd {
	p := msg.page
	if p.found != nil && msg.err == nil {
		win.say("Looked at everything again.")
	}
	p.busy, p.found, p.err, p.cursor = false, msg.found, msg.err, 0
	slices.SortStableFunc(p.found, func(a, b doctor.Finding) int { return severity(a) - severity(b) })
	return nil
}

func (p *doctorPage) update(win *window, msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.MouseWheelMsg); ok {
		return p.move(widget.WheelBy(msg.Mouse()))()
	}
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(win), msg)
	}
	return nil
}

func (p *doctorPage) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		p.cursor = max(min(p.cursor+by, len(p.found)-1), 0)
		return nil
	}
}

func (p *doctorPage) binds(win *window) []widget.Bind {
	var binds []widget.Bind
	if p.cursor < len(p.found) && p.found[p.cursor].Cure != "" {
		words, do := p.cure(win, p.found[p.cursor])
		binds = append(binds, widget.Bind{Binding: widget.Keys("enter", words, "enter"), Long: words, Group: groupAccount, Foot: 1, Once: true, Do: do})
	}
	binds = append(binds, backBind(win, "q", "left"))
	if !p.busy {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("r", "look again", "r"), Long: "look at everything again", Group: groupWindow, Foot: 2, Once: true,
			Do: func() tea.Cmd { return p.look(win) },
		})
	}
	return append(binds, win.paletteBind(p), helpBind(win, p, "doctor"),
		widget.Bind{Binding: widget.Keys("up down", "", "up", "k"), Long: "one row; also k j", Group: groupMove, Do: p.move(-1)},
		widget.Bind{Binding: widget.Keys("down", "", "down", "j"), Do: p.move(1)},
		widget.Bind{Binding: widget.Keys("home", "", "home", "g"), Do: p.move(-len(p.found))},
		widget.Bind{Binding: widget.Keys("end", "", "end", "G"), Do: p.move(len(p.found))})
}

// cure is what enter does for a finding: what the window can do itself, else the command
// goes to the clipboard.
func (p *doctorPage) cure(win *window, f doctor.Finding) (words string, do func() tea.Cmd) {
	a, there := win.snap.Find(f.Account)
	switch {
	case f.Action == doctor.SignIn && there:
		return "sign in again", func() tea.Cmd { return signInAgain(win, a) }
	case (f.Action == doctor.Refresh || f.Action == doctor.Insist) && there:
		return "refresh", func() tea.Cmd { return win.acts().refreshBy("enter", a) }
	case f.Action == doctor.Import && win.imports.there():
		return "import", func() tea.Cmd { return win.imports.open(win) }
	}
	return "copy the cure", func() tea.Cmd { return win.acts().copy("The cure", f.Cure) }
}

func (p *doctorPage) counting(*window) time.Duration { return 0 }

func (p *doctorPage) top(win *window) widget.Frame {
	right := ""
	if n := slices.IndexFunc(p.found, func(f doctor.Finding) bool { return f.Level == doctor.Good }); len(p.found) > 0 && n != 0 {
		if n < 0 {
			n = len(p.found)
		}
		right = say.Plural(n, "problem", "problems")
	}
	return win.Page("Doctor", "check for problems", right)
}

func (p *doctorPage) derive(win *window) {
	top, body := p.top(win), p.body(win)
	p.scroll.Read(win.Common, top, body)
	if p.cursor < len(p.lines) {
		p.scroll.Reveal(p.lines[p.cursor], 3)
	}
	p.scroll.Read(win.Common, top, body)
}

// body is a line or more for each finding, and its cure below.
func (p *doctorPage) body(win *window) []string {
	in, w := &win.Theme.Plain, win.Inner()
	p.lines = p.lines[:0]
	var body []string
	if !win.Low() {
		body = append(body, "")
	}
	switch {
	case p.err != nil:
		return append(body, win.Complaint(errorSentence(p.err), w-4)...)
	case p.busy && p.found == nil:
		return append(body, "  "+in.Muted.Render("Looking at keystore, files, accounts, network and programs."))
	case len(p.found) > 0 && p.found[0].Level == doctor.Good:
		body = append(body, "  "+in.Fg.Render("Nothing is wrong."), "")
	}
	const name = 13
	for i, f := range p.found {
		p.lines = append(p.lines, len(body))
		mark, ink := win.Glyphs.Good, in.OK
		switch f.Level {
		case doctor.Bad:
			mark, ink = win.Glyphs.Bad, in.Alarm
		case doctor.Warning:
			mark, ink = win.Glyphs.Waiting, in.Warn
		}
		for k, line := range cells.Wrap(cells.Clean(f.Saw), max(w-5-name-1, 20)) {
			lead := cells.Blank(5 + name)
			if k == 0 {
				lead = win.Gutter(i == p.cursor) + " " + ink.Render(mark) + " " + in.Muted.Render(cells.Left(f.Check, name, "")) + " "
			}
			body = append(body, lead+p.ink(in, i).Render(line))
		}
		if f.Cure != "" {
			body = append(body, cells.Blank(5+name)+in.Muted.Render(win.Glyphs.Crumb+" ")+in.Accent.Render(cells.Cut(cells.Clean(f.Cure), max(w-5-name-3, 20), win.Glyphs.More)))
		}
	}
	return body
}

func (p *doctorPage) ink(in *style.Inks, i int) style.Ink {
	if i == p.cursor {
		return in.Strong
	}
	return in.Fg
}

func (p *doctorPage) view(win *window) widget.Frame {
	f := p.top(win)
	if p.cursor < len(p.lines) {
		if at := p.lines[p.cursor] - p.scroll.First; at >= 0 {
			f.Cursor = widget.CursorAt(0, len(f.Lines)+at)
		}
	}
	return win.scrolled(f, &p.scroll, p.binds(win))
}
