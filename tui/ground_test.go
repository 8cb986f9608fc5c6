package tui

import (
	"image/color"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/lucasb-eyer/go-colorful"

	"github.com/hermes-tui/hermes-tui/internal/screen"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// The theme goes before what the terminal answers, that before what the environment
// says, and that before what was answered the last time.
func TestGround_TheOrderOfKnowing(t *testing.T) {
	dark, light := tea.BackgroundColorMsg{Color: color.Black}, tea.BackgroundColorMsg{Color: color.White}
	for _, tc := range []struct {
		name, theme string
		answer      tea.Msg
		told        style.Background
		memory      string
		want        style.Background
	}{
		{name: "nobody knows", want: style.Unknown},
		{name: "the last answer", memory: "light", want: style.Light},
		{name: "nonsense in the memory", memory: "pink", want: style.Unknown},
		{name: "the environment before the last answer", told: style.Dark, memory: "light", want: style.Dark},
		{name: "the answer before the environment", answer: light, told: style.Dark, memory: "dark", want: style.Light},
		{name: "the theme before all", theme: "dark", answer: light, told: style.Light, memory: "light", want: style.Dark},
		{name: "a dark answer", answer: dark, memory: "light", want: style.Dark},
	} {
		in(t, newBackend(), func(d *driver) {
			if tc.answer != nil {
				d.send(tc.answer)
			}
			if d.m.background != tc.want {
				t.Errorf("%s: %v, want %v", tc.name, d.m.background, tc.want)
			}
		}, func(o *Options) {
			o.Theme, o.Background, o.Terminal = tc.theme, tc.told, "WezTerm@here"
			o.Recall = func() Memory {
				return Memory{Backgrounds: map[string]string{"WezTerm@here": tc.memory, "other": "dark"}}
			}
		})
	}
}

// What is answered is remembered once, for this terminal, whether it comes before the
// memory was read or after; and nothing else that is remembered goes.
func TestGround_TheAnswerIsRemembered(t *testing.T) {
	var kept []Memory
	in(t, newBackend(), func(d *driver) {
		d.send(tea.BackgroundColorMsg{Color: color.White})
		d.send(tea.BackgroundColorMsg{Color: color.White})
		if len(kept) != 1 || kept[0].Backgrounds["WezTerm@here"] != "light" || kept[0].Backgrounds["other"] != "dark" || kept[0].Sort != "label" {
			t.Errorf("kept %v", kept)
		}
	}, func(o *Options) {
		o.Terminal = "WezTerm@here"
		o.Recall = func() Memory { return Memory{Sort: "label", Backgrounds: map[string]string{"other": "dark"}} }
		o.Remember = func(m Memory) { kept = append(kept, m) }
	})
}

// Whatever is on the screen can be read on black and on white where nobody knows the
// background, in the colours that the terminal has: what is written with a contrast of
// 4.5, and marks and lines with 3.
func TestGround_EveryScreenIsReadableOnBlackAndOnWhite(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.ANSI256, colorprofile.TrueColor} {
		for _, theme := range []string{"auto", "high-contrast"} {
			for _, s := range screens {
				if strings.Contains(s.name, "colour") {
					continue // has a look of its own
				}
				b := newBackend()
				if s.with != nil {
					b = s.with()
				}
				unknown := func(o *Options) { o.NoColor, o.Theme, o.Profile = false, theme, profile }
				in(t, b, func(d *driver) {
					if s.do != nil {
						s.do(d)
					}
					readable(t, theme+", "+s.name, d)
				}, append(slices.Clone(s.change), unknown)...)
			}
		}
	}
}

func readable(t *testing.T, name string, d *driver) {
	t.Helper()
	glass := screen.New(100, 30, nil)
	defer func() { _ = glass.Close() }()
	_, _ = io.WriteString(glass, strings.ReplaceAll(d.m.View().Content, "\n", "\r\n"))
	coloured := 0
	for y := range 30 {
		for x := range 100 {
			c := glass.Cell(x, y)
			if strings.TrimSpace(c.Content) == "" || c.Foreground == "" && c.Background == "" {
				continue
			}
			coloured++
			grounds := []string{"#000000", "#ffffff"}
			if c.Background != "" {
				grounds = []string{c.Background}
			}
			least := 3.0
			if r, _ := utf8.DecodeRuneInString(c.Content); unicode.IsLetter(r) || unicode.IsDigit(r) {
				least = 4.5
			}
			if c.Content == "o" && glass.Cell(x+1, y).Content == " " && glass.Cell(x-1, y).Content == " " {
				least = 3 // a mark in ASCII
			}
			for _, under := range grounds {
				if got := contrast(t, c.Foreground, under); got < least {
					t.Fatalf("%s: %q in column %d of line %d is %s on %s, a contrast of %.2f:\n%s", name, c.Content, x, y, c.Foreground, under, got, d.text())
				}
			}
		}
	}
	if coloured == 0 && strings.HasPrefix(name, "auto") {
		t.Errorf("%s: nothing is coloured:\n%s", name, d.text())
	}
}

// contrast is that of WCAG 2.
func contrast(t *testing.T, one, two string) float64 {
	t.Helper()
	light := func(s string) float64 {
		c, err := colorful.Hex(s)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		r, g, b := c.LinearRgb()
		return 0.2126*r + 0.7152*g + 0.0722*b
	}
	a, b := light(one), light(two)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}
