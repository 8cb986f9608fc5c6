// Package table is the one way in which commands list things. On a terminal the
// columns are fitted to its width: each is shown whole, is cut with an ellipsis, broken
// over lines, or left out, and the terminal never breaks a line itself. In a pipe the cells are whole and set
// apart by tabs, without headings, marks and colours, so that `cut` and `awk` work.
package table

import (
	"github.com/hermes-tui/hermes-tui/core"
)

// Column is one column.
type Column struct {
	Name  string
	Least int  // cells to which it may be cut; 0: it is not cut
	Rank  int  // where there is no room, the highest is left out first; 0 never is
	Right bool // set at the right edge, where numbers belong
	// Wraps has it broken over lines in place of being cut. Columns that are less needed
	// are left out until it has so many cells, and it goes last. 0: it is one line.
	Wraps int
}

// Cell is what stands in one row of one column.
type Cell struct {
	Text  string
	Tail  string     // stands behind it, whole or not at all
	state core.State // whose mark and colours it has on a terminal
	muted bool
}

// Text is a cell with nothing but its text.
func Text(text string) Cell { return Cell{Text: text} }

// Muted is a cell that steps back: what programs read, not people.
func Muted(text string) Cell { return Cell{Text: text, muted: true} }

// State is a cell with the mark and the colours of a state.
func State(state core.State, text string) Cell { return Cell{Text: text, state: state} }

// Table is rows under headings; where no column has a name, there are none.
type Table struct {
	Columns []Column
	Rows    [][]Cell
	Indent  int // cells before each line on a terminal
}

// New is an empty table.
func New(columns ...Column) *Table { return &Table{Columns: columns} }

// Add adds a row, a cell for each column.
func (t *Table) Add(cells ...Cell) { t.Rows = append(t.Rows, cells) }

// Row is a table of that row alone, for who writes one after the other.
func (t *Table) Row(i int) *Table { return &Table{Columns: t.Columns, Rows: t.Rows[i : i+1]} }

// ID is the column of ids: the last, and the first to be left out.
func ID() Column { return Column{Name: "ID", Rank: 9} }

// Label is the column of labels, which is always there.
func Label() Column { return Column{Name: "ACCOUNT", Least: 18} }
