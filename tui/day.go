package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// dayCell is what became of an account in one of the equal parts of a day.
type dayCell struct {
	tally.Counts
	refreshed uint64
}

// day is the last 24 hours of an account, in equal parts of which the last one goes
// on now.
type day struct {
	begin time.Time
	each  time.Duration
	cells []dayCell
	used  []tally.Group[string] // by program
}

// dayParts are in how many parts a day may be shown: of 20 minutes, 40, and an hour.
var dayParts = [...]int{72, 36, 24}

// dayOf is an account's last day in n parts, by what was counted of it, with the
// refreshes of its history.
func dayOf(rows []tally.Row, history []record.Event, now time.Time, n int) day {
	d := day{each: 24 * time.Hour / time.Duration(n), cells: make([]dayCell, n)}
	d.begin = now.Truncate(d.each).Add(-time.Duration(n-1) * d.each)
	part := func(t time.Time) (*dayCell, bool) {
		if t.Before(d.begin) || !t.Before(d.begin.Add(24*time.Hour)) {
			return nil, false
		}
		return &d.cells[t.Sub(d.begin)/d.each], true
	}
	var of []tally.Row
	for _, row := range rows {
		if cell, ok := part(row.Slot); ok {
			cell.Counts = cell.Plus(row.Counts)
			of = append(of, row)
		}
	}
	d.used = tally.Groups(of, func(r tally.Row) string { return r.Program })
	for _, e := range history {
		if e.Kind != record.EventRefreshed {
			continue
		}
		if cell, ok := part(e.At); ok {
			cell.refreshed++
		}
	}
	return d
}

// most is the most requests of one part.
func (d day) most() uint64 {
	return slices.MaxFunc(d.cells, func(a, b dayCell) int { return int(a.Requests) - int(b.Requests) }).Requests
}

// bars are the requests of each part as heights, a blank for none.
func (d day) bars(glyphs []rune) string {
	var b strings.Builder
	most, heights := d.most(), uint64(len(glyphs))
	for _, c := range d.cells {
		if c.Requests == 0 {
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(glyphs[(c.Requests*heights+most-1)/most-1]) // the least is seen, too
	}
	return b.String()
}

// dayLines draws the last 24 hours of an account and the programs that used it; nil
// where nothing was counted.
func dayLines(k *known, id string, w, edge int) []string {
	n := dayParts[len(dayParts)-1]
	for _, parts := range dayParts {
		if parts <= w-2*edge {
			n = parts
			break
		}
	}
	var history []record.Event
	if k.events.id == id {
		history = k.events.list
	}
	d := dayOf(k.tallies.of[id], history, k.now, n)
	if len(d.used) == 0 {
		return nil
	}
	in, lead := &k.Theme.Plain, cells.Blank(edge)
	lines := []string{lead + in.Strong.Render("last 24 hours") + in.Muted.Render(" "+k.Glyphs.Dot+" "+partWords(d.each)+" each")}
	lines = append(lines, lead+in.OK.Render(d.bars(k.Glyphs.Bars)))
	if marks := dayMarks(k, d); marks != "" {
		lines = append(lines, lead+marks)
	}
	from := say.TimeOfDay(d.begin, k.now, k.location, false)
	lines = append(lines, lead+in.Muted.Render(from+cells.Blank(n-cells.Width(from)-3)+"now"))
	words := ""
	for _, part := range dayWords(k, d) { // none is broken
		switch joined := words + " " + k.Glyphs.Dot + " " + part; {
		case words == "":
			words = part
		case cells.Width(joined) < w-edge:
			words = joined
		default:
			lines = append(lines, lead+in.Fg.Render(words))
			words = part
		}
	}
	lines = append(lines, lead+in.Fg.Render(cells.Cut(words, w-edge-1, k.Glyphs.More)))
	return append(append(lines, ""), usedLines(k, d.used, w, edge)...)
}

// dayMarks are the parts in which the account refused, or else its token was
// refreshed; empty for none.
func dayMarks(k *known, d day) string {
	in, line, blank := &k.Theme.Plain, "", 0
	for _, c := range d.cells {
		switch {
		case c.Refused > 0:
			line += cells.Blank(blank) + in.Warn.Render(k.Glyphs.Waiting)
		case c.refreshed > 0:
			line += cells.Blank(blank) + in.Busy.Render(k.Glyphs.Busy)
		default:
			blank++
			continue
		}
		blank = 0
	}
	return line
}

// dayWords say what the strip shows.
func dayWords(k *known, d day) []string {
	var all dayCell
	for _, c := range d.cells {
		all.Counts, all.refreshed = all.Plus(c.Counts), all.refreshed+c.refreshed
	}
	parts := []string{say.Uses(all.Requests, all.Handed, say.Thousands)}
	if most := d.most(); most > 0 && most < all.Requests {
		parts[0] += ", at most " + say.Thousands(most) + " in " + partWords(d.each)
	}
	if all.Refused > 0 {
		parts = append(parts, say.Thousands(all.Refused)+" refused ("+k.Glyphs.Waiting+")")
	}
	if all.refreshed > 0 {
		parts = append(parts, "refreshed "+times(all.refreshed)+" ("+k.Glyphs.Busy+")")
	}
	return parts
}

// partWords is how long a part of a day is.
func partWords(d time.Duration) string {
	if d == time.Hour {
		return "an hour"
	}
	return say.Plural(int(d/time.Minute), "minute", "minutes")
}

func times(n uint64) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	default:
		return say.Thousands(n) + " times"
	}
}
