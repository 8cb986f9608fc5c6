package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/rivo/uniseg"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// longestLabel is how many characters a field takes.
const longestLabel = 80

// field is a line of text to edit, with the terminal's own cursor in it, so
// that screen readers and input methods find it. What a key deletes or passes
// is always a whole character, however many code points make it up.
type field struct {
	chars []string // grapheme clusters
	at    int      // the cursor is before chars[at]
}

func newField(value string) field {
	f := field{chars: clusters(cells.Clean(value))}
	f.at = len(f.chars)
	return f
}

func clusters(s string) []string {
	var all []string
	for g := uniseg.NewGraphemes(s); g.Next(); {
		all = append(all, g.Str())
	}
	return all
}

func (f *field) empty() bool { return len(f.chars) == 0 }

func (f *field) value() string { return strings.Join(f.chars, "") }

// fieldKeys are the keys of a line of text: everything else is text.
type fieldKeys struct {
	left, right, home, end, back, del, word, before, after key.Binding
}

func newFieldKeys() fieldKeys {
	on := func(all ...string) key.Binding { return key.NewBinding(key.WithKeys(all...)) }
	return fieldKeys{
		left: on("left", "ctrl+b"), right: on("right", "ctrl+f"), home: on("home", "ctrl+a"), end: on("end", "ctrl+e"),
		back: on("backspace", "ctrl+h"), del: on("delete", "ctrl+d"),
		word: on("ctrl+w", "alt+backspace"), before: on("ctrl+u"), after: on("ctrl+k"),
	}
}

// update handles a key or pasted text.
func (f *field) update(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		f.insert(msg.Content)
	case tea.KeyPressMsg:
		f.press(msg)
	}
}

func (f *field) press(msg tea.KeyPressMsg) {
	k := newFieldKeys()
	switch {
	case key.Matches(msg, k.left):
		f.at = max(f.at-1, 0)
	case key.Matches(msg, k.right):
		f.at = min(f.at+1, len(f.chars))
	case key.Matches(msg, k.home):
		f.at = 0
	case key.Matches(msg, k.end):
		f.at = len(f.chars)
	case key.Matches(msg, k.back):
		f.cut(f.at-1, f.at)
	case key.Matches(msg, k.del):
		f.cut(f.at, f.at+1)
	case key.Matches(msg, k.word):
		f.cut(f.wordBefore(), f.at)
	case key.Matches(msg, k.before):
		f.cut(0, f.at)
	case key.Matches(msg, k.after):
		f.cut(f.at, len(f.chars))
	case msg.Text != "":
		f.insert(msg.Text)
	}
}

// insert puts text in at the cursor, as far as there is room.
func (f *field) insert(text string) {
	if text != " " {
		text = cells.Clean(text)
	}
	before := strings.Join(f.chars[:f.at], "") + text
	whole := clusters(before + strings.Join(f.chars[f.at:], ""))
	if len(whole) > longestLabel {
		return
	}
	f.chars, f.at = whole, min(len(clusters(before)), len(whole))
}

func (f *field) cut(from, to int) {
	from, to = max(from, 0), min(to, len(f.chars))
	if from >= to {
		return
	}
	f.chars = append(f.chars[:from:from], f.chars[to:]...)
	f.at = from
}

// wordBefore is where the word before the cursor begins.
func (f *field) wordBefore() int {
	i := f.at
	for i > 0 && f.chars[i-1] == " " {
		i--
	}
	for i > 0 && f.chars[i-1] != " " {
		i--
	}
	return i
}

// view shows the part around the cursor that fits w cells, and says in which
// cell the cursor is.
func (f *field) view(w int) (text string, cursor int) {
	first := 0
	for first < f.at && cells.Width(strings.Join(f.chars[first:f.at], ""))+1 > w {
		first++
	}
	cursor = cells.Width(strings.Join(f.chars[first:f.at], ""))
	return cells.Cut(strings.Join(f.chars[first:], ""), w, ""), cursor
}

// textCursor is the terminal's cursor in a line of text.
func textCursor(x, y int) *tea.Cursor {
	c := tea.NewCursor(x, y)
	c.Shape, c.Blink = tea.CursorBar, false
	return c
}
