package vault

import (
	"context"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Files are the heads of one machine: files, replaced under a lock of the kernel,
// which knows who is dead.
type Files struct{ Folder *record.Folder }

// Get implements [Heads].
func (f Files) Get(_ context.Context, id string) (*record.Head, error) {
	return readHead(f.Folder, id)
}

// List implements [Heads].
func (f Files) List(context.Context) ([]string, error) { return f.Folder.IDs() }

// Watch implements [Heads]: the files are the truth.
func (f Files) Watch(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// Look implements [Heads]: the files are the truth.
func (f Files) Look(context.Context) error { return nil }

// Claim implements [Heads].
func (f Files) Claim(ctx context.Context, id string) (Claim, error) {
	lock, err := f.Folder.Lock(ctx, id)
	if err != nil {
		return nil, err
	}
	return &fileClaim{f.Folder, lock, id}, nil
}

// TryClaim implements [Heads].
func (f Files) TryClaim(_ context.Context, id string) (Claim, error) {
	lock, err := f.Folder.TryLock(id)
	if err != nil || lock == nil {
		return nil, err
	}
	return &fileClaim{f.Folder, lock, id}, nil
}

// fileClaim is the lock of an account's files.
type fileClaim struct {
	folder *record.Folder
	lock   *record.Lock
	id     string
}

// Head implements [Claim].
func (c *fileClaim) Head(context.Context) (*record.Head, error) { return readHead(c.folder, c.id) }

// Await implements [Claim]: whoever wrote the intent is dead, or would hold the lock.
func (c *fileClaim) Await(_ context.Context, h *record.Head, _ Grounds) (*record.Head, error) {
	return h, nil
}

// Reserve implements [Claim].
func (c *fileClaim) Reserve(id string) error { return c.folder.ReserveHead(id) }

// MaySend implements [Claim]: as long as this process lives, the lock is its own.
func (c *fileClaim) MaySend() error { return nil }

// Swap implements [Claim]. The rename of the head is the commit.
func (c *fileClaim) Swap(_ context.Context, change Change) error {
	if change.Note {
		return c.folder.WriteHead(change.Next)
	}
	return c.folder.CommitHead(change.Next)
}

// Release implements [Claim].
func (c *fileClaim) Release() {
	c.folder.ReleaseHead(c.id)
	_ = c.lock.Unlock()
}

// readHead returns the head of an account or of a record of keys.
func readHead(folder *record.Folder, id string) (*record.Head, error) {
	if slices.Contains(keyRecords(), id) {
		return folder.ReadKeyHead(id)
	}
	return folder.ReadHead(id)
}
