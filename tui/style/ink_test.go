package style

import (
	"testing"

	"github.com/charmbracelet/colorprofile"
)

// Links are left out: lipgloss underlines every character by itself.
func TestInk_WritesWhatItsStyleDoes(t *testing.T) {
	for _, name := range Themes() {
		for _, profile := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor} {
			for _, bg := range []Background{Unknown, Dark, Light} {
				th := newTheme(colorsOf(name, Colors{}), profile, bg)
				for _, in := range []Inks{th.Plain, th.Selected, th.Dimmed} {
					for i, ink := range []Ink{
						in.Fg, in.Strong, in.Muted, in.Accent, in.Key, in.OK, in.Busy, in.Warn, in.Bad, in.Act, in.Alarm, in.Line, in.Code,
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
