package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// planLines is everything that is known of an account's plan: its windows and
// balances, when they begin anew, and when they will be used up at the pace of the
// last hour. It is nil where nothing is known.
func planLines(k *known, a core.Account, w, edge int) []string {
	if a.Plan == nil {
		return nil
	}
	in, r := &k.Theme.Plain, a.Plan.Reading.Now(k.now)
	if r.Empty() {
		return nil
	}
	head := "plan"
	if r.Plan != "" {
		head += ": " + cells.Clean(r.Plan)
	}
	head += " " + k.Glyphs.Dot + " told " + say.Ago(r.At, k.now)
	lines := []string{cells.Blank(edge) + in.Strong.Render(cells.Cut(head, w-edge-1, k.Glyphs.More))}
	if r.Blocked != "" {
		lines = append(lines, cells.Blank(edge)+in.Fg.Render(cells.Cut(cells.Clean(r.Blocked), w-edge-1, k.Glyphs.More)))
	}
	name, bar := planName(r), 0
	if w >= 70 {
		bar = planBarWidth + 2
	}
	rest := w - edge - name - bar - 3
	for _, one := range r.Windows {
		line := in.Muted.Render(cells.Left(cells.Clean(one.Title()), name, k.Glyphs.More) + "  ")
		if bar > 0 && one.Used != nil {
			line += planBar(k, &one, planBarWidth, 0, in) + " "
		} else {
			line += cells.Blank(bar)
		}
		words, runway := windowWords(k, one, r.At), planRunway(k, a, one)
		if joined := words + " " + k.Glyphs.Dot + " " + runway; runway != "" && cells.Width(joined) <= rest {
			words, runway = joined, ""
		}
		lines = append(lines, cells.Blank(edge)+line+in.Fg.Render(cells.Cut(words, rest, k.Glyphs.More)))
		if runway != "" {
			lines = append(lines, cells.Blank(edge+name+bar+2)+in.Fg.Render(cells.Cut(runway, rest, k.Glyphs.More)))
		}
	}
	for _, b := range r.Balances {
		lines = append(lines, cells.Blank(edge)+in.Muted.Render(cells.Left(cells.Clean(b.Name), name, k.Glyphs.More)+"  ")+
			in.Fg.Render(cells.Cut(b.Words(), w-edge-name-3, k.Glyphs.More)))
	}
	if words := r.BankedWords(); words != "" {
		if len(r.UsedUp(k.now)) > 0 {
			words += " " + k.Glyphs.Dot + " u uses one"
		}
		lines = append(lines, cells.Blank(edge)+in.Muted.Render(cells.Left("resets", max(name, 6), k.Glyphs.More)+"  ")+in.Fg.Render(words))
	}
	return lines
}

// planName is how wide the names of windows and balances are.
func planName(r usage.Reading) (width int) {
	for _, w := range r.Windows {
		width = max(width, cells.Width(cells.Clean(w.Title())))
	}
	for _, b := range r.Balances {
		width = max(width, cells.Width(cells.Clean(b.Name)))
	}
	return min(width, 16)
}

// windowWords says how much of a window is used and what becomes of it.
func windowWords(k *known, w usage.Window, at time.Time) string {
	words := "not told"
	if w.Used != nil {
		words = "used " + usage.Percent(*w.Used)
	}
	if w.Count != nil && w.Limit != nil {
		words += fmt.Sprintf(" (%s of %s)", usage.Number(*w.Count), usage.Number(*w.Limit))
	}
	if !w.Resets.IsZero() {
		words += " " + k.Glyphs.Dot + " resets " + planSpan(w.Resets, k.now)
	}
	if w.Told.Before(at) { // another one was told since
		words += planAge(k, w.Told)
	}
	return words
}

// planRunway says when a window will be used up, where that can be said.
func planRunway(k *known, a core.Account, w usage.Window) string {
	empty, ok := a.Plan.Runway(w, k.now)
	if !ok {
		return ""
	}
	return "empty about " + say.TimeOfDay(empty, k.now, k.location, false) + " at this pace"
}

// planSums are what is left of the windows of a pool's plans, in words: "5h 1.4 of 3",
// "week 2.1 of 3".
func planSums(sums []accounts.PlanSum) (words []string) {
	for _, s := range sums {
		words = append(words, cells.Clean(s.Words()))
	}
	return words
}

// planSumWords are those sums in at most w cells: as many as there is room for.
func planSumWords(sums []string, w int) string {
	for n := len(sums); n > 0; n-- {
		if words := "plans left: " + strings.Join(sums[:n], ", "); cells.Width(words) <= w {
			return words
		}
	}
	return ""
}
