package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// connectPage shows how a program is told to use an account: the programs on
// top, below them what goes into the file of the selected one.
type connectPage struct {
	id     string
	ways   []way
	index  int
	scroll widget.Scroller
}

// anyModel stands in the texts where no model of the provider is known.
const anyModel = "MODEL"

// way is one program in one of its forms.
type way struct {
	program connect.Program
	form    connect.Form
	file    string // that the text belongs into; empty: a shell
}

// ways are the programs that can use the account. The API that an account
// speaks decides that.
func (m *Model) ways(id string, r core.Runtime) []way {
	use := connect.Use{
		Account: id, Provider: r.Provider, BaseURL: r.BaseURL, API: r.API, Headers: map[string]string{},
		Command: m.o.Command, OS: m.o.OS, Proxy: m.o.ProxyURL,
	}
	if connect.UsualModel(r.Provider) == "" {
		use.Model = anyModel
	}
	for name := range r.Header {
		use.Headers[name] = r.Header.Get(name)
	}
	var all []way
	for _, p := range connect.Programs() {
		forms, err := p.Forms(use)
		if err != nil {
			continue
		}
		for _, f := range forms {
			all = append(all, way{p, f, m.programFile(p)})
		}
	}
	return all
}

// programFile is the file that a program reads; the usual one where nobody knows.
func (m *Model) programFile(p connect.Program) string {
	if m.o.ProgramFile == nil {
		return p.File
	}
	return m.o.ProgramFile(p)
}

// connectBind opens the page; the key is there only where this window knows how
// programs call it, and some program can use the account.
func connectBind(m *Model, a core.Account) []widget.Bind {
	if len(m.o.Command) == 0 || len(m.ways(a.ID, core.Runtime{Provider: a.Provider, API: a.API})) == 0 {
		return nil
	}
	return []widget.Bind{{
		Binding: widget.Keys("w", "use with a program", "w"), Long: "use it with a program", Group: groupAccount,
		Do: func() tea.Cmd { return m.connect(a.ID) },
	}}
}

// runtimeMsg says how programs reach an account's models.
type runtimeMsg struct {
	id      string
	runtime core.Runtime
	err     error
	depth   int // how many pages were open when it was asked for
}

// connect opens the page once the account's sealed record was read: what the
// list says of an account is not sealed, and no program is configured after it.
func (m *Model) connect(id string) tea.Cmd {
	parent, backend, depth := m.ctx, m.o.Backend, len(m.stack)
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, actionTime)
		defer cancel()
		r, err := backend.Runtime(ctx, id)
		return runtimeMsg{id, r, err, depth}
	}
}

func (msg runtimeMsg) arrive(m *Model) tea.Cmd {
	switch {
	case msg.err != nil:
		m.complain(msg.err)
	case len(m.stack) == msg.depth && m.accounts.sheet == nil: // else the person went elsewhere
		m.push(&connectPage{id: msg.id, ways: m.ways(msg.id, msg.runtime)})
	}
	return nil
}

func (p *connectPage) update(m *Model, msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(m), msg)
	}
	return nil
}

func (p *connectPage) counting(*Model) time.Duration { return 0 }

func (p *connectPage) binds(m *Model) []widget.Bind {
	back := backBind(m, "q", "left")
	_, ok := m.snap.Find(p.id)
	ways := p.ways
	if !ok || len(ways) == 0 {
		return []widget.Bind{back}
	}
	to := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			p.index = max(min(p.index+by, len(ways)-1), 0)
			p.scroll.First = 0
			return nil
		}
	}
	chosen := ways[p.index]
	more := 3
	if p.index >= len(ways)-1 {
		more = 0
	}
	binds := []widget.Bind{
		back,
		{
			Binding: widget.Keys("c", "copy", "c"), Long: "copy the text", Group: groupAccount, Foot: 2,
			Do: func() tea.Cmd { return m.copy("Text", chosen.form.Snippet()) },
		},
		{Binding: widget.Keys("down", "next program", "down", "j"), Long: "next program; up goes back", Group: groupMove, Foot: more, Do: to(1)},
		{Binding: widget.Keys("up", "", "up", "k"), Do: to(-1)},
		helpBind(m, p, "use with a program"),
	}
	for _, b := range p.scroll.Binds() { // up and down choose here; pages scroll
		if name := b.Help().Key; name == "pgdn" || name == "pgup" {
			binds = append(binds, b)
		}
	}
	return binds
}

