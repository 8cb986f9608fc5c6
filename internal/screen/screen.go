// Package screen is a terminal without glass: it takes what a program writes,
// answers its queries, and says what a person would see, as text or as a
// picture. Tests of whole programs and the pictures of the documentation use it.
package screen

import (
	"io"
	"strings"
	"sync"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// Screen is a terminal of some columns and rows. It is safe for concurrent use.
type Screen struct {
	mu      sync.Mutex
	vt      *vt.Emulator
	changed chan struct{} // closed and made anew at every write
	replies sync.WaitGroup
}

// New returns a screen. What the terminal answers to queries is written to
// replies, which may be nil; Close ends that.
func New(columns, rows int, replies io.Writer) *Screen {
	s := &Screen{vt: vt.NewEmulator(columns, rows), changed: make(chan struct{})}
	// What was drawn for a taller screen may come when it has just become lower.
	// Terminals keep its scroll region inside; the emulator would not survive it.
	s.vt.RegisterCsiHandler('r', func(params ansi.Params) bool {
		bottom, _, _ := params.Param(1, 0)
		return bottom > s.vt.Height()
	})
	if replies == nil {
		replies = io.Discard
	}
	// The emulator's answers go through a pipe that blocks it while nobody
	// reads.
	s.replies.Go(func() { _, _ = io.Copy(replies, s.vt) })
	return s
}

// Write shows what a program writes.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.vt.Write(p)
	close(s.changed)
	s.changed = make(chan struct{})
	return n, err
}

// Changed returns a channel that is closed at the next write. To wait for
// something on the screen, get the channel first, then look.
func (s *Screen) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Resize changes the size.
func (s *Screen) Resize(columns, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vt.Resize(columns, rows)
}

// Close ends the answers.
func (s *Screen) Close() error {
	// The emulator's own Close races with a Read under way; ending the pipe
	// first lets the reader leave by itself.
	if pipe, ok := s.vt.InputPipe().(io.Closer); ok {
		_ = pipe.Close()
	}
	s.replies.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.vt.Close()
}

// Text is what is on the screen, a line a row, without trailing blanks.
func (s *Screen) Text() string {
	return strings.Join(s.Lines(), "\n")
}

// Lines are the rows of the screen without trailing blanks.
func (s *Screen) Lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := make([]string, s.vt.Height())
	for y := range lines {
		var b strings.Builder
		s.row(y, func(_ int, c *uv.Cell) { b.WriteString(content(c)) })
		lines[y] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// Cell is one cell of the screen: what is in it, and its colours as "#rrggbb",
// empty for the terminal's own.
type Cell struct {
	Content, Foreground, Background string
	Bold, Reverse, Underline        bool
	Link                            string
}

// Cell returns the cell in a column and row, both from 0.
func (s *Screen) Cell(x, y int) Cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.vt.CellAt(x, y)
	if c == nil {
		return Cell{Content: " "}
	}
	return Cell{
		Content: content(c), Foreground: hex(c.Style.Fg), Background: hex(c.Style.Bg),
		Bold: c.Style.Attrs&uv.AttrBold != 0, Reverse: c.Style.Attrs&uv.AttrReverse != 0,
		Underline: c.Style.Underline != uv.UnderlineNone, Link: c.Link.URL,
	}
}

// Cursor says where the cursor is, and whether it is shown.
func (s *Screen) Cursor() (x, y int, shown bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.vt.CursorPosition()
	return at.X, at.Y, !s.vt.CursorHidden()
}

// row calls f for every cell of a row, a wide character once.
func (s *Screen) row(y int, f func(x int, c *uv.Cell)) {
	for x := 0; x < s.vt.Width(); {
		c := s.vt.CellAt(x, y)
		f(x, c)
		if c != nil && c.Width > 1 {
			x += c.Width
		} else {
			x++
		}
	}
}

func content(c *uv.Cell) string {
	if c == nil || c.Content == "" {
		return " "
	}
	return c.Content
}
