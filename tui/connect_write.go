package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// Connector writes the files of programs. Implementations are safe for concurrent use.
type Connector interface {
	// Plan says what would change in the file of a program that uses an account in one
	// of its forms. It changes nothing.
	Plan(ctx context.Context, p connect.Program, account, form string) (Change, error)
	// GiveBack puts the file back as it was before it was written.
	GiveBack(ctx context.Context, p connect.Program) error
}

// Change is a change of a file that was not made yet.
type Change struct {
	Path string
	Diff string // empty: the file has these settings already
	// Write makes it, and says where the old file is kept; empty: there was none.
	Write func(ctx context.Context) (kept string, err error)
}

// writeBinds put the lines into the program's file, and take that back.
func (p *connectPage) writeBinds(win *window, chosen way) []widget.Bind {
	if win.o.Connector == nil || chosen.file == "" || p.busy {
		return nil
	}
	binds := []widget.Bind{{
		Binding: widget.Keys("w", "write it", "w"), Long: "write it (shows it first)", Group: groupAccount, Foot: 2, Once: true,
		Do: func() tea.Cmd { return p.plan(win, chosen) },
	}}
	if win.written[chosen.program.ID] {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("u", "take it back", "u"), Long: "give back the file as it was", Group: groupAccount, Foot: 1, Once: true,
			Do: func() tea.Cmd { return p.giveBack(win, chosen) },
		})
	}
	return binds
}

// plannedMsg brings what would change.
type plannedMsg struct {
	page   *connectPage
	way    way
	change Change
	err    error
}

// plan asks what would change.
func (p *connectPage) plan(win *window, chosen way) tea.Cmd {
	p.busy = true
	connector, id := win.o.Connector, p.id
	return win.do(func(ctx context.Context) tea.Msg {
		change, err := connector.Plan(ctx, chosen.program, id, string(chosen.form.Name))
		return plannedMsg{p, chosen, change, err}
	})
}

func (msg plannedMsg) arrive(win *window) tea.Cmd {
	msg.page.busy = false
	switch {
	case msg.err != nil:
		win.complain(msg.err)
	case msg.change.Diff == "":
		win.say(cells.Clean(msg.change.Path) + " has these settings already.")
	case win.top() == page(msg.page): // else the person went elsewhere
		win.push(&changePage{change: msg.change, way: msg.way})
	}
	return nil
}

// givenBackMsg ends taking a change back.
type givenBackMsg struct {
	page *connectPage
	way  way
	err  error
}

func (p *connectPage) giveBack(win *window, chosen way) tea.Cmd {
	p.busy = true
	connector := win.o.Connector
	return win.do(func(ctx context.Context) tea.Msg {
		return givenBackMsg{p, chosen, connector.GiveBack(ctx, chosen.program)}
	})
}

func (msg givenBackMsg) arrive(win *window) tea.Cmd {
	msg.page.busy = false
	if msg.err != nil {
		win.complain(msg.err)
		return nil
	}
	delete(win.written, msg.way.program.ID)
	win.say(cells.Clean(msg.way.file) + " is as it was.")
	return nil
}

// changePage shows what would change in a file, and asks.
type changePage struct {
	change Change
	way    way
	busy   bool // it is being written
	scroll widget.Scroller
}

func (p *changePage) update(win *window, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(win), msg)
	}
	return nil
}

func (p *changePage) binds(win *window) []widget.Bind {
	binds := []widget.Bind{backBind(win)} // while it is written, which goes on
	if !p.busy {
		leave := "leave it as it is"
		if !win.Narrow() {
			leave += " (also enter and esc)"
		}
		binds = []widget.Bind{
			{Binding: widget.Keys("y", "write it", "y"), Long: "write it, with a backup", Group: groupAccount, Foot: 1, Once: true, Answer: true, Do: func() tea.Cmd { return p.write(win) }},
			{Binding: widget.Keys("n", leave, "n", "enter", "esc"), Long: "leave it as it is", Group: groupAccount, Foot: 1, Answer: true, Do: win.pop},
		}
	}
	binds = append(binds, p.scroll.PanBinds()...)
	return append(append(binds, win.paletteBind(p), win.helpBelow(p, "write")), p.scroll.Binds()...)
}

// writtenMsg ends the writing.
type writtenMsg struct {
	page *changePage
	kept string
	err  error
}

func (p *changePage) write(win *window) tea.Cmd {
	p.busy = true
	write := p.change.Write
	return win.do(func(ctx context.Context) tea.Msg {
		kept, err := write(ctx)
		return writtenMsg{p, kept, err}
	})
}

func (msg writtenMsg) arrive(win *window) tea.Cmd {
	win.leave(func(one page) bool { return one == page(msg.page) })
	if msg.err != nil {
		win.complain(msg.err)
		return nil
	}
	if win.written == nil {
		win.written = map[string]bool{}
	}
	win.written[msg.page.way.program.ID] = true
	words := "Changed " + cells.Clean(msg.page.change.Path)
	if msg.kept != "" {
		words += "; the old file is kept as " + cells.Clean(msg.kept)
	}
	win.say(words + ". u takes it back.")
	return nil
}

func (p *changePage) counting(*window) time.Duration { return 0 }

func (p *changePage) top(win *window) widget.Frame {
	f := win.Page("use with "+cells.Clean(p.way.program.Name), "write", "")
	f.Add("", "  "+win.Theme.Plain.Act.Render(cells.Cut("Change "+cells.Clean(p.change.Path)+"?", win.Inner()-4, win.Glyphs.More)), "")
	return f
}

func (p *changePage) derive(win *window) {
	in := &win.Theme.Plain
	var body []string
	for _, line := range strings.Split(strings.TrimRight(p.change.Diff, "\n"), "\n") {
		body = append(body, "  "+diffInk(in, line).Render(cells.Clean(line)))
	}
	p.scroll.Read(win.Common, p.top(win), body)
}

// diffInk is how a line of a difference is written: what comes is bright.
func diffInk(in *style.Inks, line string) style.Ink {
	switch {
	case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "@@"):
		return in.Muted
	case strings.HasPrefix(line, "+"):
		return in.Strong
	case strings.HasPrefix(line, "-"):
		return in.Fg
	default:
		return in.Muted
	}
}

func (p *changePage) view(win *window) widget.Frame {
	return win.scrolled(p.top(win), &p.scroll, p.binds(win))
}
