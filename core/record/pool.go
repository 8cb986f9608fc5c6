package record

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// Pool is the pool file: everything that listing needs, in one read. What it
// says of an account's tokens is a copy; the account's head always wins.
type Pool struct {
	Version int   `json:"version"`
	Rows    []Row `json:"rows"` // in pool order
	// Strategies are those of the pools that have another one than the default.
	Strategies map[pool.ID]pool.Strategy `json:"strategies,omitempty"`
}

// Row is one account in the pool file: a copy of what its head says, and what
// belongs to the pool alone, which is its label, its place and its cool-downs.
type Row struct {
	Public
	Label    string `json:"label"`
	Keystore string `json:"keystore"` // kind that holds its blob
	// SignInGen is the generation of the tokens that the last sign-in brought.
	// What the API said of older ones says nothing about the account any more.
	SignInGen uint64 `json:"sign_in_gen,omitempty"`
	// Secret is the hash of its refresh token: rows that share it share their
	// fate.
	Secret string `json:"secret,omitempty"`
	pool.Limits
}

// Find returns the row of an account, nil when there is none.
func (p *Pool) Find(id string) *Row {
	for i := range p.Rows {
		if p.Rows[i].ID == id {
			return &p.Rows[i]
		}
	}
	return nil
}

// SetStrategy changes the strategy of a pool and reports whether it was another.
func (p *Pool) SetStrategy(id pool.ID, s pool.Strategy) bool {
	if p.Strategies[id].Or() == s {
		return false
	}
	if p.Strategies == nil {
		p.Strategies = map[pool.ID]pool.Strategy{}
	}
	p.Strategies[id] = s
	if s == pool.FillFirst {
		delete(p.Strategies, id)
	}
	return true
}

// SameSecret reports whether both accounts use the same tokens.
func (r *Row) SameSecret(other *Row) bool { return r.Secret != "" && r.Secret == other.Secret }

// Sole reports whether no other account of this one's pool is signed in.
func (p *Pool) Sole(id string) bool {
	me := p.Find(id)
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.ID != id && row.Pool() == me.Pool() &&
			!row.Quarantined() && !row.SignedOut && !row.NotIncluded {
			return false
		}
	}
	return true
}

// Take copies a head's public fields into its row: a new row at the end, no row
// for a removed account. An older head changes nothing. A new sign-in ends the
// account's cool-downs. It reports whether anything changed.
func (p *Pool) Take(h *Head) bool {
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.ID != h.ID {
			continue
		}
		if row.Rev >= h.Rev {
			return false
		}
		if h.Removed() {
			p.Rows = append(p.Rows[:i], p.Rows[i+1:]...)
			return true
		}
		if !h.SignedInAt.Equal(row.SignedInAt) {
			row.SignInGen, row.Limits = h.Gen, pool.Limits{}
		}
		row.Public, row.Keystore, row.Secret = h.Public, h.keystore(row.Keystore), h.Current
		return true
	}
	if h.Removed() || h.Gen == 0 {
		return false
	}
	p.Rows = append(p.Rows, Row{Public: h.Public, Label: h.Label, Keystore: h.keystore(""), SignInGen: h.Gen, Secret: h.Current})
	return true
}

// keystore is where the head's blob is, or was.
func (h *Head) keystore(before string) string {
	if h.Ref != nil {
		return h.Ref.Kind
	}
	return before
}

// Condition says how the pool file was found.
type Condition int

// The conditions of a pool file.
const (
	Whole    Condition = iota
	Restored           // it was damaged; labels and order come from the previous version
	Rebuilt            // it was damaged or gone; everything comes from the heads
	Future             // a newer program wrote it; it can be listed, not written
)

// ReadPool returns the pool file. A damaged one is rebuilt in memory from its
// previous version and the heads; nothing is written.
func (f *Folder) ReadPool() (*Pool, Condition, error) {
	pool, err := readPool(f.path("pool.json"))
	switch {
	case err == nil && pool.Version > Version:
		return pool, Future, nil
	case err == nil:
		return pool, Whole, nil
	case errors.Is(err, fs.ErrNotExist):
		return f.rebuild(&Pool{}, Whole)
	case !errors.Is(err, errNotPool):
		return nil, Whole, unreadable(f.path("pool.json"), err)
	}
	if previous, err := readPool(f.path("pool.json.bak")); err == nil && previous.Version <= Version {
		return f.rebuild(previous, Restored)
	}
	return f.rebuild(&Pool{}, Rebuilt)
}

