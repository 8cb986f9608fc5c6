package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// importPage shows what happens to every row of hermes-agent's files, and asks.
type importPage struct {
	way    int  // which of the ways is chosen
	asking bool // the way needs a second yes
	stop   context.CancelFunc
	scroll widget.Scroller
}

// importWay is what becomes of the accounts.
type importWay struct {
	core.ImportOptions
	short, long string // for the footer; in a sentence or two
}

// ways are the ways that have something to do.
func (p *importPage) ways(win *window) (ways []importWay) {
	plan := win.imports.plan
	if plan == nil || win.imports.err != nil {
		return nil
	}
	n, shared := win.imports.fresh(), plan.Shared+len(plan.Orphans)
	if n > 0 {
		ways = append(ways, importWay{short: "import", long: "They stay shared: hermes-agent refreshes them, and here they are used while their tokens live."})
	}
	if n+shared > 0 {
		ways = append(ways, importWay{
			core.ImportOptions{Remove: true}, "take over",
			"They are refreshed here from now on, and deleted from hermes-agent's files. A sealed backup is kept. Stop hermes-agent first.",
		}, importWay{
			core.ImportOptions{Adopt: true}, "adopt",
			"They are refreshed here from now on, and stay in hermes-agent's files. It must not use them any more: two that refresh one sign-in lose it.",
		})
	}
	return ways
}

func (p *importPage) update(win *window, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(win), msg)
	}
	return nil
}

func (p *importPage) counting(*window) time.Duration { return 0 }

func (p *importPage) binds(win *window) []widget.Bind {
	ways := p.ways(win)
	switch {
	case p.stop != nil:
		return []widget.Bind{{Binding: widget.Keys("esc", "stop", "esc"), Foot: 1, Do: func() tea.Cmd { p.stop(); return nil }}}
	case p.asking:
		return []widget.Bind{
			{Binding: widget.Keys("y", ways[p.way].short, "y"), Foot: 1, Once: true, Answer: true, Do: func() tea.Cmd { return p.begin(win, ways[p.way]) }},
			{Binding: widget.Keys("n", "do nothing", "n", "enter", "esc"), Foot: 1, Answer: true, Do: func() tea.Cmd { p.asking = false; return nil }},
		}
	case len(ways) == 0:
		return append([]widget.Bind{backBind(win, "q", "left"), win.paletteBind(p), win.helpBelow(p, "import")}, p.scroll.Binds()...)
	}
	chosen := ways[min(p.way, len(ways)-1)]
	binds := []widget.Bind{{
		Binding: widget.Keys("enter", chosen.short, "enter"), Foot: 1, Once: true, Do: func() tea.Cmd {
			if chosen.Adopt || chosen.Remove {
				p.asking = true
				return nil
			}
			return p.begin(win, chosen)
		},
	}}
	if len(ways) > 1 {
		other := "or " + ways[(p.way+1)%len(ways)].short
		if win.Narrow() {
			other = "other"
		}
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("tab", other, "tab"), Foot: 1,
			Do: func() tea.Cmd { p.way = (p.way + 1) % len(ways); return nil },
		})
	}
	binds = append(binds, backBind(win, "q", "left"), win.paletteBind(p), win.helpBelow(p, "import"))
	return append(binds, p.scroll.Binds()...)
}

func (p *importPage) begin(win *window, way importWay) (cmd tea.Cmd) {
	p.asking = false
	cmd, p.stop = win.imports.start(win, way.ImportOptions)
	return cmd
}

func (p *importPage) view(win *window) widget.Frame {
	return win.scrolled(p.top(win), &p.scroll, p.binds(win))
}

func (p *importPage) top(win *window) widget.Frame {
	return win.Page("Import", "hermes-agent", p.count(win))
}

func (p *importPage) derive(win *window) {
	p.way = max(min(p.way, len(p.ways(win))-1), 0)
	p.scroll.Read(win.Common, p.top(win), p.body(win))
}

// body says what happens, and to which rows.
func (p *importPage) body(win *window) []string {
	w, in := win.Inner(), &win.Theme.Plain
	var body []string
	if !win.Low() {
		body = append(body, "")
	}
	ink := in.Fg
	if p.asking {
		ink = in.Act
	}
	for _, line := range widget.Paragraph(p.says(win), min(w-4, 96), ink) {
		body = append(body, "  "+line)
	}
	return append(append(body, ""), p.rows(win, w)...)
}

// count is what stands at the right of the header.
func (p *importPage) count(win *window) string {
	if win.imports.fresh() == 0 {
		return ""
	}
	return say.Plural(win.imports.fresh(), "new account", "new accounts")
}

// says what the chosen way does.
func (p *importPage) says(win *window) string {
	ways := p.ways(win)
	switch {
	case p.stop != nil:
		return "Importing; what is stored stays if you stop it."
	case win.imports.err != nil:
		return errorSentence(win.imports.err)
	case win.imports.plan == nil:
		return "Reading hermes-agent's files."
	case len(ways) == 0:
		return "There is nothing to import: everything that can come over is here."
	}
	way, n := ways[min(p.way, len(ways)-1)], win.imports.fresh()
	text := "Import " + say.Plural(n, "account", "accounts")
	if n == 0 {
		text = "Take over " + say.Plural(win.imports.plan.Shared+len(win.imports.plan.Orphans), "account", "accounts")
	}
	if _, takes := win.snap.Store.Cost(n); takes > 0 {
		text += ", which takes about " + say.Span(takes) + " in the keyring"
	}
	return text + "? " + way.long
}
