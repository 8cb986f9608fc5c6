// Package presence says in files what a process has under way, for as long as that
// process lives. In a folder that the processes of one person share, each thing has a
// random id: <prefix><id>.lock is locked while its process lives, which the kernel ends
// however that ends, and what there is to know lies beside it under the same name. What
// lies there without anybody who holds the lock is of a process that was killed.
package presence

import (
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

const (
	// IDDigits is how long an id is, in hex digits.
	IDDigits = 16
	// Places is how many ids are tried for something new.
	Places = 5
)

// Folder is where it lies. Nothing in it is made or read before a method is called, and
// it is safe for concurrent use.
type Folder struct {
	Dir      string
	Prefix   string   // of the files' names
	Suffixes []string // of the files beside the lock, in the order in which they go
	Random   io.Reader
}

// Path is that of a file of an id.
func (f *Folder) Path(id, suffix string) string {
	return filepath.Join(f.Dir, f.Prefix+id+suffix)
}

func (f *Folder) lock(id string) string { return f.Path(id, ".lock") }

// ValidID reports whether id can be one.
func ValidID(id string) bool {
	return len(id) == IDDigits && strings.Trim(id, "0123456789abcdef") == ""
}

// IDs are those that have a file here, in order.
func (f *Folder) IDs() (all []string) {
	names, _ := os.ReadDir(f.Dir) // sorted
	for _, entry := range names {
		name, ours := strings.CutPrefix(entry.Name(), f.Prefix)
		if id, _, dot := strings.Cut(name, "."); ours && dot && ValidID(id) {
			all = append(all, id)
		}
	}
	return slices.Compact(all)
}

// Lives reports whether the process of an id lives. It changes nothing.
func (f *Folder) Lives(id string) bool {
	held, err := f.held(id)
	return err == nil && held
}

// Dead returns how many there are whose process was killed. It changes nothing.
func (f *Folder) Dead() (n int) {
	for _, id := range f.IDs() {
		if held, err := f.held(id); err == nil && !held {
			n++
		}
	}
	return n
}

// held reports whether somebody holds the lock of an id. It makes none.
func (f *Folder) held(id string) (bool, error) {
	if _, err := os.Lstat(f.lock(id)); err != nil {
		return false, nil
	}
	lock, free, err := lockfile.Try(f.lock(id))
	if err == nil && free {
		_ = lock.Unlock()
	}
	return !free, err
}

// Tidy removes what processes left behind that were killed, and returns how many things
// that were.
func (f *Folder) Tidy() (gone int) {
	for _, id := range f.IDs() {
		lock, free, err := lockfile.Try(f.lock(id))
		if err != nil || !free {
			continue
		}
		gone++
		(&Place{id, f, lock}).Leave()
	}
	return gone
}

// Place is what this process has in the folder. It has to be left once.
type Place struct {
	ID     string
	folder *Folder
	lock   *lockfile.Lock
}

// Enter takes a new one, and makes the folder.
func (f *Folder) Enter() (*Place, error) {
	if err := private.Make(f.Dir); err != nil {
		return nil, err
	}
	for range Places {
		random := make([]byte, IDDigits/2)
		if _, err := io.ReadFull(f.Random, random); err != nil {
			return nil, err
		}
		id := hex.EncodeToString(random)
		// Whoever tidies up may be faster at a lock file that has just been made; then it
		// is another one.
		if lock, free, err := lockfile.Try(f.lock(id)); err != nil {
			return nil, err
		} else if free {
			return &Place{id, f, lock}, nil
		}
	}
	return nil, errors.New("its place was taken each time")
}

// Path is that of a file of it.
func (p *Place) Path(suffix string) string { return p.folder.Path(p.ID, suffix) }

// Leave removes its files and gives its lock back, whose file goes last.
func (p *Place) Leave() {
	for _, suffix := range p.folder.Suffixes {
		_ = os.Remove(p.Path(suffix))
	}
	_ = p.lock.Remove()
}
