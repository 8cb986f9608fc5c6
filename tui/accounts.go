package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
)

// accountsPage is the list of accounts, with a strip below it that speaks about
// the selected one, or a sheet that asks something in the strip's place.
type accountsPage struct {
	index  int      // of the selected account
	id     string   // of the selected account, which it stays when others come and go
	first  int      // first row that is shown
	rows   int      // how many rows were shown last, for paging
	menu   int      // cursor of the empty state
	sheet  sheet    // nil: the strip
	turned []string // accounts that turned to needs sign-in and were not asked about yet
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
	if p.index >= len(m.snap.Accounts) {
		return core.Account{}, false
	}
	return m.snap.Accounts[p.index], true
}

// selectAt moves the cursor to a row, or to the nearest that there is.
func (p *accountsPage) selectAt(m *Model, index int) {
	p.index = max(min(index, len(m.snap.Accounts)-1), 0)
	p.id = ""
	if a, ok := p.selected(m); ok {
		p.id = a.ID
	}
}

// selectID moves the cursor to an account, if it is there.
func (p *accountsPage) selectID(m *Model, id string) {
	for i := range m.snap.Accounts {
		if m.snap.Accounts[i].ID == id {
			p.selectAt(m, i)
			return
		}
	}
}

// follow keeps the cursor on its account when the snapshot changes.
func (p *accountsPage) follow(m *Model) {
	if p.index < len(m.snap.Accounts) && m.snap.Accounts[p.index].ID == p.id {
		return
	}
	for i := range m.snap.Accounts {
		if m.snap.Accounts[i].ID == p.id {
			p.index = i
			return
		}
	}
	p.selectAt(m, p.index)
}

func (p *accountsPage) move(m *Model, by int) tea.Cmd {
	if len(m.snap.Accounts) == 0 {
		p.menu = max(min(p.menu+by, len(p.choices(m))-1), 0)
		return nil
	}
	p.selectAt(m, p.index+by)
	return nil
}

func (p *accountsPage) update(m *Model, msg tea.Msg) tea.Cmd {
	if p.sheet != nil {
		return p.sheet.update(m, msg)
	}
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return press(p.binds(m), msg)
	}
	return nil
}

// counting looks at the rows that are shown, and no others.
func (p *accountsPage) counting(m *Model) time.Duration {
	var every time.Duration
	last := min(p.first+max(p.rows, 1), len(m.snap.Accounts))
	for i := p.first; i < last && every != time.Second; i++ {
		every = sooner(every, m.rowCounting(m.snap.Accounts[i]))
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
	if len(m.snap.Accounts) == 0 {
		p.drawEmpty(m, &f, w)
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
		f.add(m.head(c))
	}
	for i := p.first; i < p.first+p.rows && i < len(m.snap.Accounts); i++ {
		a, in := m.snap.Accounts[i], &m.theme.plain
		switch {
		case i == p.index:
			in = &m.theme.selected
			f.cursor = cursorAt(0, len(f.lines))
		case p.asking(a.ID):
		case p.sheet != nil:
			in = &m.theme.dimmed
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
		keep = 11
	case !m.low():
		keep = 1 + 2 + 3 // title, two lines, two gaps and the footer
	case w >= 76 || m.narrow():
		keep = 1 + 2 + 1
	default:
		keep = 1 + 3 + 1
	}
	return max(min(len(m.snap.Accounts), lines-keep), 1)
}

// arrange decides which rows are shown, the selected one among them.
func (p *accountsPage) arrange(m *Model) {
	lines := m.height - 1 // the header
	if !m.narrow() {
		lines -= 2 // its rule and the heads
	}
	n := p.rowsThatFit(m, m.inner(), lines)
	p.rows = n
	p.first = max(min(p.first, len(m.snap.Accounts)-n), 0)
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
	foot := m.footer(p.binds(m), w-3)
	notice := m.notice(w - 4)
	room := below - 2 // the titled rule and the footer
	if !m.low() {
		room-- // the line of notices
	}
	lines := m.strip(a, w, room)
	if len(lines) < room {
		f.add("")
		lines = m.strip(a, w, room-1)
	}
	f.add(m.stripTitle(a, p.index, w))
	f.add(lines...)
	switch {
	case !m.low():
		f.bottom(m.height, indent(notice), "  "+foot)
	case notice != "":
		f.bottom(m.height, indent(notice))
	default:
		f.bottom(m.height, "  "+foot)
	}
}

func indent(s string) string {
	if s == "" {
		return ""
	}
	return "  " + s
}
