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
func (p *importPage) ways(m *Model) (ways []importWay) {
	plan := m.imports.plan
	if plan == nil || m.imports.err != nil {
		return nil
	}
	n, shared := m.imports.fresh(), plan.Shared+len(plan.Orphans)
	if n > 0 {
		ways = append(ways, importWay{short: "import", long: "They stay shared: hermes-agent renews them, and here they are used while their tokens live."})
	}
	if n+shared > 0 {
		ways = append(ways, importWay{
			core.ImportOptions{Remove: true}, "take over",
			"They are renewed here from now on, and deleted from hermes-agent's files. A sealed backup is kept. Stop hermes-agent first.",
		}, importWay{
			core.ImportOptions{Adopt: true}, "adopt",
			"They are renewed here from now on, and stay in hermes-agent's files. It must not use them any more: two that renew one sign-in lose it.",
		})
	}
	return ways
}

func (p *importPage) update(m *Model, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(m), msg)
	}
	return nil
}

func (p *importPage) counting(*Model) time.Duration { return 0 }

func (p *importPage) binds(m *Model) []widget.Bind {
	ways := p.ways(m)
	switch {
	case p.stop != nil:
		return []widget.Bind{{Binding: widget.Keys("esc", "stop", "esc"), Foot: 1, Do: func() tea.Cmd { p.stop(); return nil }}}
	case p.asking:
		return []widget.Bind{
			{Binding: widget.Keys("y", ways[p.way].short, "y"), Foot: 1, Once: true, Do: func() tea.Cmd { return p.begin(m, ways[p.way]) }},
			{Binding: widget.Keys("n", "do nothing", "n", "enter", "esc"), Foot: 1, Do: func() tea.Cmd { p.asking = false; return nil }},
		}
	case len(ways) == 0:
		return append([]widget.Bind{backBind(m, "q", "left")}, p.scroll.Binds()...)
	}
	chosen := ways[min(p.way, len(ways)-1)]
	binds := []widget.Bind{{
		Binding: widget.Keys("enter", chosen.short, "enter"), Foot: 1, Once: true, Do: func() tea.Cmd {
			if chosen.Adopt || chosen.Remove {
				p.asking = true
				return nil
			}
			return p.begin(m, chosen)
		},
	}}
	if len(ways) > 1 {
		other := "or " + ways[(p.way+1)%len(ways)].short
		if m.Narrow() {
			other = "other"
		}
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("tab", other, "tab"), Foot: 1,
			Do: func() tea.Cmd { p.way = (p.way + 1) % len(ways); return nil },
		})
	}
	return append(append(binds, backBind(m, "q", "left")), p.scroll.Binds()...)
}

func (p *importPage) begin(m *Model, way importWay) (cmd tea.Cmd) {
	p.asking = false
	cmd, p.stop = m.importNow(m.imports.plan, way.ImportOptions)
	return cmd
}

func (p *importPage) view(m *Model) widget.Frame { return m.scrolled(p.top(m), &p.scroll, p.binds(m)) }

func (p *importPage) top(m *Model) widget.Frame { return m.Page("Import", "hermes-agent", p.count(m)) }

func (p *importPage) derive(m *Model) {
	p.way = max(min(p.way, len(p.ways(m))-1), 0)
	p.scroll.Read(m.Common, p.top(m), p.body(m))
}

// body says what happens, and to which rows.
func (p *importPage) body(m *Model) []string {
	w, in := m.Inner(), &m.Theme.Plain
	var body []string
	if !m.Low() {
		body = append(body, "")
	}
	ink := in.Fg
	if p.asking {
		ink = in.Act
	}
	for _, line := range widget.Paragraph(p.says(m), min(w-4, 96), ink) {
		body = append(body, "  "+line)
	}
	return append(append(body, ""), p.rows(m, w)...)
}

// count is what stands at the right of the header.
func (p *importPage) count(m *Model) string {
	if m.imports.fresh() == 0 {
		return ""
	}
	return say.Plural(m.imports.fresh(), "new account", "new accounts")
}

// says what the chosen way does.
func (p *importPage) says(m *Model) string {
	ways := p.ways(m)
	switch {
	case p.stop != nil:
		return "Importing; what is stored stays if you stop it."
	case m.imports.err != nil:
		return errorSentence(m.imports.err)
	case m.imports.plan == nil:
		return "Reading hermes-agent's files."
	case len(ways) == 0:
		return "There is nothing to import: everything that can come over is here."
	}
	way, n := ways[min(p.way, len(ways)-1)], m.imports.fresh()
	text := "Import " + say.Plural(n, "account", "accounts")
	if n == 0 {
		text = "Take over " + say.Plural(m.imports.plan.Shared+len(m.imports.plan.Orphans), "account", "accounts")
	}
	if _, takes := m.snap.Store.Cost(n); takes > 0 {
		text += ", which takes about " + say.Span(takes) + " in the keyring"
	}
	return text + "? " + way.long
}
