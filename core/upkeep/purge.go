package upkeep

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Move brings all secrets to another kind of keystore. Interrupted, it goes on
// where it stopped when it is called again.
func (u *Upkeep) Move(ctx context.Context, to keystore.Kind, progress func(done, total int)) error {
	defer u.state.Changed.Ring()
	return u.state.Vault.Move(ctx, to, progress)
}

// Purge deletes every account, every secret and every file of ours in the state
// folder. With keep it stops at the first account whose secrets cannot be
// deleted; without, it deletes what it can and forgets the rest.
func (u *Upkeep) Purge(ctx context.Context, keep bool) error {
	if err := u.state.Folder.CheckOwner(); err != nil {
		return err
	}
	if err := u.alone(); err != nil {
		return err
	}
	if err := u.state.Vault.Clear(ctx); err != nil && keep {
		return err
	}
	return u.deleteFiles()
}

// alone returns an error where the accounts are a fleet's: to delete them here would
// delete them for all its hosts.
func (u *Upkeep) alone() error {
	ident, _, _ := u.state.Folder.Store.Read() // one that cannot be read says nothing
	if u.state.Vault.Heads == nil && ident.Fleet == "" {
		return nil
	}
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeForeignStore,
		Message: "the accounts here are those of a fleet, and would be deleted for all its hosts",
		Hint:    "`hermes-tui fleet leave` deletes what this machine holds of it (with --force where its etcd is lost); then purge",
	}
}

// deleteFiles removes what this program makes in its folder, and the folders if
// nothing else is in them. The folders of records, histories, backups, questions, proxies and counts
// are its own with everything that is in them.
func (u *Upkeep) deleteFiles() error {
	dir := u.state.Folder.Dir()
	names, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range names {
		if madeHere(name.Name()) {
			if err := os.RemoveAll(filepath.Join(dir, name.Name())); err != nil {
				return err
			}
		}
	}
	_ = os.Remove(dir)
	return nil
}

// madeHere reports whether a name in the state folder is one that this program
// gives.
func madeHere(name string) bool {
	for _, pattern := range []string{
		"acct", "history", "backup", "consent", proxies.Folder, tally.Folder, budget.Folder, "*.lock", ".*.tmp", "store.json", "pool.json", "pool.json.bak", "pool.json.bak.new",
		"usage.json", "plans.json", "conversations.json", "lock.json", "ui.json", "hermes-tui.log", "hermes-tui.log.1",
	} {
		if ok, _ := filepath.Match(pattern, name); ok {
			return true
		}
	}
	return false
}
