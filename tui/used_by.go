package tui

import (
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// mostPrograms is how many programs the details list.
const mostPrograms = 12

// usedLines are the programs that used an account, with requests and tokens.
func usedLines(k *known, used []tally.Group[string], w, edge int) []string {
	in, more := &k.Theme.Plain, k.Glyphs.More
	name := 0
	for _, g := range used {
		name = max(name, cells.Width(programName(g.Of)))
	}
	fit := widget.Layout(w, widget.Column{Gap: edge, Width: min(max(name, 8), 24), Stretch: true}, widget.Column{Gap: columnGap, Width: 14},
		widget.Column{Gap: columnGap, Width: 8, Rank: 1}, widget.Column{Gap: columnGap, Width: 9, Rank: 1},
		widget.Column{Gap: columnGap, Width: 13, Rank: 2}, widget.Column{Gap: 1})
	fit[0] = min(fit[0], max(name, 8))
	lines := []string{cells.Blank(edge) + in.Strong.Render("used by")}
	for i, g := range used {
		if i == mostPrograms {
			return append(lines, cells.Blank(edge)+in.Muted.Render("and "+say.Plural(len(used)-i, "other program", "others")))
		}
		uses := say.Uses(g.Requests, 0, say.Amount)
		switch {
		case g.Requests == 1:
			uses += " " // so that the numbers stand below each other
		case g.Requests == 0 && g.Handed > 0:
			uses = "given " + say.Amount(g.Handed) // tokens, which the width has no room for
		}
		line := cells.Blank(edge) + in.Fg.Render(cells.Left(programName(g.Of), fit[0], more)) +
			in.Fg.Render(cells.Blank(columnGap)+cells.Right(uses, fit[1], more))
		for k, cell := range []struct {
			n    uint64
			noun string
		}{{g.In(), " in"}, {g.Output, " out"}, {g.Refused, " refused"}} {
			text := ""
			if cell.n > 0 {
				text = say.Amount(cell.n) + cell.noun
			}
			if fit[2+k] > 0 {
				line += in.Muted.Render(cells.Blank(columnGap) + cells.Right(text, fit[2+k], more))
			}
		}
		lines = append(lines, line)
	}
	return lines
}
