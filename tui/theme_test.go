package tui

import (
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
		if got := newTheme(tc.profile, tc.bg).plain.act.GetForeground(); got != tc.want {
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

func TestTheme_ColoursStandInOneFile(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	literal := regexp.MustCompile(`"#[0-9A-Fa-f]{6}"|lipgloss\.Color\(|lipgloss/v2/compat`)
	for _, name := range files {
		if name == "theme.go" || strings.HasSuffix(name, "_test.go") {
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
