package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// accountsPage is the list of accounts, with a strip below it that speaks about
// the selected one, or a sheet that asks something in the strip's place.
type accountsPage struct {
	order  []int     // what is listed, as indices of known.all
	index  int       // of the selected row, in order
	id     string    // of the selected account, which it stays when others come and go
	groups []group   // where the pools begin in it
	until  time.Time // when the list has to be made anew; zero: at the next change
	first  int       // first line that is shown
	rows   int       // how many lines were shown last, for paging
	menu   int       // cursor of the empty state
	sort   sorting   // of the list
	filtering
	before string // the account that was selected when the filter was begun
	marks  marks
	clicks clicks
	moving reordering // the move under way
	sheet  sheet      // nil: the strip
	turned []string   // accounts that turned to needs sign-in and were not asked about yet
	asked  uint64     // as of which change of the list they are
}

// cardTop is the line on which a card at the right of the list begins: below the
// header and its rule.
const cardTop = 2

// sheet asks something in the strip's place.
type sheet interface {
	update(win *window, msg tea.Msg) tea.Cmd
	// draw returns the titled rule and what stands below it, in at most h lines
	// of w cells, and where the text cursor is within them (nil: nowhere).
	draw(win *window, w, h int) ([]string, *tea.Cursor)
	// room is how many lines it wants.
	room(win *window, w int) int
}

// selected is the account under the cursor.
func (p *accountsPage) selected(win *window) (core.Account, bool) {
	if p.index >= len(p.order) {
		return core.Account{}, false
	}
	return win.all[p.order[p.index]], true
}

// selectAt moves the cursor to a row, or to the nearest that there is.
func (p *accountsPage) selectAt(win *window, index int) {
	p.index = max(min(index, len(p.order)-1), 0)
	p.id = ""
	if a, ok := p.selected(win); ok {
		p.id = a.ID
	}
}

// selectID moves the cursor to an account. One that the filter hides ends the
// filter.
func (p *accountsPage) selectID(win *window, id string) {
	if row, ok := p.row(win, id); ok {
		p.selectAt(win, row)
		return
	}
	if _, ok := win.index(id); !ok || p.filter.Empty() {
		return
	}
	p.filter, p.typing = widget.Field{}, false
	p.id = id
	p.list(win)
}

// row is the row of an account.
func (p *accountsPage) row(win *window, id string) (int, bool) {
	for row, i := range p.order {
		if win.all[i].ID == id {
			return row, true
		}
	}
	return 0, false
}

// follow keeps the cursor on its account when the list changes.
func (p *accountsPage) follow(win *window) {
	if row, ok := p.row(win, p.id); ok {
		p.index = row
		return
	}
	if p.typing {
		p.index = 0 // the first that matches
	}
	p.selectAt(win, p.index)
}

func (p *accountsPage) move(win *window, by int) tea.Cmd {
	if len(win.all) == 0 {
		p.menu = max(min(p.menu+by, len(choices(win))-1), 0)
		return nil
	}
	p.selectAt(win, p.index+by)
	return nil
}

func (p *accountsPage) update(win *window, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		return p.click(win, msg.Mouse())
	case tea.MouseWheelMsg:
		return p.wheel(win, msg.Mouse())
	}
	if p.sheet != nil {
		return p.sheet.update(win, msg)
	}
	if p.typing {
		return p.find(win).edit(msg)
	}
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		cmd, did := widget.Pressed(p.binds(win), msg)
		if !did {
			win.sayWhyNot(p.whyNot(win, msg.String()))
		}
		return cmd
	}
	return nil
}

// counting looks at the rows that are shown, and no others.
func (p *accountsPage) counting(win *window) time.Duration {
	var every time.Duration
	last := min(p.first+max(p.rows, 1), p.in(win).lines())
	for i := p.first; i < last && every != time.Second; i++ {
		if row, head := p.in(win).rowAt(i); head == nil {
			every = sooner(every, win.rowCounting(win.all[p.order[row]]))
		}
	}
	every = sooner(every, ofFleet(win.known).counting())
	if _, asking := p.sheet.(*consentSheet); asking {
		every = time.Second
	}
	return every
}

func (p *accountsPage) view(win *window) widget.Frame {
	w := win.Inner()
	var f widget.Frame
	f.Add(win.header(w))
	if !win.Narrow() {
		f.Add(win.HeaderRule(w))
	}
	switch {
	case len(win.all) == 0 && win.waking:
		if win.late {
			f.Add("", "  "+win.Theme.Plain.Muted.Render("Reading the accounts."))
			f.Foot(win.Height, win.Footer(p.binds(win), w-3))
		}
		return f
	case len(win.all) == 0:
		p.drawEmpty(win, &f, w)
		return f
	case len(p.order) == 0:
		p.find(win).drawNoMatch(&f, w)
		return f
	}
	list, card := win.panes()
	p.in(win).drawRows(&f, list)
	if card > 0 {
		h := win.Height - cardTop - 2
		if p.sheet != nil {
			h = min(h, win.Height-cardTop-p.sheet.room(win, w)-1)
		}
		p.drawCard(win, &f, cardTop, h)
		if p.sheet == nil {
			p.drawFoot(win, &f, w)
			return f
		}
	}
	below := win.Height - len(f.Lines)
	if p.sheet != nil {
		p.drawSheet(win, &f, w, below)
		return f
	}
	p.drawStrip(win, &f, w, below)
	return f
}

