package tui

import (
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
)

// reader reads the accounts in commands: it may wait for the disk.
type reader struct {
	backend Backend
	shown   atomic.Int64 // number of the snapshot that is shown, counted from 1
}

// reading is a snapshot that a command took, and the number of the one that was
// shown when it began.
type reading struct {
	snap  core.Snapshot
	shown int64
}

func (r *reader) read() reading {
	shown := r.shown.Load()
	return reading{r.backend.Snapshot(), shown}
}

// adopt shows what a command has read. Where the watch showed another snapshot
// meanwhile, either may be the newer one, so the accounts are read once more.
func (win *window) adopt(r reading) tea.Cmd {
	crossed := r.shown != win.reader.shown.Load()
	win.take(r.snap)
	if !crossed {
		return nil
	}
	from := win.reader
	return func() tea.Msg { return readMsg{from.read()} }
}

// readMsg brings the accounts and nothing else.
type readMsg struct{ reading }

func (msg readMsg) arrive(win *window) tea.Cmd { return win.adopt(msg.reading) }
