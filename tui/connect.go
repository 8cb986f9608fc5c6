package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
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
	busy   bool // a change is planned or taken back
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
func waysOf(o *Options, id string, r core.Runtime) []way {
	use := useOf(o, id, r)
	var all []way
	for _, p := range connect.Programs() {
		forms, err := p.Forms(use)
		if err != nil {
			continue
		}
		file := programFile(o, p)
		for _, f := range forms {
			all = append(all, way{p, f, file})
		}
	}
	return all
}

// useOf is what a program is connected to.
func useOf(o *Options, id string, r core.Runtime) connect.Use {
	use := connect.Use{
		Account: id, Provider: r.Provider, BaseURL: r.BaseURL, API: r.API, Also: r.Also, Headers: map[string]string{},
		Command: o.Command, OS: o.OS, Proxy: o.ProxyURL,
	}
	if connect.UsualModel(r.Provider) == "" {
		use.Model = anyModel
	}
	for name := range r.Header {
		use.Headers[name] = r.Header.Get(name)
	}
	return use
}

// programFile is the file that a program reads; the usual one where nobody knows.
func programFile(o *Options, p connect.Program) string {
	if o.ProgramFile == nil {
		return p.File
	}
	return o.ProgramFile(p)
}

// connectable says whether some program can use the account.
func connectable(a core.Account) bool {
	return slices.ContainsFunc(connect.Programs(), func(p connect.Program) bool { return a.Speaks(p.APIs) })
}

// connectBind opens the page; the key is there only where this window knows how
// programs call it, and some program can use the account.
func connectBind(win *window, a core.Account) []widget.Bind {
	if len(win.o.Command) == 0 || !connectable(a) {
		return nil
	}
	return []widget.Bind{{
		Binding: widget.Keys("w", "use with a program", "w"), Long: "use it with a program", Group: groupAccount,
		Do: func() tea.Cmd { return win.connect(a.ID) },
	}}
}

// waysMsg brings how programs use an account.
type waysMsg struct {
	id    string
	ways  []way
	err   error
	depth int // how many pages were open when it was asked for
}

// connect opens the page once the account's sealed record was read: what the
// list says of an account is not sealed, and no program is configured after it.
// Which file a program reads is looked up then, too.
func (win *window) connect(id string) tea.Cmd {
	o, depth := win.o, len(win.stack)
	return win.do(func(ctx context.Context) tea.Msg {
		r, err := o.Backend.Runtime(ctx, id)
		if err != nil {
			return waysMsg{err: err}
		}
		return waysMsg{id: id, ways: waysOf(o, id, r), depth: depth}
	})
}

func (msg waysMsg) arrive(win *window) tea.Cmd {
	switch {
	case msg.err != nil:
		win.complain(msg.err)
	case len(win.stack) == msg.depth && win.accounts.sheet == nil: // else the person went elsewhere
		win.push(&connectPage{id: msg.id, ways: msg.ways})
	}
	return nil
}

func (p *connectPage) update(win *window, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(win), msg)
	}
	return nil
}

func (p *connectPage) counting(*window) time.Duration { return 0 }

func (p *connectPage) binds(win *window) []widget.Bind {
	back := backBind(win, "q", "left")
	if p.scroll.Left > 0 {
		back = backBind(win, "q")
	}
	_, ok := win.snap.Find(p.id)
	ways := p.ways
	if !ok || len(ways) == 0 {
		return []widget.Bind{back}
	}
	to := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			p.index = max(min(p.index+by, len(ways)-1), 0)
			p.scroll.First, p.scroll.Left = 0, 0
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
			Do: func() tea.Cmd { return win.acts().copy("Text", chosen.form.Snippet()) },
		},
		{Binding: widget.Keys("down", "next program", "down", "j"), Long: "next program; up goes back", Group: groupMove, Foot: more, Do: to(1)},
		{Binding: widget.Keys("up", "", "up", "k"), Do: to(-1)},
	}
	binds = append(binds, p.writeBinds(win, chosen)...)
	binds = append(binds, p.scroll.PanBinds()...)
	binds = append(binds,
		win.paletteBind(p), helpBind(win, p, "use with a program"))
	for _, b := range p.scroll.Binds() { // up and down choose here; pages scroll
		if name := b.Help().Key; name == "pgdn" || name == "pgup" {
			binds = append(binds, b)
		}
	}
	return binds
}

// known is whether there is something to show.
func (p *connectPage) known(win *window) (core.Account, bool) {
	a, ok := win.snap.Find(p.id)
	return a, ok && len(p.ways) > 0
}

func (p *connectPage) view(win *window) widget.Frame {
	a, ok := p.known(win)
	if !ok {
		return win.removed(p.binds(win))
	}
	return win.scrolled(p.top(win, a), &p.scroll, p.binds(win))
}

func (p *connectPage) derive(win *window) {
	if a, ok := p.known(win); ok {
		p.scroll.Read(win.Common, p.top(win, a), p.body(win, a))
	}
}

// top is the head with the programs, and where the text below it belongs.
func (p *connectPage) top(win *window, a core.Account) widget.Frame {
	w, ways := win.Inner(), p.ways
	f := win.Page("accounts "+win.Glyphs.Crumb+" "+cells.Clean(a.Label), "use with a program", "")
	if win.Height >= 30 {
		f.Add("")
	}
	room := max(min(len(ways), (win.Height-len(f.Lines))/3), 1)
	first := max(min(p.index-room/2, len(ways)-room), 0)
	for i := first; i < first+room; i++ {
		if i == p.index {
			f.Cursor = widget.CursorAt(0, len(f.Lines))
		}
		f.Add(p.row(win, ways[i], i == p.index, w))
	}
	if !win.Low() {
		f.Add("")
	}
	f.Add(win.Rule(win.Glyphs.Rule, win.Theme.Plain.Line.Render, win.Theme.Plain.Muted.Render, ways[p.index].place(), "", w))
	return f
}

// body is the text of the chosen way, and what a person should know of it.
func (p *connectPage) body(win *window, a core.Account) []string {
	w, chosen := win.Inner(), p.ways[p.index]
	var body []string
	for _, line := range strings.Split(strings.TrimRight(chosen.form.Snippet(), "\n"), "\n") {
		body = append(body, "  "+win.Theme.Plain.Fg.Render(cells.Clean(line))) // a line that is broken in a string is another one
	}
	notes := chosen.form.Notes
	if connect.UsualModel(a.Provider) == "" {
		notes = append([]string{"put the name of a model in the place of " + anyModel}, notes...)
	}
	for _, note := range notes {
		body = append(body, "")
		for _, line := range cells.Wrap(say.Sentence(note), w-4) {
			body = append(body, "  "+win.Theme.Plain.Muted.Render(line))
		}
	}
	return body
}

// row is one way in the list.
func (p *connectPage) row(win *window, c way, selected bool, w int) string {
	in, bar := &win.Theme.Plain, " "
	if selected {
		in, bar = &win.Theme.Selected, win.Glyphs.Cursor
	}
	text := cells.Left(c.program.Name, 18, win.Glyphs.More) + " " + c.words()
	return win.Theme.Plain.Key.Render(bar) + in.Fg.Render(cells.Left(" "+text, w-1, win.Glyphs.More))
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
