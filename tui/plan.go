package tui

import (
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

const (
	planOld    = 10 * time.Minute // from when on a reading is shown with its age
	planTight  = 75               // percent, from which on a window is worth a look
	planNearly = 98               // and from which on another account goes first
)

func planHead(c columns, in *style.Inks) string {
	if !c.plan {
		return ""
	}
	line := "  " + in.Muted.Render("PLAN USED") + cells.Blank(planWidth-9)
	if c.planBar {
		line += cells.Blank(planBarWidth + 1)
	}
	if c.resets {
		line += " " + in.Muted.Render("RESETS") + cells.Blank(resetsWidth-6)
	}
	return line
}

// planCells is the tightest window of an account's plan in the list: how much of it
// is used, as a bar and in words, and when it begins anew. It is drawn in few
// pieces, because each frame has one in every row.
func planCells(k *known, a core.Account, c columns, in *style.Inks) string {
	more, bar, ink := k.Glyphs.More, in.Fg.Render(blanks[:columnGap]), in.Fg
	words, resets := "    "+k.Glyphs.Dash, ""
	w, told := usage.Window{}, false
	if a.Plan != nil {
		r := &a.Plan.Reading
		w, told = r.Tightest(k.now)
		switch {
		case r.Blocked != "":
			words, told = "used up", false
		case told:
			words = cells.Right(usage.Percent(*w.Used), 5, more) + " " + cells.Clean(w.Name)
			if !w.Resets.IsZero() && c.resets {
				resets = "in " + say.Rough(say.Until(w.Resets, k.now))
			}
		case len(r.Balances) > 0:
			words = r.Balances[0].Words()
		}
	}
	switch {
	case c.planBar && told:
		bar = planBar(k, &w, planBarWidth, columnGap, in)
	case c.planBar:
		bar = in.Fg.Render(blanks)
	}
	words = cells.Left(words, planWidth, more)
	if c.resets {
		words += " " + cells.Left(resets, resetsWidth, more)
	}
	if told && k.now.Sub(w.Told) >= planOld {
		ink = in.Muted
	}
	return bar + ink.Render(words)
}

// blanks are the cells of a bar, with its gap and the blank behind it.
const blanks = "           "

// planBar draws how much of a window is used, after a gap and with a blank behind
// it. It is full only when all is, and empty only when nothing is.
func planBar(k *known, w *usage.Window, width, gap int, in *style.Inks) string {
	full := int(*w.Used/100*float64(width) + 0.5)
	if *w.Used > 0 {
		full = max(full, 1)
	}
	if *w.Used < 100 {
		full = min(full, width-1)
	}
	ink := in.OK
	switch {
	case k.now.Sub(w.Told) >= planOld:
		ink = in.Muted
	case *w.Used >= planNearly:
		ink = in.Bad
	case *w.Used >= planTight:
		ink = in.Warn
	}
	return ink.Render(cells.Blank(gap)+strings.Repeat(k.Glyphs.Full, full)) +
		in.Line.Render(strings.Repeat(k.Glyphs.Empty, width-full)+" ")
}

// planWords says in a few words what is left of an account's plan; empty where
// nothing is known.
func planWords(k *known, a core.Account) string {
	if a.Plan == nil {
		return ""
	}
	r := a.Plan.Reading
	w, told := r.Tightest(k.now)
	switch {
	case r.Blocked != "":
		return "used up: " + cells.Clean(r.Blocked)
	case told:
		words := cells.Clean(w.Name) + ": used " + usage.Percent(*w.Used)
		if !w.Resets.IsZero() {
			words += " " + k.Glyphs.Dot + " resets " + planSpan(w.Resets, k.now)
		}
		return words + planAge(k, w.Told)
	case len(r.Balances) > 0:
		return cells.Clean(r.Balances[0].Name) + ": " + r.Balances[0].Words() + planAge(k, r.At)
	default:
		return ""
	}
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
	if k.now.Sub(told) < planOld {
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
