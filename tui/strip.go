package tui

import (
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// stripTitle is the titled rule above the strip.
func (win *window) stripTitle(a core.Account, w int) string {
	title := cells.Clean(a.Label)
	if !win.Narrow() {
		title += " " + win.Glyphs.Dot + " " + cells.Clean(a.ProviderName)
	}
	return win.Rule(win.Glyphs.Rule, win.Theme.Plain.Line.Render, win.Theme.Plain.Strong.Render, title,
		win.count(), w)
}

// count is the place of the cursor in the list.
func (win *window) count() string {
	return say.Thousands(uint64(win.accounts.index+1)) + " of " + say.Thousands(uint64(len(win.accounts.order)))
}

// strip is what is said about an account in at most h lines: the sentence, what
// repairs it, and where there is room the card: the token's life and facts.
func (win *window) strip(a core.Account, w, h int) []string {
	in, state := &win.Theme.Plain, win.state(a)
	var lines []string
	mark := stateInk(in, state).Render(StateGlyph(win.Glyphs, state)) + " "
	if win.Narrow() {
		mark = ""
	}
	for i, line := range cells.Wrap(win.about(a, state), min(w-2-cells.Width(mark)-1, 76)) {
		lead := cells.Blank(cells.Width(mark))
		if i == 0 {
			lead = mark
		}
		line = lead + in.Fg.Render(line)
		lines = append(lines, "  "+line)
	}
	edge := 2 + cells.Width(mark)
	if key, text := win.cure(a, state); key != "" {
		if short, _, long := strings.Cut(text, ";"); long && cells.Width(text) > w-edge-cells.Width(key)-2 {
			text = short
		}
		lines = append(lines, cells.Blank(edge)+in.Key.Render(key)+" "+in.Muted.Render(cells.Cut(text, w-edge-cells.Width(key)-2, win.Glyphs.More)))
	}
	if text := win.trouble(a, state); text != "" {
		lines = append(lines, cells.Blank(edge)+in.Muted.Render(cells.Cut(text, w-edge-1, win.Glyphs.More)))
	}
	lines = lines[:min(len(lines), max(h, 0))]
	if life := win.life(a, state, w, edge); life != nil && len(lines)+1+len(life) <= h {
		lines = append(append(lines, ""), life...)
	}
	if t := win.attempts.of(a.ID); t != nil && t.code != nil && t.failed == nil {
		return append(lines, t.approval(win.Common, w, edge, h-len(lines))...)
	}
	if win.attempts.isRow(a.ID) {
		return lines // nothing is known of it yet
	}
	facts := win.Facts(win.shortFacts(a, state), w, edge)
	if words := planWords(win.known, a); words != "" && len(lines)+1+len(facts) > h && len(lines) < h {
		lines = append(lines, cells.Blank(edge)+in.Muted.Render(cells.Cut("plan "+words, w-edge-1, win.Glyphs.More)))
	}
	if len(lines)+1+len(facts) <= h {
		lines = append(append(lines, ""), facts...)
		if room := h - len(lines) - 1; room > 0 {
			if happened := win.tell().happened(a.ID, w, edge, min(room, mostEvents)); happened != nil {
				lines = append(append(lines, ""), happened...)
			}
		}
	}
	return lines
}
