package style

import (
	"image/color"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Every kind of terminal gets a value of its own.
func TestTheme_HasAValueForEveryTerminal(t *testing.T) {
	for _, tc := range []struct {
		profile colorprofile.Profile
		bg      Background
		want    color.Color
	}{
		{colorprofile.TrueColor, Dark, lipgloss.Color("#FF8570")},
		{colorprofile.TrueColor, Light, lipgloss.Color("#8F0A2E")},
		{colorprofile.ANSI256, Dark, lipgloss.Color("209")},
		{colorprofile.ANSI256, Light, lipgloss.Color("125")},
		{colorprofile.ANSI, Dark, lipgloss.Color("1")},
		{colorprofile.TrueColor, Unknown, lipgloss.Color("#D03F57")}, // suits either
		{colorprofile.ANSI256, Unknown, lipgloss.Color("131")},
		{colorprofile.ANSI, Unknown, lipgloss.Color("1")},
		{colorprofile.ASCII, Dark, lipgloss.NoColor{}},
	} {
		if got := newTheme(standard(), tc.profile, tc.bg).Plain.Alarm.style.GetForeground(); got != tc.want {
			t.Errorf("on %v, %v: %v, want %v", tc.profile, tc.bg, got, tc.want)
		}
	}
}

func TestTheme_TakesAPersonsOwnColours(t *testing.T) {
	own := Colors{Dark: map[string]string{"accent": "#FFB454", "ok": "203", "bad": "5"}, Light: map[string]string{"ok": "nonsense"}}
	for _, tc := range []struct {
		profile colorprofile.Profile
		bg      Background
		token   func(colors) token
		want    string
	}{
		{colorprofile.TrueColor, Dark, func(c colors) token { return c.accent }, "#FFB454"},
		{colorprofile.ANSI256, Dark, func(c colors) token { return c.accent }, "183"}, // the theme's
		{colorprofile.ANSI256, Dark, func(c colors) token { return c.ok }, "203"},
		{colorprofile.TrueColor, Dark, func(c colors) token { return c.ok }, "203"},
		{colorprofile.ANSI, Dark, func(c colors) token { return c.ok }, "2"},
		{colorprofile.ANSI, Dark, func(c colors) token { return c.bad }, "5"},
		{colorprofile.TrueColor, Light, func(c colors) token { return c.ok }, "#0E6E52"},
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
