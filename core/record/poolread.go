package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// Condition says how the pool file was found.
type Condition int

// The conditions of a pool file.
const (
	Whole    Condition = iota
	Restored           // it was damaged or gone; labels and order come from the previous version
	Rebuilt            // it was damaged or gone; everything comes from the heads
	Future             // a newer program wrote it; it can be listed, not written
)

// ReadPool returns the pool file as the heads say: rows that are missing come
// back, rows of accounts that are gone go, and a row whose head has changed since
// is brought up to it. A damaged file, or what is no file at all, is replaced by
// its previous version and the heads. All of this is done in memory; the next
// [Folder.UpdatePool] writes it down.
func (f *Folder) ReadPool() (*PoolFile, Condition, error) {
	scan := lookInto(f.BlobDir())
	p, err := readPool(f.path("pool.json"))
	switch {
	case err == nil && p.Version > format:
		return p, Future, nil
	case err == nil:
		reconciling{f, p}.rows(scan)
		return p, Whole, nil
	case !errors.Is(err, errNotPool) && !errors.Is(err, atomicfile.ErrTooLarge) && !errors.Is(err, fs.ErrNotExist) && regular(f.path("pool.json")):
		return nil, Whole, unreadable(f.path("pool.json"), err)
	}
	p, found := previousPool(f.path("pool.json.bak")), Restored
	if p == nil {
		p, found = &PoolFile{}, Rebuilt
	}
	if scan.err != nil { // nothing else says which accounts there are
		return nil, found, unreadable(f.BlobDir(), scan.err)
	}
	p.Version = format
	reconciling{f, p}.rows(scan)
	if errors.Is(err, fs.ErrNotExist) && len(p.Rows) == 0 {
		found = Whole // nothing was ever listed
	}
	return p, found, nil
}

// previousPool is the version before the last, nil where it cannot be used.
func previousPool(path string) *PoolFile {
	p, err := readPool(path)
	if err != nil || p.Version > format {
		return nil
	}
	return p
}

// regular reports whether something that cannot be read is a file at least, or
// cannot be looked at either.
func regular(path string) bool {
	info, err := os.Lstat(path)
	return err != nil || info.Mode().IsRegular()
}

// maxPool is far more than a pool file of 10,000 accounts takes.
const maxPool = 64 << 20

var errNotPool = errors.New("not a pool file")

func readPool(path string) (*PoolFile, error) {
	data, err := atomicfile.Read(path, maxPool)
	if err != nil {
		return nil, err
	}
	return decodePool(data)
}

func decodePool(data []byte) (*PoolFile, error) {
	var pool PoolFile
	if err := json.Unmarshal(data, &pool); err != nil || pool.Version < 1 {
		return nil, errNotPool
	}
	pool.clean()
	return &pool, nil
}

// CheckPool returns an error when a newer program wrote the pool file: what
// cannot be written down afterwards must not be begun. A file that is missing or
// damaged can be written.
func (f *Folder) CheckPool() error {
	data, err := atomicfile.Read(f.path("pool.json"), maxPool)
	if err != nil {
		return nil
	}
	if version := versionOf(data); version > format {
		return newer(version)
	}
	return nil
}

// versionOf is the version that a file begins with, as this program writes it;
// one that stands elsewhere is looked for in all of the file.
func versionOf(data []byte) (version int) {
	d := json.NewDecoder(bytes.NewReader(data))
	_, _ = d.Token()
	if key, err := d.Token(); err == nil && key == "version" && d.Decode(&version) == nil {
		return version
	}
	var all struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(data, &all) != nil {
		return 0
	}
	return all.Version
}
