package tui

import (
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
)

// stripTitle is the titled rule above the strip.
func (m *Model) stripTitle(a core.Account, w int) string {
	title := clean(a.Label)
	if !m.narrow() {
		title += " " + m.glyphs.dot + " " + clean(a.ProviderName)
	}
	return m.rule(m.glyphs.rule, m.theme.plain.line.Render, m.theme.plain.strong.Render, title,
		m.count(), w)
}

// count is the place of the cursor in the list.
func (m *Model) count() string {
	return thousands(uint64(m.accounts.index+1)) + " of " + thousands(uint64(len(m.accounts.order)))
}

// strip is what is said about an account in at most h lines: the sentence, what
// mends it, and where there is room the card: the token's life and facts.
func (m *Model) strip(a core.Account, w, h int) []string {
	in, state := &m.theme.plain, m.state(a)
	var lines []string
	mark := in.glyph(state).Render(m.glyphs.state[state]) + " "
	if m.narrow() {
		mark = ""
	}
	for i, line := range wrap(m.about(a, state), min(w-2-width(mark)-1, 76)) {
		lead := blank(width(mark))
		if i == 0 {
			lead = mark
		}
		line = lead + in.fg.Render(line)
		lines = append(lines, "  "+line)
	}
	edge := 2 + width(mark)
	if key, text := m.cure(a, state); key != "" {
		if short, _, long := strings.Cut(text, ";"); long && width(text) > w-edge-width(key)-2 {
			text = short
		}
		lines = append(lines, blank(edge)+in.key.Render(key)+" "+in.muted.Render(cut(text, w-edge-width(key)-2, m.glyphs.more)))
	}
	if text := m.trouble(a, state); text != "" {
		lines = append(lines, blank(edge)+in.muted.Render(cut(text, w-edge-1, m.glyphs.more)))
	}
	lines = lines[:min(len(lines), max(h, 0))]
	if life := m.life(a, state, w, edge); life != nil && len(lines)+1+len(life) <= h {
		lines = append(append(lines, ""), life...)
	}
	if m.attempts.isRow(a.ID) {
		return lines // nothing is known of it yet
	}
	if facts := m.facts(m.shortFacts(a, state), w, edge); len(lines)+1+len(facts) <= h {
		lines = append(append(lines, ""), facts...)
		if room := h - len(lines) - 1; room > 0 {
			if happened := m.happened(a.ID, w, edge, min(room, mostEvents)); happened != nil {
				lines = append(append(lines, ""), happened...)
			}
		}
	}
	return lines
}
