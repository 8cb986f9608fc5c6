package proxies

import (
	"io"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/order"
	"github.com/hermes-tui/hermes-tui/internal/presence"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// Folder is the name of the folder in the state folder: <id>.json is the note of a
// proxy, and <id>.lock is locked while it runs. It may be deleted at any time.
const Folder = "proxies"

// mostNotes is how many notes are read.
const mostNotes = 50

// suffix is that of a note's file.
const suffix = ".json"

// Board is where the proxies of one state folder leave their notes. It is safe for
// concurrent use.
type Board struct {
	notes presence.Folder
	clock clock.Clock
}

// NewBoard returns the one in a state folder. Nothing is made or read.
func NewBoard(state string, c clock.Clock, random io.Reader) *Board {
	return &Board{presence.Folder{Dir: filepath.Join(state, Folder), Suffixes: []string{suffix}, Random: random}, c}
}

// Dir returns its folder. It changes whenever a note comes, changes or goes.
func (b *Board) Dir() string { return b.notes.Dir }

// Running returns the proxies that run, the oldest first. The notes in a folder of
// somebody else's are nobody's. It changes nothing.
func (b *Board) Running() (all []Proxy) {
	ids := b.notes.IDs()
	if len(ids) == 0 || private.Owner(b.Dir()) != nil {
		return nil
	}
	for _, id := range ids[:min(len(ids), mostNotes)] {
		data, err := atomicfile.Read(b.notes.Path(id, suffix), maxNote)
		if err != nil {
			continue
		}
		if p, err := decode(id, data); err == nil && b.notes.Lives(id) {
			all = append(all, p)
		}
	}
	order.By(all, func(a, b Proxy) int { return a.Began.Compare(b.Began) })
	return all
}

// Tidy removes what proxies left behind that were killed, and returns how many there
// were.
func (b *Board) Tidy() (gone int) { return b.notes.Tidy() }

// Dead returns how many proxies left something behind. It changes nothing.
func (b *Board) Dead() (n int) { return b.notes.Dead() }
