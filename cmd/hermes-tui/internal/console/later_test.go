package console

import (
	"bytes"
	"errors"
	"testing"
)

// A note that waits stands before whatever is written next, and nowhere where an error
// that says the same is written first.
func TestNoteUnless(t *testing.T) {
	t.Parallel()
	away, other := errors.New("the store is away"), errors.New("something else")
	for name, c := range map[string]struct {
		write func(c *Console)
		want  string
	}{
		"a line":                {func(c *Console) { c.Line("row"); c.Line("row") }, "hermes-tui: a note\nrow\nrow\n"},
		"another note":          {func(c *Console) { c.Note("and this") }, "hermes-tui: a note\nhermes-tui: and this\n"},
		"a program that is run": {func(c *Console) { _, _ = Raw(c.Out).Write([]byte("theirs\n")) }, "hermes-tui: a note\ntheirs\n"},
		"another error":         {func(c *Console) { c.End(other) }, "hermes-tui: a note\nhermes-tui: something else\n"},
		"the same":              {func(c *Console) { c.End(away) }, "hermes-tui: the store is away\n"},
		"a line, and the same":  {func(c *Console) { c.Line("row"); c.End(away) }, "hermes-tui: a note\nrow\nhermes-tui: the store is away\n"},
		"nothing":               {func(c *Console) { c.End(nil) }, "hermes-tui: a note\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var screen bytes.Buffer
			waits := &later{to: &screen}
			out := &output{to: &screen, later: waits}
			console := &Console{Out: out, Err: messages{&screen, waits}, output: out, later: waits}
			console.NoteUnless(func(err error) bool { return errors.Is(err, away) }, "a note")
			c.write(console)
			if got := screen.String(); got != c.want {
				t.Errorf("the screen has %q, want %q", got, c.want)
			}
		})
	}
}
