package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
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
	filter field           // what is listed; empty: everything
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
	if _, ok := m.index(id); !ok || p.filter.empty() {
		return
	}
	p.filter, p.typing = field{}, false
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
		return press(p.binds(m), msg)
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

func (p *accountsPage) view(m *Model) frame {
	w := m.inner()
	var f frame
	f.add(m.header(w))
	if !m.narrow() {
		f.add(m.headerRule(w))
	}
	switch {
	case len(m.all) == 0 && m.waking:
		if m.late {
			f.add("", "  "+m.theme.Plain.Muted.Render("Reading the accounts."))
			f.bottom(m.height, "  "+m.footer(p.binds(m), w-3))
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
	below := m.height - len(f.lines)
	if p.sheet != nil {
		p.drawSheet(m, &f, w, below)
		return f
	}
	p.drawStrip(m, &f, w, below)
	return f
}

// drawRows draws the visible rows and puts the terminal's cursor on the
// selected one.
func (p *accountsPage) drawRows(m *Model, f *frame, w int) {
	c := columnsFor(w)
	if !m.narrow() {
		f.add(m.head(c, p.sort))
	}
	for i := p.first; i < p.first+p.rows && i < len(p.order); i++ {
		a, in := m.all[p.order[i]], &m.theme.Plain
		switch {
		case i == p.index:
			in = &m.theme.Selected
			f.cursor = cursorAt(0, len(f.lines))
		case p.asking(a.ID):
		case p.sheet != nil:
			in = &m.theme.Dimmed
		}
		if m.narrow() {
			f.add(m.narrowRow(a, in, w, i == p.index))
		} else {
			f.add(m.row(a, c, in, w, i == p.index))
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
	case m.height >= 36:
		keep = 14
	case m.height >= 30:
		keep = 12
	case !m.low():
		keep = 1 + 2 + 3 // title, two lines, two gaps and the footer
	case w >= 76 || m.narrow():
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
	lines := m.height - 1 // the header
	if !m.narrow() {
		lines -= 2 // its rule and the heads
	}
	n := p.rowsThatFit(m, m.inner(), lines)
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
func (p *accountsPage) drawSheet(m *Model, f *frame, w, below int) {
	if below > p.sheet.room(m, w) && !m.low() {
		f.add("")
		below--
	}
	lines, cursor := p.sheet.draw(m, w, below)
	if cursor != nil {
		cursor.Y += len(f.lines)
		f.cursor = cursor
	}
	f.add(lines...)
}

// drawStrip speaks about the selected account, and puts the footer below.
func (p *accountsPage) drawStrip(m *Model, f *frame, w, below int) {
	a, ok := p.selected(m)
	if !ok {
		return
	}
	foot, cursor := p.foot(m, w)
	notice := m.notice(w)
	last := []string{"  " + foot}
	switch {
	case !m.low() && notice == nil:
		last = append([]string{""}, last...) // a notice that comes moves nothing
	case !m.low():
		last = append(notice, last...)
	case notice != nil && below > 1+2+len(notice):
		last = append(notice, last...)
	case notice != nil && cursor == nil:
		last = notice // for as long as it stands
	}
	room := below - 1 - len(last) // without the titled rule
	lines := m.strip(a, w, room)
	if !m.low() || len(lines) < room {
		f.add("")
		lines = m.strip(a, w, room-1)
	}
	f.add(m.stripTitle(a, w))
	f.add(lines...)
	f.bottom(m.height, last...)
	if cursor != nil {
		f.cursor = cursor
	}
}
