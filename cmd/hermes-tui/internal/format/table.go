package format

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Table writes columns that are as wide as their widest cell.
func Table(w io.Writer, rows [][]string) error {
	widths := widthsOf(rows)
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-ansi.StringWidth(cell)+gap))
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// gap is what stands between two columns.
const gap = 2

func widthsOf(rows [][]string) []int {
	if len(rows) == 0 {
		return nil
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	return widths
}

// Right moves the cells of the columns from first on to the right edge of their
// column, where numbers belong.
func Right(rows [][]string, first int) [][]string {
	widths := widthsOf(rows)
	for _, row := range rows {
		for i := first; i < len(row); i++ {
			row[i] = strings.Repeat(" ", widths[i]-ansi.StringWidth(row[i])) + row[i]
		}
	}
	return rows
}

// LeastText is the narrowest last column that is worth breaking lines for.
const LeastText = 24

// Wrap breaks the last column, which is text, so that no line is longer than
// columns; 0 breaks nothing. Where that leaves too little room, ok is false.
func Wrap(rows [][]string, columns int) (all [][]string, ok bool) {
	last := len(rows[0]) - 1
	room := columns
	for _, width := range widthsOf(rows)[:last] {
		room -= width + gap
	}
	if columns == 0 || room < LeastText {
		return rows, columns == 0
	}
	for _, row := range rows {
		for n, text := range strings.Split(ansi.Wrap(row[last], room, ""), "\n") {
			next := make([]string, last+1)
			if n == 0 {
				copy(next, row)
			}
			next[last] = strings.TrimSpace(text)
			all = append(all, next)
		}
	}
	return all, true
}
