package core

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Remove deletes an account and its secrets. It cannot be undone.
func (c *Core) Remove(ctx context.Context, id string) error {
	err := c.vault.Remove(context.WithoutCancel(ctx), id)
	if h, _ := c.folder.ReadHead(id); err != nil && h != nil && h.Removed() {
		err = leftBehind(err)
	}
	c.mu.Lock()
	delete(c.cache, id)
	c.mu.Unlock()
	c.changed.fire()
	return err
}

// leftBehind is the answer where an account is gone and its secrets are not.
func leftBehind(cause error) error {
	e := autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeKeystoreUnavailable, Err: cause}
	var known *autherr.Error
	if errors.As(cause, &known) {
		e.Kind, e.Code = known.Kind, known.Code
	}
	e.Message = "the account is removed, but its secrets are not deleted yet: " + cause.Error()
	e.Hint = "once the keystore works again, open hermes-tui: that deletes them"
	return &e
}

// clearRemoved deletes the secrets that removals had to leave behind.
func (c *Core) clearRemoved(ctx context.Context) {
	ids, _ := c.folder.IDs()
	for _, id := range ids {
		if h, err := c.folder.ReadHead(id); err == nil && h.Removed() && len(h.Trash) > 0 {
			_ = c.vault.Remove(ctx, id)
		}
	}
}

// Move brings all secrets to another kind of keystore. Interrupted, it goes on
// where it stopped when it is called again.
func (c *Core) Move(ctx context.Context, to keystore.Kind, progress func(done, total int)) error {
	defer c.changed.fire()
	return c.vault.Move(ctx, to, progress)
}

// Purge deletes every account, every secret and every file of ours in the state
// folder. With keep it stops at the first account whose secrets cannot be
// deleted; without, it deletes what it can and forgets the rest.
func (c *Core) Purge(ctx context.Context, keep bool) error {
	if err := c.folder.CheckOwner(); err != nil {
		return err
	}
	ids, err := c.folder.IDs()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.vault.Remove(ctx, id); err != nil && keep {
			return err
		}
	}
	if err := c.vault.RemoveProxyKey(ctx); err != nil && keep {
		return err
	}
	return c.deleteFiles()
}

// deleteFiles removes the files that this program makes, and the folders if
// nothing else is in them.
func (c *Core) deleteFiles() error {
	dir := c.folder.Dir()
	patterns := []string{
		"acct/*.head", "acct/*.lock", "acct/*.age", "acct/.*.tmp", "history/*.jsonl", "history/*.jsonl.1", "backup/*.age", "backup/.*.tmp", ".*.tmp",
		"pool.json", "pool.json.bak", "pool.json.bak.new", "usage.json", "store.json", "ui.json",
		"*.lock", "hermes-tui.log", "hermes-tui.log.1",
	}
	for _, pattern := range patterns {
		names, err := fs.Glob(os.DirFS(dir), pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := atomicfile.Remove(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	_ = os.Remove(c.folder.BlobDir())
	_ = os.Remove(filepath.Join(dir, "history"))
	_ = os.Remove(filepath.Join(dir, "backup"))
	_ = os.Remove(dir)
	return nil
}

// Reconcile brings the pool file up to the heads and clears up after processes
// that were killed. A window does it once when it opens.
func (c *Core) Reconcile(ctx context.Context) (notice string, err error) {
	found, err := c.folder.Reconcile(ctx)
	now := c.config.Clock.Now()
	_ = atomicfile.CleanTemp(c.folder.Dir(), now, time.Hour)
	_ = atomicfile.CleanTemp(c.folder.BlobDir(), now, time.Hour)
	c.clearRemoved(ctx)
	c.vault.Forget(ctx)
	c.changed.fire()
	switch found {
	case record.Restored:
		notice = "the pool file was damaged and has been restored from its previous version"
	case record.Rebuilt:
		notice = "the pool file was lost or damaged and has been rebuilt from the accounts"
	}
	return notice, err
}
