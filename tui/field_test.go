package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

func TestField_Edits(t *testing.T) {
	for _, tc := range []struct{ start, keys, want string }{
		{"work", "x", "workx|"},
		{"work", "home x", "x|work"},
		{"work", "left left x", "wox|rk"},
		{"work", "left right right x", "workx|"},
		{"work", "backspace", "wor|"},
		{"work", "home backspace", "|work"},
		{"work", "home delete", "|ork"},
		{"work", "delete", "work|"},
		{"my old laptop", "ctrl+w", "my old |"},
		{"my old  ", "ctrl+w", "my |"},
		{"my", "ctrl+w", "|"},
		{"my old laptop", "left left ctrl+k", "my old lapt|"},
		{"my old laptop", "left left ctrl+u", "|op"},
		{"work", "ctrl+a delete ctrl+e space", "ork |"},
		{"北京e\u0301👩‍👩‍👧", "backspace", "北京e\u0301|"},
		{"北京e\u0301👩‍👩‍👧", "backspace backspace", "北京|"},
		{"🇩🇪", "left x", "x|🇩🇪"},
	} {
		f := widget.NewField(tc.start)
		for _, name := range strings.Fields(tc.keys) {
			f.Update(keyPress(name))
		}
		if got := strings.Join(f.Chars[:f.At], "") + "|" + strings.Join(f.Chars[f.At:], ""); got != tc.want {
			t.Errorf("%q after %s is %q, want %q", tc.start, tc.keys, got, tc.want)
		}
	}
}

// Whatever is typed or pasted, the cursor stays within the text, the text within
// its bounds, and what is shown within its room and without control characters.
func TestField_StaysWhole(t *testing.T) {
	keys := []string{"left", "right", "home", "end", "backspace", "delete", "ctrl+w", "ctrl+u", "ctrl+k", "space", "é", "北"}
	rapid.Check(t, func(t *rapid.T) {
		f := widget.NewField(label().Draw(t, "start"))
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "paste") {
				f.Update(tea.PasteMsg{Content: label().Draw(t, "text")})
			} else {
				f.Update(keyPress(rapid.SampledFrom(keys).Draw(t, "key")))
			}
			w := rapid.IntRange(1, 90).Draw(t, "w")
			text, x := f.View(w)
			switch {
			case f.At < 0 || f.At > len(f.Chars):
				t.Fatalf("the cursor is at %d of %d", f.At, len(f.Chars))
			case cells.Width(text) > w || x < 0 || x >= max(w, 2):
				t.Fatalf("%q with the cursor at %d does not fit %d cells", text, x, w)
			case strings.ContainsAny(f.Value(), "\x1b\n\u202e"):
				t.Fatalf("a control character in %q", f.Value())
			}
		}
	})
}
