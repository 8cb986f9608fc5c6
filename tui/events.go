package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// events are what has happened to one account, newest last, as of a snapshot.
// They are read beside the window, for the account that the screen speaks
// about.
type events struct {
	id     string
	number uint64 // of the snapshot
	list   []record.Event
	busy   bool
}

// eventsMsg brings them.
type eventsMsg struct {
	id     string
	number uint64
	list   []record.Event
}

// subject is the account whose events are shown, empty for none.
func (m *Model) subject() string {
	if d, ok := m.top().(*detailsPage); ok {
		return d.id
	}
	if len(m.stack) == 0 && m.accounts.sheet == nil && !m.attempts.isRow(m.accounts.id) {
		return m.accounts.id
	}
	return ""
}

// recall reads the events that are shown, unless they have been read.
func (m *Model) recall() tea.Cmd {
	id, number := m.subject(), m.snap.Number
	if id == "" || m.events.busy || m.events.id == id && m.events.number == number {
		return nil
	}
	m.events.busy = true
	backend := m.o.Backend
	return func() tea.Msg {
		list, _ := backend.History(id) // what cannot be read is not shown
		return eventsMsg{id, number, list}
	}
}

func (msg eventsMsg) arrive(win *window) tea.Cmd {
	win.events = events{msg.id, msg.number, msg.list, false}
	return nil
}

// happened lists at most n events of the account, the newest first.
func (k telling) happened(id string, w, edge, n int) []string {
	if k.events.id != id {
		return nil
	}
	in, more := &k.Theme.Plain, k.Glyphs.More
	const when, what = 12, 20
	var lines []string
	for i := len(k.events.list) - 1; i >= 0 && len(lines) < n; i-- {
		e := k.events.list[i]
		at := say.TimeOfDay(e.At, k.now, k.location, true)
		if days := say.DayOf(e.At.In(k.location), k.now.In(k.location)); days != "" {
			at = strings.TrimSpace(days)
		}
		line := cells.Blank(edge) + in.Muted.Render(cells.Left(at, when, more)+" ") + in.Fg.Render(cells.Left(e.Words(), what, more)+" ")
		lines = append(lines, line+in.Muted.Render(cells.Cut(k.eventDetail(e), w-edge-when-what-4, more)))
	}
	return lines
}

// eventDetail is what else is known of an event.
func (k telling) eventDetail(e record.Event) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if !e.Expires.IsZero() && e.Expires.After(e.At) {
		// What a person wants to know; the fingerprints of the tokens come last.
		add("good for " + say.Rough(e.Expires.Sub(e.At).Round(1e9)))
		add(cells.Clean(e.Program))
		add(cells.Clean(e.Detail()))
	} else {
		add(cells.Clean(e.Detail()))
		add(cells.Clean(e.Program))
	}
	text := strings.Join(parts, " · ")
	if k.Glyphs.ASCII {
		text = strings.NewReplacer("·", "-", "→", ">").Replace(text)
	}
	return text
}
