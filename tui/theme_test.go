package tui

import (
	"image/color"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/hermes-tui/hermes-tui/internal/screen"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

func TestTheme_FollowsTheTerminalUnlessForced(t *testing.T) {
	for _, tc := range []struct {
		theme string
		want  style.Background
	}{{"", style.Light}, {"auto", style.Light}, {"dark", style.Dark}, {"light", style.Light}} {
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

func TestTheme_IsChangedFromThePalette(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.press(":", "h", "i", "g", "h", "space", "d", "a", "r", "k", "enter")
		if d.m.themeName != "high-contrast-dark" || d.m.background != style.Dark {
			t.Errorf("theme %q, background %v", d.m.themeName, d.m.background)
		}
	}, func(o *Options) { o.NoColor = false; o.Theme = "light" })
}

func TestTheme_ColoursStandInOneFile(t *testing.T) {
	files, _ := filepath.Glob("*.go")
	below, _ := filepath.Glob("*/*.go")
	if files = append(files, below...); len(below) == 0 {
		t.Fatal("no files")
	}
	literal := regexp.MustCompile(`"#[0-9A-Fa-f]{6}"|lipgloss\.Color\(|lipgloss/v2/compat`)
	for _, name := range files {
		if filepath.Base(name) == "colors.go" || strings.HasSuffix(name, "_test.go") {
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
