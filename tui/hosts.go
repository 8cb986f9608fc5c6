package tui

import (
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	fleethost "github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// hostsPage shows the hosts of the fleet, as they are now.
type hostsPage struct{ scroll widget.Scroller }

// hostsBind opens it; there is none without a fleet.
func hostsBind(win *window) []widget.Bind {
	if !win.fleet.on {
		return nil
	}
	return []widget.Bind{{
		Binding: widget.Keys("f", "hosts", "f"), Long: "the fleet's hosts", Words: "fleet hosts machines etcd store", Group: groupAccounts, Foot: 9,
		Do: func() tea.Cmd { win.push(&hostsPage{}); return nil },
	}}
}

func (p *hostsPage) update(win *window, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(win), msg)
	}
	return nil
}

func (p *hostsPage) binds(win *window) []widget.Bind {
	binds := []widget.Bind{backBind(win, "q", "left"), win.paletteBind(p), helpBind(win, p, "hosts")}
	return append(binds, p.scroll.Binds()...)
}

func (p *hostsPage) counting(win *window) time.Duration {
	return sooner(ofFleet(win.known).counting(), time.Minute)
}

// Widths of the columns of hosts.
const (
	leastHost, mostHost                               = 10, 28
	hereWidth, versionWidth, clockWidth, hasRefreshed = 16, 13, 14, 22
	epochWidth                                        = 5
)

// hostColumns is which columns there is room for, and how wide they are; zero: it goes.
type hostColumns struct{ name, version, clock, last, epoch int }

// hostColumnsFor shares w cells. As a window gets narrower, the epoch goes first, then
// version, clock and last refresh.
func hostColumnsFor(w int) hostColumns {
	last := hasRefreshed
	if w < 76 {
		last = 8 // when alone
	}
	all := widget.Layout(w,
		widget.Column{Gap: 2, Width: leastHost, Stretch: true}, widget.Column{Gap: columnGap, Width: hereWidth},
		widget.Column{Gap: columnGap, Width: versionWidth, Rank: 3}, widget.Column{Gap: columnGap, Width: clockWidth, Rank: 2},
		widget.Column{Gap: columnGap, Width: last, Rank: 1}, widget.Column{Gap: columnGap, Width: epochWidth, Rank: 4}, widget.Column{Gap: 1})
	return hostColumns{min(all[0], mostHost), all[2], all[3], all[4], all[5]}
}

func (p *hostsPage) headed(win *window) widget.Frame {
	s := win.fleet
	right := say.Plural(len(s.Seats), "host", "hosts") + " " + win.Glyphs.Dot + " epoch " + strconv.FormatUint(s.Epoch, 10)
	f := win.Page("Fleet", cells.Clean(s.Fleet), right)
	if !win.Low() {
		f.Add("")
	}
	in, c := &win.Theme.Plain, hostColumnsFor(win.Inner())
	last := "LAST REFRESH"
	if c.last < hasRefreshed {
		last = "REFRESH"
	}
	line := "  " + cells.Left("HOST", c.name, "") + "  " + cells.Left("NOW", hereWidth, "")
	for _, column := range []struct {
		name  string
		width int
	}{{"VERSION", c.version}, {"CLOCK", c.clock}, {last, c.last}, {"EPOCH", c.epoch}} {
		if column.width > 0 {
			line += "  " + cells.Left(column.name, column.width, win.Glyphs.More)
		}
	}
	f.Add(in.Muted.Render(line))
	return f
}

func (p *hostsPage) derive(win *window) {
	p.scroll.Read(win.Common, p.headed(win), p.body(win))
}

// body is a row for each host, and what is to be said of the fleet.
func (p *hostsPage) body(win *window) []string {
	w, s := win.Inner(), win.fleet
	c := hostColumnsFor(w)
	var body []string
	for _, seat := range s.Seats {
		body = append(body, hostRow(win.known, seat, c))
	}
	for _, text := range p.sentences(win) {
		body = append(body, "")
		for _, line := range cells.Wrap(text, min(w-4, 76)) {
			body = append(body, "  "+win.Theme.Plain.Muted.Render(line))
		}
	}
	return body
}

// sentences are what is to be said of the fleet beside its hosts.
func (p *hostsPage) sentences(win *window) []string {
	var all []string
	s := win.fleet
	if text, _ := ofFleet(win.known).notice(); text != "" {
		all = append(all, text)
	}
	if n := s.Stale(); n > 0 {
		have := " have"
		if n == 1 {
			have = " has"
		}
		all = append(all, say.Plural(n, "account", "accounts")+have+" tokens that a host may know which is gone. Each refresh seals one anew; `hermes-tui fleet remove` of that host goes on with all.")
	}
	if s.Departed {
		all = append(all, "A host has left that knew the fleet's keys: the next `hermes-tui fleet invite` or `hermes-tui fleet remove` makes new ones.")
	}
	return all
}

