package table

// gap is the cells between two columns.
const gap = 2

// narrowest is how narrow a column may become that is broken over lines: below that they
// are too many to be read.
const narrowest = 8

// leftOut is the width of a column that is not shown.
const leftOut = -1

// fit returns how wide each column is so that a line has at most room cells:
// what is least needed is left out, then what is widest is cut. Where even that
// leaves too much, the columns that may be cut go below their least.
func fit(columns []Column, natural []int, room int) []int {
	widths := append([]int(nil), natural...)
	least := make([]int, len(widths))
	needed := 0 // what wraps is more so than what is ranked higher
	for i, c := range columns {
		least[i] = natural[i]
		if c.Least > 0 {
			least[i] = min(natural[i], max(c.Least, c.Wraps))
		}
		if c.Wraps > 0 {
			needed = c.Rank
		}
	}
	leaveOut(columns, widths, least, needed, room)
	for i, c := range columns {
		if c.Wraps > 0 && total(least) > room {
			least[i] = min(natural[i], c.Least)
		}
	}
	leaveOut(columns, widths, least, 0, room)
	for i, c := range columns {
		if c.Wraps == 0 || total(least) <= room {
			continue
		}
		if least[i] = min(least[i], narrowest); total(least) > room && c.Rank > 0 {
			widths[i], least[i] = leftOut, leftOut
		}
	}
	cut(widths, least, room)
	for i, c := range columns {
		if c.Least > 0 && least[i] > 1 {
			least[i] = 1
		}
	}
	cut(widths, least, room)
	return widths
}

// leaveOut leaves columns out that are ranked above one, until the others fit.
func leaveOut(columns []Column, widths, least []int, above, room int) {
	for total(least) > room {
		i := highest(columns, least)
		if i < 0 || columns[i].Rank <= above {
			return
		}
		widths[i], least[i] = leftOut, leftOut
	}
}

// highest is the column that is left out next, -1 where each has to stay.
func highest(columns []Column, widths []int) int {
	found := -1
	for i, c := range columns {
		if c.Rank > 0 && c.Wraps == 0 && widths[i] != leftOut && (found < 0 || c.Rank > columns[found].Rank) {
			found = i
		}
	}
	return found
}

// cut takes cells from the widest columns.
func cut(widths, least []int, room int) {
	for over := total(widths) - room; over > 0; over-- {
		widest := -1
		for i, w := range widths {
			if w > least[i] && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

// total is the cells of a line.
func total(widths []int) int {
	n := 0
	for _, w := range widths {
		if w != leftOut {
			n += w + gap
		}
	}
	return max(n-gap, 0)
}
