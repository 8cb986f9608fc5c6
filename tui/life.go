package tui

import (
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// life draws a token's life as a line (issued, now, refresh point, expiry) with
// the times below it; nil when it is not known.
func (k *known) life(a core.Account, state core.State, w, edge int) []string {
	if _, known := k.remaining(a, state); !known {
		return nil
	}
	in, g := &k.Theme.Plain, k.Glyphs
	length := min(w-2*edge, 88)
	if length < 24 {
		return nil
	}
	inside := length - 2
	at := func(t time.Time) int {
		part := float64(t.Sub(a.ObtainedAt)) / float64(a.ExpiresAt.Sub(a.ObtainedAt))
		return int(min(max(part, 0), 1)*float64(inside-1) + 0.5)
	}
	now, refresh := at(k.now), at(a.RefreshAt())
	ink := k.lifeInk(state, in)
	rest := inside - now - 1
	line := in.Muted.Render(g.From) + in.Line.Render(strings.Repeat(g.Empty, now)) + ink.Render(g.Now)
	if over := !a.ExpiresAt.After(k.now); over {
		line = in.Muted.Render(g.From) + in.Line.Render(strings.Repeat(g.Empty, now)) + in.Muted.Render(g.Now)
	}
	if refresh > now {
		line += ink.Render(strings.Repeat(g.Full, refresh-now-1)) + in.Muted.Render(g.RefreshAt) +
			ink.Render(strings.Repeat(g.Full, inside-refresh-1))
	} else {
		line += ink.Render(strings.Repeat(g.Full, rest))
	}
	line += in.Muted.Render(g.To)
	clock := func(t time.Time) string { return say.TimeOfDay(t, k.now, k.location, true) }
	first, last := "issued "+clock(a.ObtainedAt), "expires "+clock(a.ExpiresAt)
	if a.Shared() || a.Unrefreshable {
		// Nobody refreshes it here.
	} else if long := "refresh " + clock(a.RefreshAt()) + " " + g.Dot + " " + last; cells.Width(first)+2+cells.Width(long) <= length {
		last = long
	}
	if cells.Width(first)+2+cells.Width(last) > length {
		first = ""
	}
	labels := first + cells.Blank(length-cells.Width(first)-cells.Width(last)) + last
	return []string{cells.Blank(edge) + line, cells.Blank(edge) + in.Muted.Render(labels)}
}
