package tui

import (
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// brief is what is said of an account's plan where there is room for one thing; false
// where nothing is known.
func brief(a core.Account, now time.Time) (usage.Brief, bool) {
	if a.Plan == nil {
		return usage.Brief{}, false
	}
	return a.Plan.Reading.Brief(now)
}

// planCells is the tightest window of an account's plan in the list: how much of it
// is used, as a bar and in words, and when it begins anew. It is drawn in few
// pieces, because each frame has one in every row.
func planCells(k *known, a core.Account, c columns, in *style.Inks) string {
	more, bar, ink := k.Glyphs.More, in.Fg.Render(blanks[:columnGap]), in.Fg
	words, resets := "    "+k.Glyphs.Dash, ""
	var w *usage.Window
	if b, told := brief(a, k.now); told {
		w = b.Window
		switch {
		case w != nil:
			words = cells.Right(usage.Percent(*w.Used), 5, more) + " " + cells.Clean(w.Name)
			if !w.Resets.IsZero() && c.resets {
				resets = "in " + say.Rough(say.Until(w.Resets, k.now))
			}
		case b.Blocked != "":
			words = "not served" // the card has room for the reason
		default:
			words = b.Words()
		}
		if b.Old {
			ink = in.Muted
		}
	}
	switch {
	case c.planBar && w != nil:
		bar = planBar(k, w, planBarWidth, columnGap, in)
	case c.planBar:
		bar = in.Fg.Render(blanks)
	}
	words = cells.Left(words, planWidth, more)
	if c.resets {
		words += " " + cells.Left(resets, resetsWidth, more)
	}
	return bar + ink.Render(words)
}

// blanks are the cells of a bar, with its gap and the blank behind it.
const blanks = "           "

// planBar draws how much of a window is used, after a gap and with a blank behind
// it. It is full only when all is, and empty only when nothing is.
func planBar(k *known, w *usage.Window, width, gap int, in *style.Inks) string {
	full := max(0, min(int(*w.Used/100*float64(width)+0.5), width))
	if *w.Used > 0 {
		full = max(full, 1)
	}
	if *w.Used < 100 {
		full = min(full, width-1)
	}
	ink := in.OK
	switch {
	case usage.Old(w.Told, k.now):
		ink = in.Muted
	case *w.Used >= pool.NearlyOut:
		ink = in.Bad
	case *w.Used >= usage.Tightening:
		ink = in.Warn
	}
	return ink.Render(cells.Blank(gap)+strings.Repeat(k.Glyphs.Full, full)) +
		in.Line.Render(strings.Repeat(k.Glyphs.Empty, width-full)+" ")
}

// planWords says in a few words what is left of an account's plan; empty where
// nothing is known.
func planWords(k *known, a core.Account) string {
	b, told := brief(a, k.now)
	if !told {
		return ""
	}
	words := cells.Clean(b.Words())
	if b.Window != nil && !b.Window.Resets.IsZero() {
		words += " " + k.Glyphs.Dot + " resets " + planSpan(b.Window.Resets, k.now)
	}
	return words + planAge(k, b.Told)
}

// planSpan writes how long it is until then, in no less than minutes.
func planSpan(t, now time.Time) string {
	d := say.Until(t, now)
	if d < time.Hour {
		return say.Rough(d)
	}
	return say.Span(d)
}

// planAge says how old a reading is that is not new.
func planAge(k *known, told time.Time) string {
	if !usage.Old(told, k.now) {
		return ""
	}
	return " " + k.Glyphs.Dot + " told " + say.Ago(told, k.now)
}

// planFacts are those of the card, where any plan is known.
func planFacts(k *known, a core.Account) []widget.Fact {
	if !k.places.plans {
		return nil
	}
	return []widget.Fact{fact("plan", orDash(planWords(k, a), k.Common))}
}
