package tui

import (
	"io"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/hermes-tui/hermes-tui/internal/screen"
	"image/color"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Every kind of terminal gets a value of its own.
func TestTheme_HasAValueForEveryTerminal(t *testing.T) {
	for _, tc := range []struct {
		profile colorprofile.Profile
		bg      background
		want    color.Color
	}{
		{colorprofile.TrueColor, dark, lipgloss.Color("#FF8570")},
		{colorprofile.TrueColor, light, lipgloss.Color("#8F0A2E")},
		{colorprofile.ANSI256, dark, lipgloss.Color("209")},
		{colorprofile.ANSI256, light, lipgloss.Color("125")},
		{colorprofile.ANSI, dark, lipgloss.Color("1")},
		{colorprofile.TrueColor, unknown, lipgloss.Color("1")}, // suits either
		{colorprofile.ASCII, dark, lipgloss.NoColor{}},
	} {
		if got := newTheme(standard(), tc.profile, tc.bg).plain.alarm.style.GetForeground(); got != tc.want {
			t.Errorf("on %v, %v: %v, want %v", tc.profile, tc.bg, got, tc.want)
		}
	}
}

func TestTheme_FollowsTheTerminalUnlessForced(t *testing.T) {
	for _, tc := range []struct {
		theme string
		want  background
	}{{"", light}, {"auto", light}, {"dark", dark}, {"light", light}} {
		in(t, newBackend(), func(d *driver) {
			d.send(tea.BackgroundColorMsg{Color: color.White})
			if d.m.background != tc.want {
				t.Errorf("theme %q on white: %v", tc.theme, d.m.background)
			}
		}, func(o *Options) { o.Theme = tc.theme })
	}
	in(t, newBackend(), func(d *driver) {
		d.send(tea.ColorProfileMsg{Profile: colorprofile.ANSI256})
		if d.m.profile != colorprofile.ANSI256 {
			t.Errorf("profile %v", d.m.profile)
		}
	}, func(o *Options) { o.Profile = colorprofile.Unknown })
}

func TestTheme_TakesAPersonsOwnColours(t *testing.T) {
	own := Colors{Dark: map[string]string{"accent": "#FFB454", "ok": "203", "bad": "5"}, Light: map[string]string{"ok": "nonsense"}}
	for _, tc := range []struct {
		profile colorprofile.Profile
		bg      background
		token   func(colors) token
		want    string
	}{
		{colorprofile.TrueColor, dark, func(c colors) token { return c.accent }, "#FFB454"},
		{colorprofile.ANSI256, dark, func(c colors) token { return c.accent }, "183"}, // the theme's
		{colorprofile.ANSI256, dark, func(c colors) token { return c.ok }, "203"},
		{colorprofile.TrueColor, dark, func(c colors) token { return c.ok }, "203"},
		{colorprofile.ANSI, dark, func(c colors) token { return c.ok }, "2"},
		{colorprofile.ANSI, dark, func(c colors) token { return c.bad }, "5"},
		{colorprofile.TrueColor, light, func(c colors) token { return c.ok }, "#0E6E52"},
	} {
		if got := tc.token(colorsOf("", own)).in(tc.profile, tc.bg); got != lipgloss.Color(tc.want) {
			t.Errorf("on %v, %v: %v, want %s", tc.profile, tc.bg, got, tc.want)
		}
	}
	for _, bad := range []Colors{{Dark: map[string]string{"pink": "1"}}, {Light: map[string]string{"ok": "#12"}}, {Light: map[string]string{"ok": "300"}}} {
		if err := CheckTheme("dark", bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if CheckTheme("purple", Colors{}) == nil || CheckTheme("", own) == nil || CheckTheme("high-contrast", Colors{}) != nil {
		t.Error("themes are not told from what is none")
	}
}

func TestTheme_IsChangedFromThePalette(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.press(":", "h", "i", "g", "h", "space", "d", "a", "r", "k", "enter")
		if d.m.themeName != "high-contrast-dark" || d.m.background != dark {
			t.Errorf("theme %q, background %v", d.m.themeName, d.m.background)
		}
	}, func(o *Options) { o.NoColor = false; o.Theme = "light" })
}

func TestTheme_ColoursStandInOneFile(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	literal := regexp.MustCompile(`"#[0-9A-Fa-f]{6}"|lipgloss\.Color\(|lipgloss/v2/compat`)
	for _, name := range files {
		if name == "colors.go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := literal.Find(text); found != nil {
			t.Errorf("%s has %s", name, found)
		}
	}
}

// Nobody knows how a terminal draws the 16 colours: they mark, they never write.
func TestTheme_SixteenColoursAreNeverText(t *testing.T) {
	for _, theme := range []string{"dark", "light", "high-contrast"} {
		for _, s := range screens {
			b := newBackend()
			if s.with != nil {
				b = s.with()
			}
			if strings.Contains(s.name, "colour") || s.name == "signin-qr" {
				continue // has a look of its own
			}
			sixteen := func(o *Options) { o.NoColor, o.Theme, o.Profile = false, theme, colorprofile.ANSI }
			in(t, b, func(d *driver) {
				if s.do != nil {
					s.do(d)
				}
				glass := screen.New(100, 30, nil)
				defer func() { _ = glass.Close() }()
				_, _ = io.WriteString(glass, strings.ReplaceAll(d.m.View().Content, "\n", "\r\n"))
				for y := range 30 {
					for x := range 100 {
						c := glass.Cell(x, y)
						if r, _ := utf8.DecodeRuneInString(c.Content); c.Foreground != "" && (unicode.IsLetter(r) || unicode.IsDigit(r)) && r != 'o' {
							t.Fatalf("%s, %s: %q in column %d of line %d is %s:\n%s", theme, s.name, c.Content, x, y, c.Foreground, d.text())
						}
					}
				}
			}, append(slices.Clone(s.change), sixteen)...)
		}
	}
}
