package table

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// Whatever stands in the cells and however narrow the terminal is: a row is one line,
// or several where a column wraps, which the terminal never breaks, and nothing in it but our own colours controls it.
func TestTable_NeverWiderThanTheTerminal(t *testing.T) {
	inks := &style.New("dark", style.Colors{}, colorprofile.TrueColor, style.Dark).Plain
	rapid.Check(t, func(t *rapid.T) {
		list := New(Label(), Column{Name: "STATE"}, Column{Name: "N", Right: true, Rank: 1}, Column{Name: "PLAN", Least: 6, Rank: 2}, ID())
		wraps := rapid.Bool().Draw(t, "wraps")
		if wraps {
			list.Columns[3].Wraps = rapid.IntRange(1, 40).Draw(t, "room")
		}
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			text := func() string { return rapid.String().Draw(t, "text") }
			list.Add(Cell{Text: text(), Tail: " (default)"}, State(core.NeedsSignIn, text()), Text(text()), Text(text()), Muted(text()))
		}
		look := Look{Columns: rapid.IntRange(1, 120).Draw(t, "columns"), Inks: inks, Glyphs: style.NewGlyphs(rapid.Bool().Draw(t, "ascii"))}
		lines := list.Lines(look)
		if n := strings.Count(lines, "\n"); n < len(list.Rows)+1 || n > len(list.Rows)+1 && !wraps {
			t.Fatalf("%d rows take %d lines", len(list.Rows), n)
		}
		for line := range strings.Lines(lines) {
			plain := ansi.Strip(strings.TrimSuffix(line, "\n"))
			if w := ansi.StringWidth(plain); w > look.Columns || strings.ContainsAny(plain, "\x1b\t\r") {
				t.Fatalf("at %d columns a line takes %d: %q", look.Columns, w, line)
			}
		}
		look.Columns = 0
		for line := range strings.Lines(list.Lines(look)) {
			if strings.Count(line, "\t") != len(list.Columns)-1 || strings.Contains(line, "\x1b") {
				t.Fatalf("in a pipe a row is %q", line)
			}
		}
	})
}

// A column that wraps is shown whole below its heading, and what is less needed goes first.
func TestTable_Wraps(t *testing.T) {
	list := New(Label(), Column{Name: "BY", Rank: 3}, Column{Name: "WHY", Least: 10, Rank: 2, Wraps: 20})
	list.Add(Text("work"), Text("serve (17)"), Text("the refresh token was used before"))
	list.Add(Text("home"), Text("login (4)"), Text("no reason"))
	for columns, want := range map[int]string{
		70: "ACCOUNT  BY          WHY\nwork     serve (17)  the refresh token was used before\nhome     login (4)   no reason\n",
		42: "ACCOUNT  BY          WHY\nwork     serve (17)  the refresh token was\n                     used before\nhome     login (4)   no reason\n",
		32: "ACCOUNT  WHY\nwork     the refresh token was\n         used before\nhome     no reason\n",
		15: "ACCOUNT\nwork\nhome\n", // it would be too many lines
	} {
		if got := list.Lines(Look{Columns: columns, Inks: &style.Inks{}, Glyphs: style.NewGlyphs(false)}); got != want {
			t.Errorf("at %d columns:\n%s", columns, got)
		}
	}
}

// Colours say the state, and what is for programs steps back.
func TestTable_Colours(t *testing.T) {
	list := New(Label(), Column{Name: "STATE"}, ID())
	list.Add(Text("work"), State(core.NeedsSignIn, "needs sign-in"), Muted("a1b2c3d4e5"))
	look := Look{Columns: 60, Inks: &style.New("dark", style.Colors{}, colorprofile.ANSI256, style.Dark).Plain, Glyphs: style.NewGlyphs(false)}
	row := strings.Split(list.Lines(look), "\n")[1]
	mark, word := look.Inks.Alarm, look.Inks.Act
	if want := "work     " + mark.Render("! ") + word.Render("needs sign-in") + "  " + look.Inks.Muted.Render("a1b2c3d4e5"); row != want {
		t.Errorf("the row is\n%q, not\n%q", row, want)
	}
}
