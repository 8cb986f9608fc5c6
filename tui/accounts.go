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
	order  []int           // what is listed, as indices of Model.all
	index  int             // of the selected row, in order
	id     string          // of the selected account, which it stays when others come and go
	until  time.Time       // when the list has to be made anew; zero: at the next change
	first  int             // first row that is shown
	rows   int             // how many rows were shown last, for paging
	menu   int             // cursor of the empty state
	sort   sorting         // of the list
	filter widget.Field    // what is listed; empty: everything
	typing bool            // the filter is being edited
	before string          // the account that was selected when that began
	marks  map[string]bool // ids of the accounts that are marked
	moving reordering      // the move under way
	sheet  sheet           // nil: the strip
	turned []string        // accounts that turned to needs sign-in and were not asked about yet
}

// sheet asks something in the strip's place.
type sheet interface {
	update(m *Model, msg tea.Msg) tea.Cmd
	// draw returns the titled rule and what stands below it, in at most h lines
	// of w cells, and where the text cursor is within them (nil: nowhere).
	draw(m *Model, w, h int) ([]string, *tea.Cursor)
	// room is how many lines it wants.
	room(m *Model, w int) int
}

// selected is the account under the cursor.
func (p *accountsPage) selected(m *Model) (core.Account, bool) {
	if p.index >= len(p.order) {
		return core.Account{}, false
	}
	return m.all[p.order[p.index]], true
}

// selectAt moves the cursor to a row, or to the nearest that there is.
func (p *accountsPage) selectAt(m *Model, index int) {
	p.index = max(min(index, len(p.order)-1), 0)
	p.id = ""
	if a, ok := p.selected(m); ok {
		p.id = a.ID
	}
}

// selectID moves the cursor to an account. One that the filter hides ends the
// filter.
func (p *accountsPage) selectID(m *Model, id string) {
	if row, ok := p.row(m, id); ok {
		p.selectAt(m, row)
		return
	}
	if _, ok := m.index(id); !ok || p.filter.Empty() {
		return
	}
	p.filter, p.typing = widget.Field{}, false
	p.id = id
	p.list(m)
}

// row is the row of an account.
func (p *accountsPage) row(m *Model, id string) (int, bool) {
	for row, i := range p.order {
		if m.all[i].ID == id {
			return row, true
		}
	}
	return 0, false
}

// follow keeps the cursor on its account when the list changes.
func (p *accountsPage) follow(m *Model) {
	if row, ok := p.row(m, p.id); ok {
		p.index = row
		return
	}
	if p.typing {
		p.index = 0 // the first that matches
	}
	p.selectAt(m, p.index)
}

func (p *accountsPage) move(m *Model, by int) tea.Cmd {
	if len(m.all) == 0 {
		p.menu = max(min(p.menu+by, len(p.choices(m))-1), 0)
		return nil
	}
	p.selectAt(m, p.index+by)
	return nil
}

func (p *accountsPage) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		return p.click(m, msg.Mouse())
	case tea.MouseWheelMsg:
		return p.wheel(m, msg.Mouse())
	}
	if p.sheet != nil {
		return p.sheet.update(m, msg)
	}
	if p.typing {
		return p.edit(m, msg)
	}
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(m), msg)
	}
	return nil
}

// counting looks at the rows that are shown, and no others.
func (p *accountsPage) counting(m *Model) time.Duration {
	var every time.Duration
	last := min(p.first+max(p.rows, 1), len(p.order))
	for i := p.first; i < last && every != time.Second; i++ {
		every = sooner(every, m.rowCounting(m.all[p.order[i]]))
	}
	return every
}

func (p *accountsPage) view(m *Model) widget.Frame {
	w := m.Inner()
	var f widget.Frame
	f.Add(m.header(w))
	if !m.Narrow() {
		f.Add(m.HeaderRule(w))
	}
	switch {
	case len(m.all) == 0 && m.waking:
		if m.late {
			f.Add("", "  "+m.Theme.Plain.Muted.Render("Reading the accounts."))
			f.Bottom(m.Height, "  "+m.Footer(p.binds(m), w-3))
		}
		return f
	case len(m.all) == 0:
		p.drawEmpty(m, &f, w)
		return f
	case len(p.order) == 0:
		p.drawNoMatch(m, &f, w)
		return f
	}
	p.drawRows(m, &f, w)
	below := m.Height - len(f.Lines)
	if p.sheet != nil {
		p.drawSheet(m, &f, w, below)
		return f
	}
	p.drawStrip(m, &f, w, below)
	return f
}

