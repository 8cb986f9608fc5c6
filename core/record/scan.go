package record

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Seen tells one version of a head file from another without reading it: when
// it was written, in nanoseconds, and its size. Every write replaces the file.
type Seen [2]int64

func seen(path string) (Seen, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return Seen{}, err
	}
	return Seen{info.ModTime().UnixNano(), info.Size()}, nil
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
	heads map[string]Seen
	files map[string]int // blobs and temporary files of each account
	err   error          // the folder could not be read
}

// scanHeads looks at every head from outside, beside the reading of the pool
// file.
func (f *Folder) scanHeads() <-chan folderScan {
	done := make(chan folderScan, 1)
	go func() { done <- lookInto(f.BlobDir()) }()
	return done
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
	scan = folderScan{heads: make(map[string]Seen, len(names)/2), files: map[string]int{}, err: err}
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

// mend makes the rows what the heads say. A folder that cannot be read says
// nothing, and the rows stay as they are; so does the row of a damaged head.
func (f *Folder) mend(p *Pool, scan folderScan) error {
	if scan.err != nil || f.withoutHeads() {
		return nil
	}
	rows, listed := p.Rows, make(map[string]bool, len(p.Rows))
	p.Rows = rows[:0]
	for i := range rows {
		if id := rows[i].ID; ValidID(id) && !listed[id] {
			listed[id] = true
			f.mendRow(p, rows[i], scan.heads[id])
		} else {
			p.Scan.Gone = append(p.Scan.Gone, id)
		}
	}
	var missing []*Head
	for id := range scan.heads {
		if listed[id] {
			continue
		}
		h, err := f.ReadHead(id)
		if err != nil {
			p.Scan.damaged(err)
			continue
		}
		p.Scan.tells(h)
		if h.listed() {
			missing = append(missing, h)
		}
	}
	f.bringBack(p, missing)
	p.strays(scan.files)
	p.Scan.sort()
	return nil
}

// withoutHeads reports whether the heads' folder is missing as a whole, as one
// that is not mounted: that says nothing about the accounts.
func (f *Folder) withoutHeads() bool {
	_, err := os.Stat(f.BlobDir())
	return err != nil
}

// mendRow adds the row as its head says, if there is still an account. at is the
// head as it was seen from outside.
func (f *Folder) mendRow(p *Pool, row Row, at Seen) {
	if at == row.Seen && at != (Seen{}) {
		p.Rows = append(p.Rows, row)
		if row.Left {
			p.Scan.Left = append(p.Scan.Left, row.ID)
		}
		return
	}
	h, err := f.ReadHead(row.ID)
	switch {
	case errors.Is(err, autherr.NotFound):
		p.Scan.Gone = append(p.Scan.Gone, row.ID)
	case err != nil:
		p.Rows = append(p.Rows, row)
		p.Scan.damaged(err)
	case !h.listed():
		p.Scan.Gone = append(p.Scan.Gone, row.ID)
		p.Scan.tells(h)
	default:
		p.Rows = append(p.Rows, row)
		p.put(len(p.Rows)-1, h)
		p.Scan.Newer = append(p.Scan.Newer, row.ID)
		p.Scan.tells(h)
	}
}

// bringBack adds rows for accounts that have none, with label and cool-downs of
// the previous version where that had them.
func (f *Folder) bringBack(p *Pool, missing []*Head) {
	if len(missing) == 0 {
		return
	}
	slices.SortFunc(missing, func(a, b *Head) int { return strings.Compare(a.ID, b.ID) })
	before := map[string]Row{}
	if previous := f.previousPool(); previous != nil {
		for _, row := range previous.Rows {
			before[row.ID] = row
		}
	}
	for _, h := range missing {
		p.Scan.Missing = append(p.Scan.Missing, h.ID)
		if row, known := before[h.ID]; known {
			p.Rows = append(p.Rows, row)
			p.put(len(p.Rows)-1, h)
			continue
		}
		p.add(h)
	}
}

// strays finds the accounts that have other files than the one blob of an
// account which is kept in files.
func (p *Pool) strays(files map[string]int) {
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
