package tui

import (
	"strings"

	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// topColumns are the columns of a span.
var topColumns = [...]struct {
	name       string
	gap, width int
	count      func(tally.Counts) uint64
}{
	{"REQUESTS", 2, 8, func(n tally.Counts) uint64 { return n.Requests }},
	{"IN", 2, 5, tally.Counts.In},
	{"OUT", 1, 5, func(n tally.Counts) uint64 { return n.Output }},
	{"REFUSED", 2, 7, func(n tally.Counts) uint64 { return n.Refused }},
}

// refusedColumn is the place of the refusals among them.
const refusedColumn = len(topColumns) - 1

// topTable is which columns there is room for, and how wide they are.
type topTable struct {
	account, program int
	order            [spans]span                  // of the spans, from the left
	shown            [spans][len(topColumns)]bool // of the spans in that order
}

// topTableFor shares w cells. As a window gets narrower, the second span goes:
// refusals, requests, tokens; then of the first: refusals, tokens.
func topTableFor(w int, first span) topTable {
	ranks := [spans][len(topColumns)]int{{0, 2, 2, 3}, {5, 4, 4, 6}}
	columns := []widget.Column{
		{Gap: 2, Width: leastAccount, Stretch: true},
		{Gap: columnGap, Width: max(10, min(w/6, 18))},
	}
	for i := range spans {
		for k, c := range topColumns {
			columns = append(columns, widget.Column{Gap: c.gap, Width: c.width, Rank: ranks[i][k]})
		}
	}
	widths := widget.Layout(w, append(columns, widget.Column{Gap: 1})...)
	t := topTable{account: min(widths[0], 40), program: widths[1], order: [spans]span{first, first.other()}}
	for i, width := range widths[2 : 2+int(spans)*len(topColumns)] {
		t.shown[i/len(topColumns)][i%len(topColumns)] = width > 0
	}
	return t
}

// heads are the lines of the column heads: the spans, and what is counted.
func (t topTable) heads(k *known) []string {
	in := &k.Theme.Plain
	lead := 2 + t.account + columnGap + t.program
	above := cells.Blank(lead)
	below := "  " + in.Muted.Render(cells.Left("ACCOUNT", t.account, "")+cells.Blank(columnGap)+cells.Left("PROGRAM", t.program, ""))
	for i, s := range t.order {
		ink := in.Muted
		if i == 0 {
			ink = in.Strong
		}
		title, gap, width := strings.ToUpper(s.words()), 0, 0
		for c, column := range topColumns {
			if !t.shown[i][c] {
				continue
			}
			if width == 0 {
				gap, width = column.gap, -column.gap
			}
			width += column.gap + column.width
			below += cells.Blank(column.gap) + in.Muted.Render(cells.Right(column.name, column.width, ""))
		}
		if width > 0 {
			above += cells.Blank(gap+min(width-len(title), 0)) + ink.Render(cells.Left(title, max(width, len(title)), ""))
		}
	}
	return []string{above, below}
}

// row is a line of counts. An account that is gone has its id only.
func (t topTable) row(k *known, account, program string, counts [spans]tally.Counts, ink style.Ink) string {
	in, more, name := &k.Theme.Plain, k.Glyphs.More, ink
	if a, ok := k.snap.Find(account); ok {
		account = a.Label
	} else if program != "" {
		name = in.Muted
	}
	line := "  " + name.Render(cells.Left(cells.Clean(account), t.account, more)) + cells.Blank(columnGap) +
		ink.Render(cells.Left(program, t.program, more))
	for i, s := range t.order {
		for c, column := range topColumns {
			if !t.shown[i][c] {
				continue
			}
			number, text := ink, k.Glyphs.Dash
			switch n := column.count(counts[s]); {
			case n == 0:
				number = in.Muted
			case c == refusedColumn:
				number, text = in.Strong, say.Amount(n)
			default:
				text = say.Amount(n)
			}
			line += cells.Blank(column.gap) + number.Render(cells.Right(text, column.width, more))
		}
	}
	return line
}