// maxPool is far more than a pool file of 10,000 accounts takes.
const maxPool = 64 << 20

var errNotPool = errors.New("not a pool file")

func readPool(path string) (*Pool, error) {
	data, err := atomicfile.Read(path, maxPool)
	if err != nil {
		return nil, err
	}
	return decodePool(data)
}

func decodePool(data []byte) (*Pool, error) {
	var pool Pool
	if err := json.Unmarshal(data, &pool); err != nil || pool.Version < 1 {
		return nil, errNotPool
	}
	pool.clean()
	return &pool, nil
}

// rebuild brings every row up to its head, and drops rows that have none.
func (f *Folder) rebuild(pool *Pool, found Condition) (*Pool, Condition, error) {
	ids, err := f.IDs()
	if err != nil {
		return nil, found, err
	}
	if len(ids) > 0 && found == Whole && len(pool.Rows) == 0 {
		found = Rebuilt
	}
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[id] = true
		if h, err := f.ReadHead(id); err == nil {
			pool.Take(h)
		} // a damaged head is reported where it is opened; its row stays as it is
	}
	kept := pool.Rows[:0]
	for _, row := range pool.Rows {
		if known[row.ID] {
			kept = append(kept, row)
		}
	}
	pool.Rows, pool.Version = kept, Version
	return pool, found, nil
}

// UpdatePool changes the pool file under its lock. change gets the file as it
// is on disk now and reports whether it changed anything. The previous version
// is kept as pool.json.bak.
func (f *Folder) UpdatePool(ctx context.Context, change func(*Pool) bool) error {
	if err := f.Ensure(); err != nil {
		return err
	}
	lock, err := f.acquire(ctx, f.path("pool.lock"))
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	pool, found, err := f.ReadPool()
	if err != nil {
		return err
	}
	if found == Future {
		return newer(pool.Version)
	}
	if !change(pool) && found == Whole {
		return nil
	}
	if found == Whole {
		f.keepPrevious()
	}
	pool.Version = Version
	data, err := json.Marshal(pool)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(f.path("pool.json"), append(data, '\n'), 0o600); err != nil {
		return unwritable(f.path("pool.json"), err)
	}
	return nil
}

// keepPrevious makes pool.json.bak another name of the current pool.json, which
// is about to be replaced. Without it only a convenience is missing.
func (f *Folder) keepPrevious() {
	next := f.path("pool.json.bak.new")
	_ = os.Remove(next)
	if os.Link(f.path("pool.json"), next) == nil {
		_ = os.Rename(next, f.path("pool.json.bak"))
	}
}

// Publish copies a head's public fields into the pool file if they are newer.
func (f *Folder) Publish(ctx context.Context, h *Head) error {
	return f.UpdatePool(ctx, func(p *Pool) bool { return f.Take(p, h) })
}

// Take is [Pool.Take] for a head that was read, or written, before the pool
// file's lock was taken. Where the row is missing the head is read again: the
// account may have been removed since, and must not come back.
func (f *Folder) Take(p *Pool, h *Head) bool {
	if p.Find(h.ID) == nil {
		now, err := f.ReadHead(h.ID)
		if err != nil {
			return false
		}
		h = now
	}
	return p.Take(h)
}

// Reconcile brings every row up to its head, and reports how the pool file was
// found.
func (f *Folder) Reconcile(ctx context.Context) (Condition, error) {
	_, found, err := f.ReadPool()
	if err != nil || found == Future {
		return found, err
	}
	if _, statErr := os.Stat(f.BlobDir()); statErr != nil {
		return found, nil
	}
	err = f.UpdatePool(ctx, func(p *Pool) bool {
		before, _ := json.Marshal(p)
		_, _, err := f.rebuild(p, found)
		after, _ := json.Marshal(p)
		return err == nil && string(before) != string(after)
	})
	return found, err
}
