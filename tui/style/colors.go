package style

import (
	"fmt"
	"image/color"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// token is one meaning of colour, with a value of its own for every kind of
// terminal and background. An empty value is the terminal's default.
type token struct {
	dark, dark256, light, light256 string
	either, either256              string // where nobody knows the background
	basic                          string // of the 16 colours
}

// colors are what a theme is made of. Line is never used for text.
type colors struct {
	fg, muted, accent, ok, busy, warn, bad, line, selection token
}

// standard has a contrast of at least 4.5 on common backgrounds; its state
// colours are told apart by colour-blind eyes. Where nobody knows the background,
// what is written has it on black and on white, and marks have 3: there is hardly
// a lightness between the two.
func standard() colors {
	return colors{
		fg:        token{dark: "#E6E8EE", light: "#1B1E27"},
		muted:     token{"#A3A9B8", "248", "#5B6172", "240", "#71757E", "243", ""},
		accent:    token{"#C4B0FF", "183", "#6A35C9", "55", "#8959DE", "98", ""},
		ok:        token{"#7CE3BD", "86", "#0E6E52", "23", "#0D8567", "30", "2"},
		busy:      token{"#4DB2FF", "75", "#0A45A8", "19", "#0072E4", "33", "6"},
		warn:      token{"#F5D74E", "221", "#7A5600", "58", "#9F6A00", "100", "3"},
		bad:       token{"#FF8570", "209", "#8F0A2E", "125", "#D03F57", "131", "1"},
		line:      token{"#4A5166", "240", "#B9BFCC", "250", "#808080", "244", ""},
		selection: token{dark: "#2C3142", dark256: "236", light: "#DCE1F0", light256: "189"},
	}
}

// highContrast has a contrast of at least 7, lines that are seen, and a
// selected row that is reversed. No colour has that on black and on white, so that
// only marks are coloured where nobody knows the background.
func highContrast() colors {
	return colors{
		fg:     token{"#FFFFFF", "231", "#000000", "16", "", "", ""},
		muted:  token{"#E2E6F0", "254", "#2B2F3A", "236", "", "", ""},
		accent: token{"#E3D8FF", "189", "#43149C", "54", "", "", ""},
		ok:     token{"#8CFFD2", "46", "#005950", "23", "#0D8567", "30", "2"},
		busy:   token{"#8ACBFF", "153", "#001B6B", "17", "#0072E4", "33", "6"},
		warn:   token{"#FFE433", "229", "#594B12", "58", "#9F6A00", "100", "3"},
		bad:    token{"#FFB0A0", "217", "#5C0014", "52", "#D03F57", "131", "1"},
		line:   token{"#A6AEC2", "248", "#5B6172", "240", "", "", ""},
	}
}

// The QR scans only as black on white.
func black() token { return token{"#000000", "16", "#000000", "16", "#000000", "16", "0"} }
func white() token { return token{"#FFFFFF", "231", "#FFFFFF", "231", "#FFFFFF", "231", "15"} }

// Colors are a person's own, by the names of [ColorNames], for dark and for
// light backgrounds. "#RRGGBB" is for terminals with true colour, a number below
// 16 for every terminal, a larger one for those with 256 colours or more.
type Colors struct{ Dark, Light map[string]string }

// ColorNames are the meanings that colours have.
func ColorNames() []string {
	return []string{"fg", "muted", "accent", "ok", "busy", "warn", "bad", "line", "selection"}
}

// Themes are the names of the themes.
func Themes() []string {
	return []string{"auto", "light", "dark", "high-contrast", "high-contrast-light", "high-contrast-dark"}
}

// CheckTheme says what is wrong with a theme and a person's own colours.
func CheckTheme(name string, own Colors) error {
	if name != "" && !slices.Contains(Themes(), name) {
		return fmt.Errorf("there is no theme %q; use one of %s", name, strings.Join(Themes(), ", "))
	}
	for _, some := range []map[string]string{own.Dark, own.Light} {
		for name, value := range some {
			if !slices.Contains(ColorNames(), name) {
				return fmt.Errorf("there is no colour %q; use one of %s", name, strings.Join(ColorNames(), ", "))
			}
			if !isColor(value) {
				return fmt.Errorf("the colour %s is %q; write #RRGGBB or a number up to 255", name, value)
			}
		}
	}
	return nil
}

func isColor(s string) bool {
	if hex, ok := strings.CutPrefix(s, "#"); ok {
		_, err := strconv.ParseUint(hex, 16, 32)
		return err == nil && len(hex) == 6
	}
	_, err := strconv.ParseUint(s, 10, 8)
	return err == nil
}

// colorsOf are the colours of a theme with a person's own in it.
func colorsOf(theme string, own Colors) colors {
	c := standard()
	if strings.HasPrefix(theme, "high-contrast") {
		c = highContrast()
	}
	for i, t := range []*token{&c.fg, &c.muted, &c.accent, &c.ok, &c.busy, &c.warn, &c.bad, &c.line, &c.selection} {
		name := ColorNames()[i]
		t.override(own.Dark[name], &t.dark, &t.dark256)
		t.override(own.Light[name], &t.light, &t.light256)
	}
	return c
}

// override puts a person's value where it fits.
func (t *token) override(value string, full, indexed *string) {
	if !isColor(value) {
		return
	}
	*full = value
	if n, err := strconv.Atoi(value); err == nil {
		*indexed = value
		if n < 16 { // the terminal's own, which suit its background
			t.either, t.either256, t.basic = value, value, value
		}
	}
}

// in returns the token's colour for a terminal. Nothing is converted from one
// kind of terminal to another: each value was chosen.
func (t token) in(p colorprofile.Profile, bg Background) color.Color {
	full, indexed := t.either, t.either256
	switch bg {
	case Dark:
		full, indexed = t.dark, t.dark256
	case Light:
		full, indexed = t.light, t.light256
	}
	value := func(s string) color.Color {
		if s == "" {
			return lipgloss.NoColor{}
		}
		return lipgloss.Color(s)
	}
	return lipgloss.Complete(p)(value(t.basic), value(indexed), value(full))
}
