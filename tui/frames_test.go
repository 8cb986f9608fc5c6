package tui

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/screen"
	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// TestFrames_LeadTheRenderer notices a Bubble Tea that keeps another clock: the
// window works with it too, but costs more.
func TestFrames_LeadTheRenderer(t *testing.T) {
	f := newFrames(clock.System{})
	if p := tea.NewProgram(led{New(Options{Backend: newBackend(), Clock: f.clock}), f}); !f.lead(p) {
		t.Error("the renderer keeps its own clock")
	} else if f.lead(p) {
		t.Error("a clock that is there was replaced")
	}
}

func TestFrames_AreDrawnAtOnceButNotMoreOftenThanTheyCanBeSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFrames(clock.System{})
		wishes := make(chan tea.Msg, 10)
		f.send = func(msg tea.Msg) { wishes <- msg }
		drawn := func() bool {
			select {
			case <-f.draw:
				return true
			default:
				return false
			}
		}
		wish := func() { f.filter(nil, drawMsg{}) }
		if wish(); !drawn() {
			t.Error("the first frame waits")
		}
		wish()
		wish()
		if drawn() {
			t.Error("a frame comes right after another")
		}
		f.filter(nil, <-wishes)
		if !drawn() {
			t.Error("a frame that was put off is lost")
		}
		time.Sleep(time.Second)
		if len(wishes) > 0 {
			t.Error("two frames were put off")
		}
		wish()
		time.Sleep(time.Second)
		wish() // the terminal has not taken the one before
		if !drawn() || drawn() {
			t.Error("want one frame of what is there by then")
		}
		if msg := f.filter(nil, keyPress("q")); msg == nil {
			t.Error("a key is lost")
		}
	})
}

// watched is a screen that notes of each write how many cells it named, and how
// many it had to: on each line those from the first to the last that looked
// different afterwards, and two to which the renderer does not jump.
type watched struct {
	*screen.Screen
	mu     sync.Mutex
	writes []write
}

type write struct {
	text        string
	named, need int
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.Lines()
	n, err := w.Screen.Write(p)
	done := write{text: string(p), named: cells.Width(strings.TrimSpace(ansi.Strip(string(p))))}
	for y, line := range w.Lines() {
		done.need += differing([]rune(before[y]), []rune(line))
	}
	w.writes = append(w.writes, done)
	return n, err
}

// differing is how many cells have to be named to make one line of the other.
func differing(a, b []rune) int {
	first, last := -1, -1
	for x := range max(len(a), len(b)) {
		if x >= len(a) || x >= len(b) || a[x] != b[x] {
			if first < 0 {
				first = x
			}
			last = x
		}
	}
	if first < 0 {
		return 0
	}
	return last - first + 3
}

// take returns what was written since the last call.
func (w *watched) take() []write {
	w.mu.Lock()
	defer w.mu.Unlock()
	some := w.writes
	w.writes = nil
	return some
}

// TestRun_WritesOnlyWhatChanges lets time pass over the whole program: nothing
// is written unless something that is shown has changed, and then little more
// than that.
func TestRun_WritesOnlyWhatChanges(t *testing.T) {
	for _, tc := range []struct {
		name        string
		life        time.Duration // of the tokens
		long        time.Duration // that nobody does anything
		accounts    int
		least, most int // writes
	}{
		{"seconds", 50 * time.Minute, 30 * time.Second, 1, 30, 30},
		{"seconds of many", 50 * time.Minute, 30 * time.Second, 10_000, 30, 30},
		{"minutes", 90 * time.Minute, 10 * time.Minute, 1, 10, 10},
		{"hours", 51 * time.Hour, 5 * time.Hour, 1, 5, 30}, // also the line of the token's life
		{"never", 0, 30 * time.Hour, 1, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				accounts := make([]core.Account, tc.accounts)
				for i := range accounts {
					a := account(fmt.Sprint("account ", i))
					a.ObtainedAt, a.ExpiresAt, a.LastUsedAt = time.Now(), time.Time{}, time.Time{}
					if tc.life > 0 {
						a.ExpiresAt = time.Now().Add(tc.life)
					}
					accounts[i] = a
				}
				b := newBackend(accounts...)
				s := &watched{Screen: screen.New(100, 30, nil)}
				keys, typed := io.Pipe()
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() {
					done <- Run(ctx, Options{Backend: b, Clock: clock.System{}, Theme: "dark"},
						tea.WithInput(keys), tea.WithOutput(crlf{s}), tea.WithWindowSize(100, 30),
						tea.WithEnvironment([]string{"TERM=xterm-256color"}), tea.WithoutSignalHandler())
				}()
				time.Sleep(1500 * time.Millisecond)
				if !strings.Contains(s.Text(), "account 0") {
					t.Errorf("the account is not shown:\n%s", s.Text())
				}
				s.take()
				time.Sleep(tc.long)
				writes := s.take()
				if len(writes) < tc.least || len(writes) > tc.most {
					t.Errorf("%d writes in %v, want %d to %d", len(writes), tc.long, tc.least, tc.most)
				}
				for _, w := range writes {
					if w.need == 0 || w.named > w.need {
						t.Errorf("%d cells were written where %d do: %q", w.named, w.need, w.text)
					}
				}
				cancel()
				_ = typed.Close()
				if err := <-done; err != nil {
					t.Error(err)
				}
				close(b.changes)
				_ = s.Close()
			})
		})
	}
}
