package tui

import (
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// stripTitle is the titled rule above the strip.
func (m *Model) stripTitle(a core.Account, w int) string {
	title := cells.Clean(a.Label)
	if !m.Narrow() {
		title += " " + m.Glyphs.Dot + " " + cells.Clean(a.ProviderName)
	}
	return m.Rule(m.Glyphs.Rule, m.Theme.Plain.Line.Render, m.Theme.Plain.Strong.Render, title,
		m.count(), w)
}

// count is the place of the cursor in the list.
func (m *Model) count() string {
	return say.Thousands(uint64(m.accounts.index+1)) + " of " + say.Thousands(uint64(len(m.accounts.order)))
}

// strip is what is said about an account in at most h lines: the sentence, what
// mends it, and where there is room the card: the token's life and facts.
func (m *Model) strip(a core.Account, w, h int) []string {
	in, state := &m.Theme.Plain, m.state(a)
	var lines []string
	mark := stateInk(in, state).Render(stateGlyph(m.Glyphs, state)) + " "
	if m.Narrow() {
		mark = ""
	}
	for i, line := range cells.Wrap(m.about(a, state), min(w-2-cells.Width(mark)-1, 76)) {
		lead := cells.Blank(cells.Width(mark))
		if i == 0 {
			lead = mark
		}
		line = lead + in.Fg.Render(line)
		lines = append(lines, "  "+line)
	}
	edge := 2 + cells.Width(mark)
	if key, text := m.cure(a, state); key != "" {
		if short, _, long := strings.Cut(text, ";"); long && cells.Width(text) > w-edge-cells.Width(key)-2 {
			text = short
		}
		lines = append(lines, cells.Blank(edge)+in.Key.Render(key)+" "+in.Muted.Render(cells.Cut(text, w-edge-cells.Width(key)-2, m.Glyphs.More)))
	}
	if text := m.trouble(a, state); text != "" {
		lines = append(lines, cells.Blank(edge)+in.Muted.Render(cells.Cut(text, w-edge-1, m.Glyphs.More)))
	}
	lines = lines[:min(len(lines), max(h, 0))]
	if life := m.life(a, state, w, edge); life != nil && len(lines)+1+len(life) <= h {
		lines = append(append(lines, ""), life...)
	}
	if m.attempts.isRow(a.ID) {
		return lines // nothing is known of it yet
	}
	if facts := m.Facts(m.shortFacts(a, state), w, edge); len(lines)+1+len(facts) <= h {
		lines = append(append(lines, ""), facts...)
		if room := h - len(lines) - 1; room > 0 {
			if happened := m.happened(a.ID, w, edge, min(room, mostEvents)); happened != nil {
				lines = append(append(lines, ""), happened...)
			}
		}
	}
	return lines
}
