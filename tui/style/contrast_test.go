package style

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/lucasb-eyer/go-colorful"
)

// The backgrounds that people have: what terminals and common schemes bring.
var (
	darkGrounds = map[string]string{
		"black": "#000000", "VS Code": "#1E1E1E", "GitHub": "#0D1117", "Dracula": "#282A36", "Nord": "#2E3440",
		"Solarized": "#002B36", "One Dark": "#282C34", "Gruvbox": "#282828", "Tokyo Night": "#1A1B26", "Ubuntu": "#300A24",
	}
	lightGrounds = map[string]string{
		"white": "#FFFFFF", "Solarized": "#FDF6E3", "One Light": "#FAFAFA", "Gruvbox": "#FBF1C7",
		"Catppuccin Latte": "#EFF1F5", "GitHub": "#F6F8FA",
	}
)

// look is a theme as one kind of terminal shows it.
type look struct {
	name     string
	colors   colors
	pick     func(token) string
	grounds  map[string]string
	contrast float64
}

func looks() []look {
	full := func(dark bool) func(token) string {
		return func(t token) string {
			if dark {
				return t.dark
			}
			return t.light
		}
	}
	indexed := func(dark bool) func(token) string {
		return func(t token) string {
			if dark {
				return t.dark256
			}
			return t.light256
		}
	}
	either := map[string]string{"black": "#000000", "white": "#FFFFFF"}
	return []look{
		{"either", standard(), func(t token) string { return t.either }, either, 4.5},
		{"either in 256", standard(), func(t token) string { return t.either256 }, either, 4.5},
		{"high contrast either", highContrast(), func(t token) string { return t.either }, either, 7},
		{"high contrast either in 256", highContrast(), func(t token) string { return t.either256 }, either, 7},
		{"dark", standard(), full(true), darkGrounds, 4.5},
		{"light", standard(), full(false), lightGrounds, 4.5},
		{"dark in 256", standard(), indexed(true), darkGrounds, 4.5},
		{"light in 256", standard(), indexed(false), lightGrounds, 4.5},
		{"high contrast dark", highContrast(), full(true), darkGrounds, 7},
		{"high contrast light", highContrast(), full(false), lightGrounds, 7},
		{"high contrast dark in 256", highContrast(), indexed(true), darkGrounds, 5.9},
		{"high contrast light in 256", highContrast(), indexed(false), lightGrounds, 5.9},
	}
}

// Everything that is read has enough contrast, on the backgrounds that people
// have and on the selected row.
func TestTheme_TextIsReadable(t *testing.T) {
	for _, l := range looks() {
		grounds := map[string]string{}
		for name, value := range l.grounds {
			grounds[name] = value
		}
		if own := l.pick(l.colors.selection); own != "" {
			grounds["selected row"] = own
		}
		for name, tok := range l.colors.text() {
			value, least := l.pick(tok), l.contrast
			if value == "" {
				continue // the terminal's own
			}
			if l.marks(name) {
				least = 3
			}
			for ground, under := range grounds {
				if got := contrast(parse(t, value), parse(t, under)); got < least {
					t.Errorf("%s: %s (%s) on %s (%s) has a contrast of %.2f, want %.1f", l.name, name, value, ground, under, got, least)
				}
			}
		}
	}
}

// The colours of the states are told apart, whatever eyes look at them.
func TestTheme_StatesAreToldApart(t *testing.T) {
	for _, l := range looks() {
		states := map[string]token{"ok": l.colors.ok, "busy": l.colors.busy, "warn": l.colors.warn, "bad": l.colors.bad}
		for eyes, see := range eyes() {
			for a, one := range states {
				for b, two := range states {
					if a >= b {
						continue
					}
					x, y := see(parse(t, l.pick(one))), see(parse(t, l.pick(two)))
					if got := x.DistanceCIEDE2000(y) * 100; got < 10 {
						t.Errorf("%s: %s and %s are %.1f apart for %s eyes, want 10", l.name, a, b, got, eyes)
					}
				}
			}
		}
	}
}

// marks says whether a colour of a look draws marks only, for which a contrast of 3
// is enough (WCAG 2.1, 1.4.11). Where the background is not known there are no four
// colours of the lightness that text needs which all eyes tell apart.
func (l look) marks(name string) bool {
	switch l.name {
	case "either", "either in 256":
		return name == "ok" || name == "busy" || name == "warn"
	case "high contrast either", "high contrast either in 256":
		return name == "ok" || name == "busy" || name == "warn" || name == "bad"
	default:
		return false
	}
}

// text are the colours that something is written in.
func (c colors) text() map[string]token {
	return map[string]token{
		"fg": c.fg, "muted": c.muted, "accent": c.accent, "ok": c.ok, "busy": c.busy, "warn": c.warn, "bad": c.bad,
	}
}

// contrast is that of WCAG 2.
func contrast(a, b colorful.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(c colorful.Color) float64 {
	r, g, b := c.LinearRgb()
	return 0.2126*r + 0.7152*g + 0.0722*b
}

// eyes are full trichromacy and the three dichromacies, as Machado, Oliveira and
// Fernandes (2009) model them at severity 1.
func eyes() map[string]func(colorful.Color) colorful.Color {
	through := func(m [9]float64) func(colorful.Color) colorful.Color {
		return func(c colorful.Color) colorful.Color {
			r, g, b := c.LinearRgb()
			return colorful.LinearRgb(
				m[0]*r+m[1]*g+m[2]*b, m[3]*r+m[4]*g+m[5]*b, m[6]*r+m[7]*g+m[8]*b).Clamped()
		}
	}
	return map[string]func(colorful.Color) colorful.Color{
		"all":    func(c colorful.Color) colorful.Color { return c },
		"protan": through([9]float64{0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998}),
		"deutan": through([9]float64{0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881}),
		"tritan": through([9]float64{1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900}),
	}
}

// parse reads "#RRGGBB" or a number of the 256 colours.
func parse(t *testing.T, s string) colorful.Color {
	t.Helper()
	if n, err := strconv.Atoi(s); err == nil {
		s = indexedColor(n)
	}
	c, err := colorful.Hex(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return c
}

// indexedColor is xterm's value of a colour from 16 on.
func indexedColor(n int) string {
	if n >= 232 {
		v := 8 + 10*(n-232)
		return fmt.Sprintf("#%02X%02X%02X", v, v, v)
	}
	level := func(i int) int {
		if i == 0 {
			return 0
		}
		return 55 + 40*i
	}
	n -= 16
	return fmt.Sprintf("#%02X%02X%02X", level(n/36), level(n/6%6), level(n%6))
}
