package tui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/screen"
)

// crlf ends lines as a terminal's own driver does, which is missing here.
type crlf struct{ to io.Writer }

func (w crlf) Write(p []byte) (int, error) {
	_, err := w.to.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return len(p), err
}

// The whole program, from keys to cells: without colour the renderer still
// draws the QR black on white.
func TestRun_DrawsAndLeavesTheTerminalAsItWas(t *testing.T) {
	keys, type_ := io.Pipe()
	s := screen.New(80, 24, nil)
	defer func() { _ = s.Close() }()
	b := newBackend()
	b.changes = make(chan core.Snapshot)
	done := make(chan error, 1)
	go func() {
		done <- Run(t.Context(), Options{Backend: b, Clock: clock.NewFake(noon), NoColor: true, NoAnimation: true, Remote: true},
			tea.WithInput(keys), tea.WithOutput(crlf{s}), tea.WithWindowSize(80, 24), tea.WithEnvironment([]string{"TERM=xterm-256color", "NO_COLOR=1"}), tea.WithoutSignals())
	}()
	sees := func(text string) {
		t.Helper()
		for {
			changed := s.Changed()
			if strings.Contains(s.Text(), text) {
				return
			}
			select {
			case <-changed:
			case err := <-done:
				t.Fatalf("it ended: %v\n%s", err, s.Text())
			case <-t.Context().Done():
				t.Fatalf("never showed %q:\n%s", text, s.Text())
			}
		}
	}
	press := func(keys string) { _, _ = io.WriteString(type_, keys) }
	sees("No accounts yet")
	press("a")
	sees("Which MiniMax?")
	press("\r")
	sees("What shall it be called?")
	press("\r")
	sees("asking MiniMax for a code")
	b.mu.Lock()
	events := b.events[0]
	b.mu.Unlock()
	events <- code()
	sees("ABCD-1234")
	sees("esc cancel")
	if c := s.Cell(2, 22); c.Background != "" {
		t.Errorf("colour outside of the QR: %+v", c)
	}
	if x, white := 79-41, s.Cell(79-41, 2); white.Background == "" || white.Background == white.Foreground {
		t.Errorf("the QR at %d is not drawn in colours of its own: %+v", x, white)
	}
	press("\x03")
	if err := <-done; err != nil {
		t.Error(err)
	}
	if b.ctxs[0].Err() == nil {
		t.Error("the sign-in goes on")
	}
	close(events)
	if _, _, shown := s.Cursor(); !shown {
		t.Error("the cursor stays hidden")
	}
}

func TestRun_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	keys, _ := io.Pipe()
	s := screen.New(80, 24, nil)
	defer func() { _ = s.Close() }()
	b := newBackend()
	done := make(chan error, 1)
	changed := s.Changed()
	go func() {
		done <- Run(ctx, Options{Backend: b, Clock: clock.NewFake(noon)},
			tea.WithInput(keys), tea.WithOutput(crlf{s}), tea.WithWindowSize(80, 24), tea.WithoutSignals())
	}()
	<-changed
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
