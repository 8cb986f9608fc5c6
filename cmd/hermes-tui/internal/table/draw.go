package table

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/tui"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// Look is where a table is shown.
type Look struct {
	Columns int          // of the terminal; 0 is a pipe
	Inks    *style.Inks  // of no colour where there is none
	Theme   *style.Theme // nil where there is no colour
	Glyphs  *style.Glyphs
	Plain   bool // a state is its word alone, as a screen reader says it
}

// Lines are the lines of the table, headings first, each with its end.
func (t *Table) Lines(look Look) string {
	if look.Columns == 0 {
		return t.tabbed()
	}
	heads, named := make([]Cell, len(t.Columns)), false
	for i, c := range t.Columns {
		heads[i], named = Muted(c.Name), named || c.Name != ""
	}
	if !named {
		return t.Body(look)
	}
	return t.drawn([][]Cell{heads}, look) + t.Body(look)
}

// Body is the table without its headings.
func (t *Table) Body(look Look) string {
	if look.Columns == 0 {
		return t.tabbed()
	}
	return t.drawn(t.Rows, look)
}

// Whole reports whether the lines fit without cutting a column or leaving it out.
func (t *Table) Whole(column int, look Look) bool {
	natural := t.natural(look)
	widths := fit(t.Columns, natural, look.Columns-t.Indent)
	return look.Columns == 0 || widths[column] == natural[column] && t.Indent+total(widths) <= look.Columns
}

func (t *Table) drawn(rows [][]Cell, look Look) string {
	widths := fit(t.Columns, t.natural(look), look.Columns-t.Indent)
	var all strings.Builder
	for _, row := range rows {
		t.row(&all, row, widths, look)
	}
	return all.String()
}

// tabbed is the table for a program.
func (t *Table) tabbed() string {
	var all strings.Builder
	for _, row := range t.Rows {
		for i, cell := range row {
			if i > 0 {
				all.WriteByte('\t')
			}
			all.WriteString(format.OneLine(cell.Text + cell.Tail))
		}
		all.WriteByte('\n')
	}
	return all.String()
}

// natural is how wide each column is when nothing is cut.
func (t *Table) natural(look Look) []int {
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = ansi.StringWidth(c.Name)
	}
	for _, row := range t.Rows {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(cell.mark(look)+format.OneLine(cell.Text)+cell.Tail))
		}
	}
	return widths
}

// row writes the lines of a row: more than one where a column wraps.
func (t *Table) row(to *strings.Builder, row []Cell, widths []int, look Look) {
	row = slices.Clone(row)
	more := make([][]string, len(row)) // lines below the first
	below := 0
	for i, c := range t.Columns {
		if c.Wraps > 0 && widths[i] != leftOut {
			lines := cells.Wrap(format.OneLine(row[i].Text), widths[i])
			row[i].Text, more[i] = lines[0], lines[1:]
			below = max(below, len(more[i]))
		}
	}
	t.line(to, row, widths, look)
	for n := range below {
		for i := range row {
			row[i] = Cell{}
			if n < len(more[i]) {
				row[i].Text = more[i][n]
			}
		}
		t.line(to, row, widths, look)
	}
}

// line writes one line. Blanks that end it are left out, so that nothing is
// selected with it.
func (t *Table) line(to *strings.Builder, row []Cell, widths []int, look Look) {
	var line strings.Builder
	blanks := t.Indent
	for i, cell := range row {
		if widths[i] == leftOut {
			continue
		}
		mark := cell.mark(look)
		text := cell.cut(widths[i]-ansi.StringWidth(mark), look.Glyphs.More)
		free := widths[i] - ansi.StringWidth(mark+text)
		if t.Columns[i].Right {
			blanks, free = blanks+free, 0
		}
		if mark+text != "" {
			line.WriteString(strings.Repeat(" ", blanks) + cell.drawn(mark, text, look))
			blanks = 0
		}
		blanks += free + gap
	}
	to.WriteString(ansi.Truncate(line.String(), look.Columns, look.Glyphs.More))
	to.WriteByte('\n')
}

// cut is the cell's text in so many cells, with its tail while enough of the text is
// left beside it.
func (c Cell) cut(room int, more string) string {
	const enough = 8
	text, tail := format.OneLine(c.Text), c.Tail
	if beside := room - ansi.StringWidth(tail); beside < min(enough, ansi.StringWidth(text)) {
		tail = ""
	}
	return ansi.Truncate(text, max(room-ansi.StringWidth(tail), 0), more) + tail
}

// mark is the mark of the cell's state, with the blank behind it.
func (c Cell) mark(look Look) string {
	if mark := tui.StateGlyph(look.Glyphs, c.state); mark != "" && !look.Plain {
		return mark + " "
	}
	return ""
}

// drawn is what is shown of the cell, in its colours.
func (c Cell) drawn(mark, text string, look Look) string {
	switch {
	case c.state != "":
		of, word := tui.StateInks(look.Inks, c.state)
		return of.Render(mark) + word.Render(text)
	case c.muted:
		return look.Inks.Muted.Render(text)
	default:
		return text
	}
}
