//go:build unix && !race

// Without the race detector: after a panic the library closes its input while it
// reads, and ends.

package tui

import (
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/screen"
)

// broken is a backend with a mistake in one of its parts.
type broken struct {
	*fakeBackend
	part string
}

func (b broken) fail(part string) {
	if b.part == part {
		panic("a mistake")
	}
}

func (b broken) Snapshot() core.Snapshot { b.fail("snapshot"); return b.fakeBackend.Snapshot() }

func (b broken) Providers() []core.ProviderChoice {
	b.fail("providers")
	return b.fakeBackend.Providers()
}

func (b broken) History(id string) ([]record.Event, error) {
	b.fail("history")
	return b.fakeBackend.History(id)
}

// TestPanic_GivesTheTerminalBack: a mistake in a command, in Update or in View
// ends the window and leaves the terminal as it was.
func TestPanic_GivesTheTerminalBack(t *testing.T) {
	for _, tc := range []struct {
		part, keys string
		accounts   []core.Account
	}{
		{part: "snapshot"},  // a command
		{part: "providers"}, // View: the empty state names them
		{part: "providers", keys: "a", accounts: []core.Account{account("work")}}, // Update
		{part: "history", accounts: []core.Account{account("work")}},              // a command of a batch
	} {
		t.Run(tc.part+tc.keys, func(t *testing.T) {
			file, tty, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			if err := pty.Setsize(tty, &pty.Winsize{Cols: 100, Rows: 30}); err != nil {
				t.Fatal(err)
			}
			before, err := term.GetState(int(tty.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			s := &watched{Screen: screen.New(100, 30, file)}
			go func() { _, _ = io.Copy(s, file) }() // as long as the test lives
			go func() {                             // a key that comes before there is a screen means nothing
				for changed := s.Changed(); tc.keys != "" && !strings.Contains(s.Text(), "work"); changed = s.Changed() {
					<-changed
				}
				_, _ = io.WriteString(file, tc.keys)
			}()
			b := newBackend(tc.accounts...)
			err = Run(t.Context(), Options{Backend: broken{b, tc.part}, Clock: clock.System{}},
				tea.WithInput(tty), tea.WithOutput(tty), tea.WithEnvironment([]string{"TERM=xterm-256color"}), tea.WithoutSignalHandler())
			if !errors.Is(err, tea.ErrProgramPanic) {
				t.Errorf("it ended with %v", err)
			}
			after, err := term.GetState(int(tty.Fd()))
			if err != nil || !reflect.DeepEqual(before, after) {
				t.Errorf("the terminal's driver is set to %v (%v), and was to %v", after, err, before)
			}
			close(b.changes)
			// The files stay open: the library may be reading there still.
			if _, err := io.WriteString(tty, "over"); err != nil {
				t.Fatal(err)
			}
			for changed := s.Changed(); !strings.Contains(s.Text(), "over"); changed = s.Changed() {
				<-changed
			}
			_, _, shown := s.Cursor()
			var raw strings.Builder
			for _, w := range s.take() {
				raw.WriteString(w.text)
			}
			for mode, state := range states(raw.String()) {
				if (state == "h") != (mode == "25") {
					t.Errorf("mode %s is left at %s", mode, state)
				}
			}
			if !shown {
				t.Error("the cursor stays hidden")
			}
		})
	}
}

// states are the last settings of the terminal's modes.
func states(raw string) map[string]string {
	last := map[string]string{}
	for _, found := range regexp.MustCompile(`\x1b\[\?([\d;]+)([hl])`).FindAllStringSubmatch(raw, -1) {
		for _, mode := range strings.Split(found[1], ";") {
			last[mode] = found[2]
		}
	}
	return last
}
