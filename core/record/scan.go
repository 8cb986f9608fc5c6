package record

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// headVersion tells one version of a head file from another without reading it: when
// it was written, in nanoseconds, and its size. Every write replaces the file.
type headVersion [2]int64

func seen(path string) (headVersion, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return headVersion{}, err
	}
	return headVersion{info.ModTime().UnixNano(), info.Size()}, nil
}

// Scan is what the heads said beside the pool file. Ids are in order.
type Scan struct {
	Missing  []string // accounts that had no row
	Gone     []string // rows that had no head, or no account any more
	Newer    []string // rows whose head had changed
	Left     []string // accounts, listed or not, with work that nobody has finished
	Unlisted []string // those of them that never came to tokens: a first sign-in, an import
	Removed  []string // heads of removed accounts, which stay for a while
	Stray    []string // accounts that have more files than their one blob, or files and no row
	Damaged  []error  // heads that cannot be read, each with its file
}

// changed reports whether the file has to be written for what was seen.
func (s *Scan) changed() bool { return len(s.Missing)+len(s.Gone)+len(s.Newer) > 0 }

// folderScan is what the heads' folder holds, by name.
type folderScan struct {
	heads map[string]headVersion
	files map[string]int // blobs and temporary files of each account
	err   error          // the folder could not be read
}

// lookInto looks at the names in the heads' folder, and at the heads from
// outside. A folder that does not exist has none.
func lookInto(path string) (scan folderScan) {
	dir, err := os.Open(path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			scan.err = err
		}
		return scan
	}
	defer func() { _ = dir.Close() }()
	names, err := dir.Readdirnames(-1)
	scan = folderScan{heads: make(map[string]headVersion, len(names)/2), files: map[string]int{}, err: err}
	for _, name := range names {
		id, kind, _ := strings.Cut(strings.TrimPrefix(name, "."), ".")
		switch {
		case !ValidID(id) || kind == "lock":
			continue
		case kind != "head":
			scan.files[id]++
			continue
		}
		if at, err := seenIn(dir, name); err == nil {
			scan.heads[id] = at
		}
	}
	return scan
}

// strays finds the accounts that have other files than the one blob of an
// account which is kept in files.
func (p *PoolFile) strays(files map[string]int) {
	for i := range p.Rows {
		row := &p.Rows[i]
		if n := files[row.ID]; n > 1 || n == 1 && row.Keystore != "file" {
			p.Scan.Stray = append(p.Scan.Stray, row.ID)
		}
		delete(files, row.ID)
	}
	for id := range files {
		p.Scan.Stray = append(p.Scan.Stray, id)
	}
}

func (s *Scan) sort() {
	for _, ids := range [][]string{s.Left, s.Unlisted, s.Removed, s.Stray} {
		slices.Sort(ids)
	}
	slices.SortFunc(s.Damaged, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
}

func (s *Scan) damaged(err error) {
	if !errors.Is(err, autherr.NotFound) { // forgotten between two looks
		s.Damaged = append(s.Damaged, err)
	}
}

// tells notes what a head tells of that is not finished.
func (s *Scan) tells(h *Head) {
	switch {
	case h.Removed():
		s.Removed = append(s.Removed, h.ID)
	case h.Gen == 0:
		s.Unlisted = append(s.Unlisted, h.ID)
	}
	if h.Left() {
		s.Left = append(s.Left, h.ID)
	}
}