// drawRows draws the visible rows and puts the terminal's cursor on the
// selected one.
func (p listing) drawRows(f *widget.Frame, w int) {
	c := p.win.listColumns(w)
	if !p.win.Narrow() {
		f.Add(head(p.win, c, p.sort))
	}
	for line := p.first; line < min(p.first+p.rows, p.lines()); line++ {
		i, head := p.rowAt(line)
		if head != nil {
			f.Add(p.heading(head, w))
			continue
		}
		a, in := p.win.all[p.order[i]], &p.win.Theme.Plain
		switch {
		case i == p.index:
			in = &p.win.Theme.Selected
			f.Cursor = widget.CursorAt(0, len(f.Lines))
		case asksAbout(p.sheet, a.ID):
		case p.sheet != nil:
			in = &p.win.Theme.Dimmed
		}
		if p.win.Narrow() {
			f.Add(narrowRow(p.win, a, in, w, i == p.index))
		} else {
			f.Add(row(p.win, a, c, in, i == p.index))
		}
	}
}

// asksAbout says whether a sheet speaks about this account.
func asksAbout(asking sheet, id string) bool {
	s, ok := asking.(interface{ about(id string) bool })
	return ok && s.about(id)
}

// rowsThatFit shares the lines between list and strip: the list comes first,
// but the strip always has what it needs for a sentence, and in a tall window
// for the card.
func (p listing) rowsThatFit(w, lines int) int {
	var keep int
	switch {
	case p.sheet != nil:
		keep = p.sheet.room(p.win, w) + 1
	case w >= cardFrom:
		keep = 1 + max(1, len(p.win.notice(w)))
	case p.win.Height >= 36:
		keep = 14
	case p.win.Height >= 30:
		keep = 12
	case !p.win.Low():
		keep = 1 + 2 + 3 // title, two lines, two gaps and the footer
	case w >= 76 || p.win.Narrow():
		keep = 1 + 2 + 1
	default:
		keep = 1 + 3 + 1
	}
	return max(min(p.lines(), lines-keep), 1)
}

// derive makes the list anew when that is due, and decides which rows are shown,
// the selected one among them.
func (p *accountsPage) derive(win *window) {
	if past(p.until, win.now) {
		p.list(win)
	}
	n := p.in(win).rowsThatFit(win.Inner(), win.Height-p.in(win).top())
	p.rows = n
	p.first = max(min(p.first, p.in(win).lines()-n), 0)
	at := p.in(win).lineOf(p.index)
	top := at
	if at > 0 && n > 1 {
		if _, head := p.in(win).rowAt(at - 1); head != nil {
			top-- // with the heading of its pool
		}
	}
	p.first = min(p.first, top)
	if at >= p.first+n {
		p.first = at - n + 1
	}
}

// drawSheet puts the sheet in the strip's place.
func (p *accountsPage) drawSheet(win *window, f *widget.Frame, w, below int) {
	if below > p.sheet.room(win, w) && !win.Low() {
		f.Add("")
		below--
	}
	lines, cursor := p.sheet.draw(win, w, below)
	if cursor != nil {
		cursor.Y += len(f.Lines)
		f.Cursor = cursor
	}
	f.Add(lines...)
}

// drawStrip speaks about the selected account, and puts the footer below.
func (p *accountsPage) drawStrip(win *window, f *widget.Frame, w, below int) {
	a, ok := p.selected(win)
	if !ok {
		return
	}
	foot, cursor := p.foot(win, w)
	notice := win.notice(w)
	instead := false // of the keys
	switch {
	case !win.Low() && notice == nil:
		notice = []string{""} // one that comes moves nothing
	case !win.Low(), below > 1+2+len(notice):
	case cursor == nil:
		instead = notice != nil // for as long as it stands
	default:
		notice = nil // the filter is typed there
	}
	room := below - 1 - len(notice) // without the titled rule
	if !instead {
		room--
	}
	lines := win.strip(a, w, room)
	if !win.Low() || len(lines) < room {
		f.Add("")
		lines = win.strip(a, w, room-1)
	}
	f.Add(win.stripTitle(a, w))
	f.Add(lines...)
	if instead {
		f.Bottom(win.Height, notice...)
	} else {
		f.Foot(win.Height, foot, notice...)
	}
	if cursor != nil {
		f.Cursor = cursor
	}
}
