package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// importPage shows what happens to every row of the files, and asks.
type importPage struct {
	of     *imports
	unread bool // nobody has said yet that the files may be read
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
	plan := p.of.plan
	if plan == nil || p.of.err != nil {
		return nil
	}
	n, shared := p.of.fresh(), plan.Shared+len(plan.Orphans)
	if len(p.of.files) > 0 {
		return waysOfOthers(n, shared)
	}
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

// waysOfOthers are those from files that nothing is deleted from.
func waysOfOthers(fresh, shared int) (ways []importWay) {
	if fresh > 0 {
		ways = append(ways, importWay{short: "import", long: "They stay shared: their programs refresh them, and here they are used while their tokens live."})
	}
	if fresh+shared > 0 {
		ways = append(ways, importWay{
			core.ImportOptions{Adopt: true}, "adopt",
			"They are refreshed here from now on. Their programs must not use them any more: two that refresh one sign-in lose it.",
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
	case p.unread:
		return append([]widget.Bind{
			{Binding: widget.Keys("y", "read", "y"), Long: "read the files", Foot: 1, Once: true, Answer: true, Do: func() tea.Cmd { return p.read(win) }},
			{Binding: widget.Keys("n", "do nothing", "n", "enter", "esc"), Foot: 1, Answer: true, Do: win.pop},
		}, p.scroll.Binds()...)
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

// read reads the files, now that a person has said so.
func (p *importPage) read(win *window) tea.Cmd {
	p.unread, p.of.plan, p.of.err = false, nil, nil
	return p.of.look(win)
}

func (p *importPage) begin(win *window, way importWay) (cmd tea.Cmd) {
	p.asking = false
	if win.fleet.stopped() {
		win.say(win.fleet.why("imported"))
		return nil
	}
	cmd, p.stop = p.of.start(win, way.ImportOptions)
	return cmd
}

func (p *importPage) view(win *window) widget.Frame {
	return win.scrolled(p.top(win), &p.scroll, p.binds(win))
}

func (p *importPage) top(win *window) widget.Frame {
	return win.Page("Import", p.from(), p.count(win))
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
	body = append(append(body, ""), p.rows(win, w)...)
	if plan := p.of.plan; plan != nil && !p.unread && len(plan.Unread) > 0 {
		if len(plan.Rows) > 0 {
			body = append(body, "")
		}
		for _, err := range plan.Unread {
			for _, line := range cells.Wrap(cells.Clean(errorSentence(err)), min(w-4, 96)) {
				body = append(body, "  "+in.Warn.Render(line))
			}
		}
	}
	return body
}

// from is whose accounts they are.
func (p *importPage) from() string {
	switch len(p.of.files) {
	case 0:
		return "hermes-agent"
	case 1:
		return cells.Clean(p.of.files[0].Program)
	default:
		return "other programs"
	}
}

// count is what stands at the right of the header.
func (p *importPage) count(win *window) string {
	if p.of.fresh() == 0 || p.unread {
		return ""
	}
	return say.Plural(p.of.fresh(), "new account", "new accounts")
}

// says what the chosen way does.
func (p *importPage) says(win *window) string {
	ways := p.ways(win)
	switch {
	case p.stop != nil:
		return "Importing; what is stored stays if you stop it."
	case p.unread:
		return "Read the sign-ins in these files? Nothing in them is changed. What can be brought over is shown then, and asked."
	case p.of.err != nil:
		return errorSentence(p.of.err)
	case p.of.plan == nil && len(p.of.files) > 0:
		return "Reading the files."
	case p.of.plan == nil:
		return "Reading hermes-agent's files."
	case len(ways) == 0 && len(p.of.plan.Unread) > 0 && len(p.of.plan.Rows) == 0:
		return "Nothing could be read."
	case len(ways) == 0:
		return "There is nothing to import: everything that can come over is here."
	}
	way, n := ways[min(p.way, len(ways)-1)], p.of.fresh()
	text := "Import " + say.Plural(n, "account", "accounts")
	if n == 0 {
		text = "Take over " + say.Plural(p.of.plan.Shared+len(p.of.plan.Orphans), "account", "accounts")
	}
	if _, takes := win.snap.Store.Cost(n); takes > 0 {
		text += ", which takes about " + say.Span(takes) + " in the keyring"
	}
	return text + "? " + way.long
}
