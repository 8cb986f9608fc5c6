package session

import (
	"cmp"
	"strings"

	"github.com/charmbracelet/colorprofile"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// Table lists something.
func (s *Session) Table(t *table.Table) error { return s.Draw(t.Lines(s.Look())) }

// Title writes a line above what it is about, cut where the terminal ends.
func (s *Session) Title(text string) {
	if look := s.Look(); look.Columns > 0 {
		text = cells.Cut(format.OneLine(text), look.Columns, look.Glyphs.More)
	}
	s.Line("%s", text)
}

// Advice writes what is to be said below a table: beside the output where a program
// reads that, which are rows only.
func (s *Session) Advice(lines ...string) {
	for i, line := range lines {
		line = s.labelled(line)
		switch {
		case s.Piped():
			s.Note("%s", line)
		case i == 0:
			s.Line("\n%s", line)
		default:
			s.Line("%s", line)
		}
	}
}

// Empty says that there is nothing to list: beside the output where a program reads
// that, for which there are no rows then.
func (s *Session) Empty(text string) {
	if s.Piped() {
		s.Note("%s", text)
		return
	}
	s.Line("%s", text)
}

// Fact writes a sentence under what it is about, broken between words where the
// terminal ends.
func (s *Session) Fact(text string) {
	text = s.labelled(text)
	lines := []string{text}
	if columns := s.Columns(); columns > 0 {
		lines = cells.Wrap(text, max(columns-2, 16))
	}
	for _, line := range lines {
		s.Line("  %s", line)
	}
}

// Piped reports whether a program reads the output.
func (s *Session) Piped() bool { return s.Columns() == 0 }

// Look is how the output is drawn. The terminal is asked nothing: which background
// it has is known where a theme says so.
func (s *Session) Look() table.Look {
	look := table.Look{Columns: s.Columns(), Glyphs: style.NewGlyphs(s.ASCIIOnly()), Inks: &style.Inks{}, Plain: s.Flags.Plain}
	if look.Columns == 0 || s.Flags.Plain || s.Flags.NoColor || s.Env("NO_COLOR") != "" || s.Env("TERM") == "dumb" {
		return look
	}
	name, own := "", style.Colors{}
	if found, err := s.Find(); err == nil {
		name, own = found.Config.Theme, style.Colors{Dark: found.Config.Colors.Dark, Light: found.Config.Colors.Light}
	}
	ground := style.Unknown
	switch {
	case strings.HasSuffix(name, "dark"):
		ground = style.Dark
	case strings.HasSuffix(name, "light"):
		ground = style.Light
	}
	look.Theme = style.New(name, own, cmp.Or(s.Depth(), colorprofile.Env(s.Environ)), ground)
	look.Inks = &look.Theme.Plain
	return look
}

// Depth is how many colours the terminal has where its name says less than it can, else
// Unknown. xterm itself calls itself "xterm", as many lesser ones do, and has had 256
// since 1999; only it says its version.
func (w *World) Depth() colorprofile.Profile {
	if w.Env("TERM") == "xterm" && strings.HasPrefix(w.Env("XTERM_VERSION"), "XTerm(") && w.Env("COLORTERM") == "" {
		return colorprofile.ANSI256
	}
	return colorprofile.Unknown
}

// Lively reports whether what was written may be written over, and a person sees it.
func (s *Session) Lively() bool {
	return s.TTY && !s.JSON && !s.Flags.Plain && s.Env("TERM") != "dumb"
}