// known is whether there is something to show.
func (p *connectPage) known(m *Model) (core.Account, bool) {
	a, ok := m.snap.Find(p.id)
	return a, ok && len(p.ways) > 0
}

func (p *connectPage) view(m *Model) widget.Frame {
	a, ok := p.known(m)
	if !ok {
		return m.removed(p.binds(m))
	}
	return m.scrolled(p.top(m, a), &p.scroll, p.binds(m))
}

func (p *connectPage) derive(m *Model) {
	if a, ok := p.known(m); ok {
		p.scroll.Read(m.Common, p.top(m, a), p.body(m, a))
	}
}

// top is the head with the programs, and where the text below it belongs.
func (p *connectPage) top(m *Model, a core.Account) widget.Frame {
	w, ways := m.Inner(), p.ways
	f := m.Page("accounts "+m.Glyphs.Crumb+" "+cells.Clean(a.Label), "use with a program", "")
	if m.Height >= 30 {
		f.Add("")
	}
	room := max(min(len(ways), (m.Height-len(f.Lines))/3), 1)
	first := max(min(p.index-room/2, len(ways)-room), 0)
	for i := first; i < first+room; i++ {
		if i == p.index {
			f.Cursor = widget.CursorAt(0, len(f.Lines))
		}
		f.Add(p.row(m, ways[i], i == p.index, w))
	}
	if !m.Low() {
		f.Add("")
	}
	f.Add(m.Rule(m.Glyphs.Rule, m.Theme.Plain.Line.Render, m.Theme.Plain.Muted.Render, ways[p.index].place(), "", w))
	return f
}

// body is the text of the chosen way, and what a person should know of it.
func (p *connectPage) body(m *Model, a core.Account) []string {
	w, chosen := m.Inner(), p.ways[p.index]
	var body []string
	for _, line := range strings.Split(strings.TrimRight(chosen.form.Snippet(), "\n"), "\n") {
		for _, part := range strings.Split(ansi.Hardwrap(cells.Clean(line), w-3, true), "\n") {
			body = append(body, "  "+m.Theme.Plain.Fg.Render(part))
		}
	}
	notes := chosen.form.Notes
	if connect.UsualModel(a.Provider) == "" {
		notes = append([]string{"put the name of a model in the place of " + anyModel}, notes...)
	}
	for _, note := range notes {
		body = append(body, "")
		for _, line := range cells.Wrap(say.Sentence(note), w-4) {
			body = append(body, "  "+m.Theme.Plain.Muted.Render(line))
		}
	}
	return body
}

// row is one way in the list.
func (p *connectPage) row(m *Model, c way, selected bool, w int) string {
	in, bar := &m.Theme.Plain, " "
	if selected {
		in, bar = &m.Theme.Selected, m.Glyphs.Cursor
	}
	text := cells.Left(c.program.Name, 18, m.Glyphs.More) + " " + c.words()
	return m.Theme.Plain.Key.Render(bar) + in.Fg.Render(cells.Left(" "+text, w-1, m.Glyphs.More))
}

// words say how the program gets its token.
func (c way) words() string {
	switch c.form.Name {
	case connect.Helper:
		return "asks for a token itself"
	case connect.Proxy:
		return "through hermes-tui serve"
	default:
		return "by its environment"
	}
}

// place is the file that the text belongs into.
func (c way) place() string {
	if c.file == "" {
		return "your shell"
	}
	return c.file
}
