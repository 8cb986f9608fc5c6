package widget

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/rivo/uniseg"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// longest is how many characters a field takes.
const longest = 80

// Field is a line of text to edit, with the terminal's own cursor in it, so
// that screen readers and input methods find it. What a key deletes or passes
// is always a whole character, however many code points make it up.
type Field struct {
	Chars []string // grapheme clusters
	At    int      // the cursor is before Chars[At]
}

func NewField(value string) Field {
	f := Field{Chars: clusters(cells.Clean(value))}
	f.At = len(f.Chars)
	return f
}

func clusters(s string) []string {
	var all []string
	for g := uniseg.NewGraphemes(s); g.Next(); {
		all = append(all, g.Str())
	}
	return all
}

func (f *Field) Empty() bool { return len(f.Chars) == 0 }

func (f *Field) Value() string { return strings.Join(f.Chars, "") }

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

// Update handles a key or pasted text.
func (f *Field) Update(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		f.insert(msg.Content)
	case tea.KeyPressMsg:
		f.press(msg)
	}
}

func (f *Field) press(msg tea.KeyPressMsg) {
	k := newFieldKeys()
	switch {
	case key.Matches(msg, k.left):
		f.At = max(f.At-1, 0)
	case key.Matches(msg, k.right):
		f.At = min(f.At+1, len(f.Chars))
	case key.Matches(msg, k.home):
		f.At = 0
	case key.Matches(msg, k.end):
		f.At = len(f.Chars)
	case key.Matches(msg, k.back):
		f.cut(f.At-1, f.At)
	case key.Matches(msg, k.del):
		f.cut(f.At, f.At+1)
	case key.Matches(msg, k.word):
		f.cut(f.wordBefore(), f.At)
	case key.Matches(msg, k.before):
		f.cut(0, f.At)
	case key.Matches(msg, k.after):
		f.cut(f.At, len(f.Chars))
	case msg.Text != "":
		f.insert(msg.Text)
	}
}

// insert puts text in at the cursor, as far as there is room.
func (f *Field) insert(text string) {
	if text != " " {
		text = cells.Clean(text)
	}
	before := strings.Join(f.Chars[:f.At], "") + text
	whole := clusters(before + strings.Join(f.Chars[f.At:], ""))
	if len(whole) > longest {
		return
	}
	f.Chars, f.At = whole, min(len(clusters(before)), len(whole))
}

func (f *Field) cut(from, to int) {
	from, to = max(from, 0), min(to, len(f.Chars))
	if from >= to {
		return
	}
	f.Chars = append(f.Chars[:from:from], f.Chars[to:]...)
	f.At = from
}

// wordBefore is where the word before the cursor begins.
func (f *Field) wordBefore() int {
	i := f.At
	for i > 0 && f.Chars[i-1] == " " {
		i--
	}
	for i > 0 && f.Chars[i-1] != " " {
		i--
	}
	return i
}

// View shows the part around the cursor that fits w cells, and says in which
// cell the cursor is.
func (f *Field) View(w int) (text string, cursor int) {
	first := 0
	for first < f.At && cells.Width(strings.Join(f.Chars[first:f.At], ""))+1 > w {
		first++
	}
	cursor = cells.Width(strings.Join(f.Chars[first:f.At], ""))
	return cells.Cut(strings.Join(f.Chars[first:], ""), w, ""), cursor
}

// TextCursor is the terminal's cursor in a line of text.
func TextCursor(x, y int) *tea.Cursor {
	c := tea.NewCursor(x, y)
	c.Shape, c.Blink = tea.CursorBar, false
	return c
}