// hostRow is the line of a host.
func hostRow(k *known, seat fleethost.Seat, c hostColumns) string {
	in, more := &k.Theme.Plain, k.Glyphs.More
	ink, mark := in.Fg, ""
	switch {
	case seat.Name == k.fleet.Host:
		ink, mark = in.Strong, " (here)"
	case seat.Role == roster.Reader:
		mark = " (reader)"
	}
	name := cells.Cut(cells.Clean(seat.Name), max(c.name-cells.Width(mark), 1), more) + mark // a name may be cut, and its mark not
	glyph, glyphInk, now := hostNow(k, seat)
	line := "  " + ink.Render(cells.Left(name, c.name, more)) + "  " +
		glyphInk.Render(glyph) + in.Fg.Render(cells.Left(" "+now, hereWidth-1, more))
	cell := func(text string, ink style.Ink, width int) {
		if width > 0 {
			line += "  " + ink.Render(cells.Left(text, width, more))
		}
	}
	version, clock, clockInk := k.Glyphs.Dash, k.Glyphs.Dash, in.Muted
	epoch, epochInk := k.Glyphs.Dash, in.Muted
	if seat.Alive && !seat.At.IsZero() {
		if version = cells.Clean(seat.Version); seat.Timed {
			clock = clockWords(seat.Skew)
		}
		if seat.Timed && seat.Skew.Abs() >= time.Minute {
			clockInk = in.Strong
		}
		if epoch = strconv.FormatUint(seat.Epoch, 10); seat.Epoch < k.fleet.Epoch {
			epoch, epochInk = epoch+" old", in.Strong
		}
	}
	cell(version, in.Muted, c.version)
	cell(clock, clockInk, c.clock)
	last, working := ofFleet(k).lastOf(seat, c.last >= hasRefreshed)
	switch {
	case working && c.last > 0:
		line += "  " + in.Busy.Render(k.Glyphs.Busy) + in.Fg.Render(cells.Left(" "+last, c.last-1, more))
	default:
		cell(last, in.Fg, c.last)
	}
	cell(epoch, epochInk, c.epoch)
	return line
}

// hostNow says whether a host is there.
func hostNow(k *known, seat fleethost.Seat) (glyph string, ink style.Ink, words string) {
	in := &k.Theme.Plain
	switch {
	case k.fleet.stopped() && k.fleet.Away():
		return k.Glyphs.Dash, in.Muted, "not known"
	case seat.Odd:
		return k.Glyphs.Bad, in.Alarm, "record damaged"
	case seat.Alive && seat.Up() < time.Minute:
		return k.Glyphs.Good, in.OK, "watching"
	case seat.Alive:
		return k.Glyphs.Good, in.OK, "watching, " + say.Rough(seat.Up())
	case !seat.Gone.IsZero():
		return k.Glyphs.Ended, in.Warn, "left " + say.Ago(seat.Gone, k.now)
	default:
		return k.Glyphs.Dash, in.Muted, "not watching"
	}
}

// clockWords say by how much a host's clock is off. Less than two seconds cannot be told.
func clockWords(d time.Duration) string {
	switch {
	case d.Abs() < 2*time.Second:
		return "right"
	case d > 0:
		return say.Span(d.Round(time.Second)) + " ahead"
	default:
		return say.Span(-d.Round(time.Second)) + " behind"
	}
}

// lastOf is which account a host refreshes, else which it did last, and when.
func (k fleetWords) lastOf(seat fleethost.Seat, labels bool) (text string, working bool) {
	for i := range k.snap.Accounts {
		if a := &k.snap.Accounts[i]; k.fleet.Accounts[a.ID].Working == seat.Name {
			return cells.Clean(a.Label), true
		}
	}
	if seat.LastAt.IsZero() {
		return k.Glyphs.Dash, false
	}
	text = say.Ago(seat.LastAt, k.now)
	if a, ok := k.snap.Find(seat.LastAccount); ok && labels {
		room := hasRefreshed - cells.Width(text) - 2
		text = cells.Cut(cells.Clean(a.Label), room, k.Glyphs.More) + ", " + text
	}
	return text, false
}

func (p *hostsPage) view(win *window) widget.Frame {
	return win.scrolled(p.headed(win), &p.scroll, p.binds(win))
}
