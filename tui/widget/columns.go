package widget

// Column is a column of a table. One of a table stretches over what the others
// leave.
type Column struct {
	Gap     int // blank cells before it
	Width   int // in cells; of the one that stretches: what it wants at the least
	Stretch bool
	Rank    int // zero: it is always there; of the others the highest goes first
}

// Layout shares w cells among columns and returns how wide each is, zero for one
// that is left out. Columns with a rank go until the one that stretches has what
// it wants.
func Layout(w int, columns ...Column) []int {
	widths := make([]int, len(columns))
	rest, least, stretch, highest := w, 0, -1, 0
	for i, c := range columns {
		rest -= c.Gap
		if c.Stretch {
			stretch, least = i, c.Width
			continue
		}
		rest -= c.Width
		widths[i], highest = c.Width, max(highest, c.Rank)
	}
	for ; highest > 0 && rest < least; highest-- {
		for i, c := range columns {
			if c.Rank == highest {
				rest += c.Gap + c.Width
				widths[i] = 0
			}
		}
	}
	if stretch >= 0 {
		widths[stretch] = max(rest, 0)
	}
	return widths
}
