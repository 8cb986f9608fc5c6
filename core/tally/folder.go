package tally

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// Folder is the name of the folder in the state folder: a file or two an hour, with
// counts and names and no secret. It may be deleted at any time.
const Folder = "served"

// Keep is how long an hour is kept: whoever counts something in a new one deletes
// those that are older.
const Keep = 31 * 24 * time.Hour

const (
	layout    = "2006-01-02T15" // of the files' names
	countsExt = ".json"
	maxFile   = 16 << 20
)

// folder keeps the hours of one state folder. They may be lost: a missing or
// damaged file is an empty one.
type folder struct{ state string }

func (f folder) dir() string { return filepath.Join(f.state, Folder) }

func (f folder) path(begin time.Time) string {
	return filepath.Join(f.dir(), begin.Format(layout)+countsExt)
}

// hours are the beginnings of the hours that have a file, twice where they have two.
func (f folder) hours() (all []time.Time) {
	names, _ := os.ReadDir(f.dir())
	for _, name := range names {
		text, counts := strings.CutSuffix(name.Name(), countsExt)
		text, handed := strings.CutSuffix(text, handedExt)
		if begin, err := time.Parse(layout, text); counts != handed && err == nil {
			all = append(all, begin)
		}
	}
	return all
}

// read returns an hour; newer says that its file is left alone. There is no error:
// what cannot be read is empty.
func (f folder) read(begin time.Time) (h *hour, newer bool) {
	data, err := atomicfile.Read(f.path(begin), maxFile)
	if err != nil {
		return newHour(begin), false
	}
	return decode(begin, data)
}

// add adds to what all processes have counted, waiting for other writers until ctx
// is done.
func (f folder) add(ctx context.Context, more *hour) error {
	if err := private.Make(f.dir()); err != nil {
		return err
	}
	lock, err := lockfile.Acquire(ctx, filepath.Join(f.state, Folder+".lock"))
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	_, missing := os.Lstat(f.path(more.begin))
	all, newer := f.read(more.begin)
	if newer {
		return nil
	}
	all.addAll(more)
	data, err := all.encode()
	if err == nil {
		err = atomicfile.Write(f.path(more.begin), data, 0o600)
	}
	if err == nil && errors.Is(missing, fs.ErrNotExist) { // once an hour
		f.sweep(more.begin.Add(-Keep))
	}
	return err
}

// sweep deletes the hours that began before a time.
func (f folder) sweep(before time.Time) {
	for _, begin := range f.hours() {
		if begin.Before(before) {
			_ = atomicfile.Remove(f.path(begin))
			_ = atomicfile.Remove(f.handedPath(begin))
		}
	}
}