// drawRows draws the visible rows and puts the terminal's cursor on the
// selected one.
func (p *accountsPage) drawRows(m *Model, f *widget.Frame, w int) {
	c := columnsFor(w)
	if !m.Narrow() {
		f.Add(m.head(c, p.sort))
	}
	for i := p.first; i < p.first+p.rows && i < len(p.order); i++ {
		a, in := m.all[p.order[i]], &m.Theme.Plain
		switch {
		case i == p.index:
			in = &m.Theme.Selected
			f.Cursor = widget.CursorAt(0, len(f.Lines))
		case p.asking(a.ID):
		case p.sheet != nil:
			in = &m.Theme.Dimmed
		}
		if m.Narrow() {
			f.Add(m.narrowRow(a, in, w, i == p.index))
		} else {
			f.Add(m.row(a, c, in, w, i == p.index))
		}
	}
}

// asking says whether a sheet speaks about this account.
func (p *accountsPage) asking(id string) bool {
	s, ok := p.sheet.(*signInSheet)
	return ok && s.about(id)
}

// rowsThatFit shares the lines between list and strip: the list comes first,
// but the strip always has what it needs for a sentence, and in a tall window
// for the card.
func (p *accountsPage) rowsThatFit(m *Model, w, lines int) int {
	var keep int
	switch {
	case p.sheet != nil:
		keep = p.sheet.room(m, w) + 1
	case m.Height >= 36:
		keep = 14
	case m.Height >= 30:
		keep = 12
	case !m.Low():
		keep = 1 + 2 + 3 // title, two lines, two gaps and the footer
	case w >= 76 || m.Narrow():
		keep = 1 + 2 + 1
	default:
		keep = 1 + 3 + 1
	}
	return max(min(len(p.order), lines-keep), 1)
}

// derive makes the list anew when that is due, and decides which rows are shown,
// the selected one among them.
func (p *accountsPage) derive(m *Model) {
	if past(p.until, m.now) {
		p.list(m)
	}
	lines := m.Height - 1 // the header
	if !m.Narrow() {
		lines -= 2 // its rule and the heads
	}
	n := p.rowsThatFit(m, m.Inner(), lines)
	p.rows = n
	p.first = max(min(p.first, len(p.order)-n), 0)
	if p.index < p.first {
		p.first = p.index
	}
	if p.index >= p.first+n {
		p.first = p.index - n + 1
	}
}

// drawSheet puts the sheet in the strip's place.
func (p *accountsPage) drawSheet(m *Model, f *widget.Frame, w, below int) {
	if below > p.sheet.room(m, w) && !m.Low() {
		f.Add("")
		below--
	}
	lines, cursor := p.sheet.draw(m, w, below)
	if cursor != nil {
		cursor.Y += len(f.Lines)
		f.Cursor = cursor
	}
	f.Add(lines...)
}

// drawStrip speaks about the selected account, and puts the footer below.
func (p *accountsPage) drawStrip(m *Model, f *widget.Frame, w, below int) {
	a, ok := p.selected(m)
	if !ok {
		return
	}
	foot, cursor := p.foot(m, w)
	notice := m.notice(w)
	last := []string{"  " + foot}
	switch {
	case !m.Low() && notice == nil:
		last = append([]string{""}, last...) // a notice that comes moves nothing
	case !m.Low():
		last = append(notice, last...)
	case notice != nil && below > 1+2+len(notice):
		last = append(notice, last...)
	case notice != nil && cursor == nil:
		last = notice // for as long as it stands
	}
	room := below - 1 - len(last) // without the titled rule
	lines := m.strip(a, w, room)
	if !m.Low() || len(lines) < room {
		f.Add("")
		lines = m.strip(a, w, room-1)
	}
	f.Add(m.stripTitle(a, w))
	f.Add(lines...)
	f.Bottom(m.Height, last...)
	if cursor != nil {
		f.Cursor = cursor
	}
}
