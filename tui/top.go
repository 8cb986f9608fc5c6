package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// mostTop is how many rows the page lists.
const mostTop = 200

// topPage shows what each program used of each account, in the last hour and today.
type topPage struct {
	first  span // which is to stand first, and to be sorted by
	rows   []topRow
	all    [spans]tally.Counts // of them together
	of     topSums             // what they are
	busy   bool                // they are summed up anew
	scroll widget.Scroller
}

// topSums says of what rows are the sums: of which reading, as of which minute, and
// what stands first.
type topSums struct {
	number uint64
	minute time.Time
	first  span
}

// topMsg brings them.
type topMsg struct {
	page *topPage
	of   topSums
	rows []topRow
	all  [spans]tally.Counts
}

// sum sums up what was read, unless that is done. With thousands of accounts it takes
// longer than a frame may.
func (p *topPage) sum(k *known) tea.Cmd {
	want := topSums{k.tallies.number, k.now.Truncate(time.Minute), p.first}
	if p.busy || want.number == 0 || want == p.of {
		return nil
	}
	p.busy = true
	of, now, in := k.tallies.of, k.now, k.location
	return func() tea.Msg {
		rows := topRows(of, now, in, want.first)
		return topMsg{p, want, rows, topSum(rows)}
	}
}

func (msg topMsg) arrive(*window) tea.Cmd {
	p := msg.page
	p.rows, p.all, p.of, p.busy = msg.rows, msg.all, msg.of, false
	return nil
}

// topBind opens the page.
func (win *window) topBind(foot int) widget.Bind {
	return widget.Bind{
		Binding: widget.Keys("t", "top", "t"), Long: "who uses what", Group: groupAccounts, Foot: foot,
		Do: func() tea.Cmd { win.push(&topPage{}); return nil },
	}
}

func (p *topPage) update(win *window, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(win), msg)
	}
	return nil
}

func (p *topPage) binds(win *window) []widget.Bind {
	binds := []widget.Bind{backBind(win, "q", "left")}
	if len(p.rows) > 0 {
		next := p.first.other()
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("o", next.words(), "o"), Long: next.words() + " first", Group: groupAccounts, Foot: 3,
			Do: func() tea.Cmd { p.first = next; return nil },
		})
	}
	binds = append(binds, win.paletteBind(p), helpBind(win, p, "top"))
	return append(binds, p.scroll.Binds()...)
}

// counting is once a minute: the last hour goes on, and today ends.
func (p *topPage) counting(*window) time.Duration {
	if len(p.rows) == 0 {
		return 0
	}
	return time.Minute
}

// headed is what stands above the rows: the heads of the columns, and the sum.
func (p *topPage) headed(win *window) widget.Frame {
	right := ""
	if len(p.rows) > 0 && !win.Narrow() {
		right = "most " + p.of.first.when() + " first"
	}
	f := win.Page("Top", "who uses what", right)
	if !win.Low() {
		f.Add("")
	}
	if len(p.rows) > 0 {
		t := topTableFor(win.Inner(), p.of.first)
		f.Add(t.heads(win.known)...)
		if len(p.rows) > 1 {
			f.Add(t.row(win.known, "all", "", p.all, win.Theme.Plain.Strong))
		}
	}
	return f
}

func (p *topPage) derive(win *window) {
	p.scroll.Read(win.Common, p.headed(win), p.body(win))
}

// body is a row for each account and program.
func (p *topPage) body(win *window) []string {
	in, w := &win.Theme.Plain, win.Inner()
	var body []string
	paragraph := func(text string) {
		for _, line := range cells.Wrap(text, min(w-4, 76)) {
			body = append(body, "  "+in.Muted.Render(line))
		}
	}
	if len(p.rows) == 0 {
		if p.of.number > 0 {
			paragraph("Nothing was served yet today. Whatever goes through `hermes-tui serve` and `exec` is counted here.")
		}
		return body
	}
	t := topTableFor(w, p.of.first)
	for _, r := range p.rows[:min(len(p.rows), mostTop)] {
		body = append(body, t.row(win.known, r.Account, programName(r.Program), r.in, in.Fg))
	}
	if more := len(p.rows) - mostTop; more > 0 {
		paragraph("And " + say.Thousands(uint64(more)) + " more, which used less.")
	}
	if n := p.all[p.of.first].Unknown; n > 0 {
		body = append(body, "")
		paragraph("Of " + say.Plural(int(n), "request", "requests") + " " + p.of.first.when() + " the tokens were not told, or not to the end.")
	}
	return body
}

func (p *topPage) view(win *window) widget.Frame {
	return win.scrolled(p.headed(win), &p.scroll, p.binds(win))
}

// programName is how a program is called that may be unknown.
func programName(name string) string {
	if name == "" {
		return "not known"
	}
	return cells.Clean(name)
}

// topSum is all rows together.
func topSum(rows []topRow) (sum [spans]tally.Counts) {
	for _, r := range rows {
		for i := range sum {
			sum[i] = sum[i].Plus(r.in[i])
		}
	}
	return sum
}
