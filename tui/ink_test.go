package tui

import (
	"testing"

	"github.com/charmbracelet/colorprofile"
)

// Links are left out: lipgloss underlines every character by itself.
func TestInk_WritesWhatItsStyleDoes(t *testing.T) {
	for _, name := range Themes() {
		for _, profile := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor} {
			for _, bg := range []background{unknown, dark, light} {
				th := newTheme(colorsOf(name, Colors{}), profile, bg)
				for _, in := range []inks{th.plain, th.selected, th.dimmed} {
					for i, ink := range []ink{
						in.fg, in.strong, in.muted, in.accent, in.key, in.ok, in.busy, in.warn, in.bad, in.act, in.alarm, in.line, in.code,
					} {
						for _, text := range []string{" ", "work", "北京团队", "● ok"} {
							if got, want := ink.Render(text), ink.style.Render(text); got != want {
								t.Fatalf("%s, ink %d: %q is written %q, want %q", name, i, text, got, want)
							}
						}
					}
				}
			}
		}
	}
}
