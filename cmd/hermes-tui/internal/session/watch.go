package session

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/console"
	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// Watching is what a command shows again and again.
type Watching struct {
	// Draw writes all of it, as the command does without --watch.
	Draw func() error
	// Rows are what a program is told: each once, and again when it has changed.
	Rows func() ([]WatchedRow, error)
}

// WatchedRow is one row of a listing.
type WatchedRow struct {
	Is    any          // what makes it another one than before
	Write func() error // as one line
}

// between is how long it takes until a listing is looked at anew. Nothing has to
// change for that: times run.
const between = time.Second

// AsWatch adds --watch to a command.
func (s *Session) AsWatch(cmd *cobra.Command) *bool {
	return cmd.Flags().BoolP("watch", "w", false, "show it again and again, until ctrl+c; in a pipe what is new, a line each")
}

// Watch shows it until ctx is done: in place on a terminal, else a line for each row
// that is new or has changed.
func (s *Session) Watch(ctx context.Context, w Watching) error {
	if !s.Lively() {
		return s.follow(ctx, w.Rows)
	}
	last := ""
	enter := func() error { return s.Draw("\x1b[?1049h\x1b[?25l") }
	leave := func() { _ = s.Draw("\x1b[?25h\x1b[?1049l" + last) } // what was seen last stays
	stops, ignore := console.Stops()
	defer ignore()
	defer func() { leave() }()
	if err := enter(); err != nil {
		return err
	}
	for {
		text, err := s.Capture(w.Draw)
		if err != nil {
			return err
		}
		last = text
		columns, rows := s.Columns(), s.Rows()
		if err := s.Draw(frame(text, columns, rows)); err != nil {
			return err
		}
		for until := s.Clock.Now().Add(between); s.Clock.Now().Before(until) && s.Columns() == columns && s.Rows() == rows; {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case stop := <-stops: // the shell finds its own screen meanwhile
				leave()
				stop()
				if err := enter(); err != nil {
					return err
				}
				columns = -1 // draw it anew at once
			case <-s.Clock.After(between / 10):
			}
		}
	}
}

// frame writes a text over the one before, all at once: nothing is blank meanwhile.
func frame(text string, columns, rows int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	lines = lines[:min(len(lines), max(rows, 1))]
	var all strings.Builder
	all.WriteString("\x1b[?2026h\x1b[H")
	for i, line := range lines {
		if i > 0 {
			all.WriteString("\r\n")
		}
		// Erased before it is written: behind a line of the whole width the cursor stands
		// on its last character still.
		all.WriteString("\x1b[2K" + cells.Cut(line, columns, "") + "\x1b[0m")
	}
	if len(lines) < rows {
		all.WriteString("\r\n\x1b[J")
	}
	all.WriteString("\x1b[?2026l")
	return all.String()
}

// follow tells a program what is new.
func (s *Session) follow(ctx context.Context, rows func() ([]WatchedRow, error)) error {
	known := map[string]bool{}
	for {
		all, err := rows()
		if err != nil {
			return err
		}
		now := make(map[string]bool, len(all))
		for _, row := range all {
			key, err := json.Marshal(row.Is)
			if err != nil {
				return err
			}
			now[string(key)] = true
			if known[string(key)] {
				continue
			}
			if err := row.Write(); err != nil {
				return err
			}
			if err := s.Broken(); err != nil {
				return err
			}
		}
		known = now
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.Clock.After(between):
		}
	}
}
