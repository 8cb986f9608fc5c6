package record

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// PoolFile is the pool file: everything that listing needs, in one read. What it
// says of an account's tokens is a copy; the account's head always wins.
type PoolFile struct {
	Version int   `json:"version"`
	Rows    []Row `json:"rows"` // in pool order
	// Strategies are those of the pools that have another one than the default.
	Strategies map[pool.ID]pool.Strategy `json:"strategies,omitempty"`
	// Default is who serves programs that name nobody: an account's id, or a pool
	// as [pool.ID] writes it; empty: the only pool there is.
	Default string `json:"default,omitempty"`
	// Scan is what the heads said when the file was read.
	Scan Scan `json:"-"`
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
	// Seen is which head the row is a copy of. Where the file is another one by
	// now, the row is not true any more.
	Seen headVersion `json:"seen,omitzero"`
	// Left says that this head told of work that nobody has finished.
	Left bool `json:"left,omitempty"`
	// Paused takes it out of the rotation.
	Paused pool.Pause `json:"paused,omitzero"`
	pool.Limits
}

// Find returns the row of an account, nil when there is none.
func (p *PoolFile) Find(id string) *Row {
	for i := range p.Rows {
		if p.Rows[i].ID == id {
			return &p.Rows[i]
		}
	}
	return nil
}

// SetStrategy changes the strategy of a pool and reports whether it was another.
func (p *PoolFile) SetStrategy(id pool.ID, s pool.Strategy) bool {
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

// Sole reports whether no other account of this one's pool is signed in and in the
// rotation at now.
func (p *PoolFile) Sole(id string, now time.Time) bool {
	me := p.Find(id)
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.ID != id && row.Pool() == me.Pool() &&
			!row.Quarantined() && !row.SignedOut && !row.NotIncluded && !row.Paused.Holds(now) {
			return false
		}
	}
	return true
}

// Take copies a head's public fields into its row: a new row at the end, no row
// for a removed account. An older head changes nothing. A new sign-in ends the
// account's cool-downs. It reports whether anything changed.
func (p *PoolFile) Take(h *Head) bool {
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.ID != h.ID {
			continue
		}
		if row.Rev > h.Rev || row.Rev == h.Rev && row.Seen == h.seen {
			return false
		}
		return p.put(i, h)
	}
	if !h.listed() {
		return false
	}
	p.add(h)
	return true
}

// add gives the account a row, the last one.
func (p *PoolFile) add(h *Head) {
	row := Row{Label: h.Label, SignInGen: h.Gen}
	row.copy(h)
	p.Rows = append(p.Rows, row)
}

// put brings the row at i up to its head, whatever the row says of itself, and
// takes it out where the account is removed.
func (p *PoolFile) put(i int, h *Head) bool {
	if !h.listed() {
		p.Rows = append(p.Rows[:i], p.Rows[i+1:]...)
		return true
	}
	row := &p.Rows[i]
	if !h.SignedInAt.Equal(row.SignedInAt) {
		row.SignInGen, row.Limits = h.Gen, pool.Limits{}
	}
	row.copy(h)
	return true
}

func (r *Row) copy(h *Head) {
	r.Public, r.Keystore, r.Secret = h.Public, h.keystore(r.Keystore), h.Current
	r.Seen, r.Left = h.seen, h.Left()
}

// keystore is where the head's blob is, or was.
func (h *Head) keystore(before string) string {
	if h.Ref != nil {
		return h.Ref.Kind
	}
	return before
}

// UpdatePool changes the pool file under its lock. change gets the file as it
// is on disk now and reports whether it changed anything. The previous version
// is kept as pool.json.bak.
func (f *Folder) UpdatePool(ctx context.Context, change func(*PoolFile) bool) error {
	if err := f.Ensure(); err != nil {
		return err
	}
	lock, err := f.locks.acquire(ctx, f.path("pool.lock"))
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
	if !change(pool) && found == Whole && !pool.Scan.changed() {
		return nil
	}
	if found == Whole {
		keepPrevious(f.path("pool.json"))
	} else if err := setAside(f.path("pool.json"), f.random); err != nil {
		return unwritable(f.path("pool.json"), err)
	}
	pool.Version = format
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
func keepPrevious(path string) {
	next := path + ".bak.new"
	_ = os.Remove(next)
	if os.Link(path, next) == nil {
		_ = os.Rename(next, path+".bak")
	}
}

// setAside gives a folder that stands in the place of the pool file another name:
// no file can replace it, and what is in it is not ours to delete.
func setAside(path string, random io.Reader) error {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() {
		return nil
	}
	if os.Remove(path) == nil { // an empty one
		return nil
	}
	tail, err := randomHex(random, 4)
	if err != nil {
		return err
	}
	return os.Rename(path, path+".set-aside-"+tail)
}

// Publish copies a head's public fields into the pool file if they are newer.
func (f *Folder) Publish(ctx context.Context, h *Head) error {
	return f.UpdatePool(ctx, func(p *PoolFile) bool { return f.Take(p, h) })
}

// Take is [PoolFile.Take] for a head that was read, or written, before the pool
// file's lock was taken. Where the row is missing the head is read again: the
// account may have been removed since, and must not come back.
func (f *Folder) Take(p *PoolFile, h *Head) bool {
	if p.Find(h.ID) == nil {
		now, err := f.ReadHead(h.ID)
		if err != nil {
			return false
		}
		h = now
	}
	return p.Take(h)
}

// Reconcile writes down what the heads say, where the pool file says something
// else. It returns how the file was found and what the heads told.
func (f *Folder) Reconcile(ctx context.Context) (Condition, Scan, error) {
	pool, found, err := f.ReadPool()
	if err != nil || found == Future || found == Whole && !pool.Scan.changed() {
		return found, pool.scan(), err
	}
	var scan Scan
	err = f.UpdatePool(ctx, func(p *PoolFile) bool { scan = p.Scan; return false })
	return found, scan, err
}

func (p *PoolFile) scan() Scan {
	if p == nil {
		return Scan{}
	}
	return p.Scan
}
