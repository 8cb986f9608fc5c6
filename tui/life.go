package tui

import (
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
)

// life draws a token's life as a line (issued, now, refresh point, expiry) with
// the times below it; nil when it is not known.
func (m *Model) life(a core.Account, state core.State, w, edge int) []string {
	if _, known := m.remaining(a, state); !known {
		return nil
	}
	in, g := &m.theme.plain, m.glyphs
	length := min(w-2*edge, 88)
	if length < 24 {
		return nil
	}
	inside := length - 2
	at := func(t time.Time) int {
		part := float64(t.Sub(a.ObtainedAt)) / float64(a.ExpiresAt.Sub(a.ObtainedAt))
		return int(min(max(part, 0), 1)*float64(inside-1) + 0.5)
	}
	now, refresh := at(m.now), at(a.RefreshAt())
	ink := m.lifeInk(state, in)
	rest := inside - now - 1
	line := in.muted.Render(g.from) + in.line.Render(strings.Repeat(g.empty, now)) + ink.Render(g.now)
	if over := !a.ExpiresAt.After(m.now); over {
		line = in.muted.Render(g.from) + in.line.Render(strings.Repeat(g.empty, now)) + in.muted.Render(g.now)
	}
	if refresh > now {
		line += ink.Render(strings.Repeat(g.full, refresh-now-1)) + in.muted.Render(g.refreshAt) +
			ink.Render(strings.Repeat(g.full, inside-refresh-1))
	} else {
		line += ink.Render(strings.Repeat(g.full, rest))
	}
	line += in.muted.Render(g.to)
	clock := func(t time.Time) string { return timeOfDay(t, m.now, m.o.Location, true) }
	first, last := "issued "+clock(a.ObtainedAt), "expires "+clock(a.ExpiresAt)
	if a.Shared() || a.Unrenewable {
		// Nobody refreshes it here.
	} else if long := "refresh " + clock(a.RefreshAt()) + " " + g.dot + " " + last; width(first)+2+width(long) <= length {
		last = long
	}
	if width(first)+2+width(last) > length {
		first = ""
	}
	labels := first + blank(length-width(first)-width(last)) + last
	return []string{blank(edge) + line, blank(edge) + in.muted.Render(labels)}
}
