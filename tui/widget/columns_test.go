package widget

import (
	"testing"

	"pgregory.net/rapid"
)

// The columns that are there fill the width, unless even those that never go are
// wider; and of those that may go, one of a lower rank is there as long as one of
// a higher rank is.
func TestLayout_SharesTheWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.IntRange(0, 20)
		var columns []Column
		for rank := range rapid.IntRange(1, 6).Draw(t, "columns") {
			columns = append(columns, Column{Gap: small.Draw(t, "gap"), Width: 1 + small.Draw(t, "width"), Rank: rank})
		}
		at := rapid.IntRange(0, len(columns)-1).Draw(t, "stretches")
		columns[at].Stretch, columns[at].Rank = true, 0
		w := rapid.IntRange(0, 160).Draw(t, "w")
		widths := Layout(w, columns...)
		total, gone := 0, false
		for i, c := range columns {
			if !c.Stretch && c.Rank > 0 {
				if gone && widths[i] > 0 {
					t.Fatalf("%v in %d cells is %v: a less important column stays", columns, w, widths)
				}
				gone = gone || widths[i] == 0
			}
			if widths[i] > 0 || c.Stretch || c.Rank == 0 {
				total += c.Gap + widths[i]
			}
		}
		if widths[at] > 0 && total != w {
			t.Fatalf("%v in %d cells is %v, which takes %d", columns, w, widths, total)
		}
		if !gone && widths[at] < columns[at].Width && len(columns) > 2 {
			t.Fatalf("%v in %d cells is %v: what may go stays", columns, w, widths)
		}
	})
}
