package tui

import (
	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// columnHead is the head of a column: what it says, and how the list is sorted by it.
type columnHead struct {
	name  string
	by    sorting // byPool: it is not
	gap   int     // blank cells before it
	width int
	right bool // it stands at the right end of the column
}

// columnHeads are the heads of the columns that are shown, from left to right.
func columnHeads(c columns) []columnHead {
	heads := []columnHead{
		{"ACCOUNT", byLabel, 2, c.account, false}, {"PROVIDER", byProvider, columnGap, c.provider, false},
		{"STATE", byTrouble, columnGap, stateWidth, false}, {"EXPIRES", byExpiry, 1, expiresWidth, true},
	}
	add := func(shown bool, head columnHead) {
		if shown {
			heads = append(heads, head)
		}
	}
	add(c.left, columnHead{"LEFT", byPool, columnGap, leftWidth, false})
	planned := planWidth
	if c.planBar {
		planned += planBarWidth + 1
	}
	add(c.plan, columnHead{"PLAN USED", byPool, columnGap, planned, false})
	add(c.resets, columnHead{"RESETS", byPool, 1, resetsWidth, false})
	add(c.used, columnHead{"USED", byUse, columnGap, usedWidth, false})
	add(c.usedBy, columnHead{"USED BY", byPool, columnGap, usedByWidth, false})
	add(c.host > 0, columnHead{"HOST", byPool, columnGap, c.host, false})
	add(c.pool, columnHead{"POOL", byPool, columnGap, poolWidth, false})
	return heads
}

// head is the line of column heads. The one that the list is sorted by is bold, with an
// arrow beside it: up where the least comes first.
func head(win *window, c columns, by sorting) string {
	in, line := &win.Theme.Plain, ""
	for _, h := range columnHeads(c) {
		text, ink := h.name, in.Muted
		if h.by == by && by != byPool {
			arrow := win.Glyphs.Up
			if by == byUse {
				arrow = win.Glyphs.Down
			}
			text, ink = text+" "+arrow, in.Strong
		}
		pad := cells.Blank(h.width - cells.Width(text))
		line += cells.Blank(h.gap)
		if h.right {
			line += pad + ink.Render(text)
		} else {
			line += ink.Render(text) + pad
		}
	}
	return line
}

// headAt is the order that the head in a column of the screen stands for.
func headAt(c columns, x int) (sorting, bool) {
	at := 0
	for _, h := range columnHeads(c) {
		at += h.gap
		if x >= at && x < at+h.width {
			return h.by, h.by != byPool
		}
		at += h.width
	}
	return byPool, false
}
