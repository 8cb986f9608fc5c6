package proxies

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/order"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// Folder is the name of the folder in the state folder: <id>.json is the note of a
// proxy, and <id>.lock is locked while it runs. It may be deleted at any time.
const Folder = "proxies"

// mostNotes is how many notes are read.
const mostNotes = 50

// Board is where the proxies of one state folder leave their notes. It is safe for
// concurrent use.
type Board struct {
	dir    string
	clock  clock.Clock
	random io.Reader
}

// NewBoard returns the one in a state folder. Nothing is made or read.
func NewBoard(state string, c clock.Clock, random io.Reader) *Board {
	return &Board{filepath.Join(state, Folder), c, random}
}

// Dir returns its folder. It changes whenever a note comes, changes or goes.
func (b *Board) Dir() string { return b.dir }

func (b *Board) path(id, suffix string) string { return filepath.Join(b.dir, id+suffix) }

// idDigits is how long an id is, in hex digits.
const idDigits = 16

func validID(id string) bool {
	return len(id) == idDigits && strings.Trim(id, "0123456789abcdef") == ""
}

// ids are those that have a file here, in order.
func (b *Board) ids() (all []string) {
	names, _ := os.ReadDir(b.dir) // sorted
	for _, name := range names {
		if id, _, ok := strings.Cut(name.Name(), "."); ok && validID(id) {
			all = append(all, id)
		}
	}
	return slices.Compact(all)
}

// Running returns the proxies that run, the oldest first. The notes in a folder of
// somebody else's are nobody's. It changes nothing.
func (b *Board) Running() (all []Proxy) {
	ids := b.ids()
	if len(ids) == 0 || private.Owner(b.dir) != nil {
		return nil
	}
	for _, id := range ids[:min(len(ids), mostNotes)] {
		data, err := atomicfile.Read(b.path(id, ".json"), maxNote)
		if err != nil {
			continue
		}
		if p, err := decode(id, data); err == nil && b.lives(id) {
			all = append(all, p)
		}
	}
	order.By(all, func(a, b Proxy) int { return a.Began.Compare(b.Began) })
	return all
}

// lives reports whether somebody holds the lock of an id. It makes none.
func (b *Board) lives(id string) bool {
	if _, err := os.Lstat(b.path(id, ".lock")); err != nil {
		return false
	}
	lock, free, err := lockfile.Try(b.path(id, ".lock"))
	if err == nil && free {
		_ = lock.Unlock()
	}
	return err == nil && !free
}

// Tidy removes what proxies left behind that were killed, and returns how many there
// were.
func (b *Board) Tidy() (gone int) {
	for _, id := range b.ids() {
		lock, free, err := lockfile.Try(b.path(id, ".lock"))
		if err != nil || !free {
			continue
		}
		gone++
		b.clearAway(id, lock)
	}
	return gone
}

// Dead returns how many proxies left something behind. It changes nothing.
func (b *Board) Dead() (n int) {
	for _, id := range b.ids() {
		if !b.lives(id) {
			n++
		}
	}
	return n
}

// clearAway removes the note of an id and gives its lock back, whose file goes last.
func (b *Board) clearAway(id string, lock *lockfile.Lock) {
	_ = os.Remove(b.path(id, ".json"))
	_ = lock.Remove()
}
