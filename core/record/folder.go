package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// maxRecord bounds what is read of one record; a head has some thousand bytes.
const maxRecord = 1 << 20

// Folder is the state folder. It is safe for concurrent use by goroutines and,
// through its locks, by processes.
type Folder struct {
	dir    string
	random io.Reader
	locks  locks
	room   room

	// Store is which store this is, in store.json.
	Store *StoreFile
	// History is what happened to the accounts.
	History *History
}

// Options describes a state folder.
type Options struct {
	Dir     string    // made with mode 0700 at the first write
	Machine string    // identifies this machine; empty when it has no id
	Random  io.Reader // source of names and ids
}

// Open returns the folder at o.Dir. Nothing is read or made.
func Open(o Options) *Folder {
	f := &Folder{dir: o.Dir, random: o.Random, locks: locks{o.Dir, newMutexes()}}
	f.Store, f.History = &StoreFile{f, o.Machine}, &History{f}
	return f
}

// Dir returns the folder's path.
func (f *Folder) Dir() string { return f.dir }

// BlobDir returns where a file keystore keeps its blobs: beside the heads.
func (f *Folder) BlobDir() string { return filepath.Join(f.dir, "acct") }

// KeyringLockPath returns the lock that serialises writes to the OS keyring.
func (f *Folder) KeyringLockPath() string { return filepath.Join(f.dir, "keyring.lock") }

// AutoLockPath returns the lock of the one window that refreshes ahead of time.
func (f *Folder) AutoLockPath() string { return filepath.Join(f.dir, "auto.lock") }

// NewBlobName returns a fresh name for a blob of the account.
func (f *Folder) NewBlobName(id string) (string, error) { return blobName(f.random, id) }

func (f *Folder) acct(id, suffix string) string {
	return filepath.Join(f.dir, "acct", id+suffix)
}

func (f *Folder) path(name string) string { return filepath.Join(f.dir, name) }

// HeadPath returns the file of an account's head. Stat it to learn cheaply
// whether anything about the account has changed.
func (f *Folder) HeadPath(id string) string { return f.acct(id, ".head") }

// Ensure makes the folder and proves that it can be written and is ours.
func (f *Folder) Ensure() error { return f.make(f.BlobDir()) }

// make makes a folder in the state folder, or that itself.
func (f *Folder) make(dir string) error {
	if err := f.CheckOwner(); err != nil {
		return err
	}
	if err := private.Make(dir); err != nil {
		return unwritable(f.dir, err)
	}
	return nil
}

// CheckOwner returns an error when the folder belongs to another user, or would
// lie in another user's: two owners of one single-use token would sign each other
// out, and what root makes in a person's home locks the person out. Whatever
// makes a file or takes a lock asks this before.
func (f *Folder) CheckOwner() error { return checkOwner(f.dir) }

func checkOwner(dir string) error {
	err := private.Owner(dir)
	if err == nil {
		return nil
	}
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeForeignStore,
		Message: err.Error() + ", so nothing is changed or made there",
		Hint:    "run hermes-tui as its owner, or name a folder of your own with HERMES_TUI_HOME",
	}
}

// ReadHead returns the head of an account. An account that never was is an
// error with code no_such_account.
func (f *Folder) ReadHead(id string) (*Head, error) {
	if err := CheckID(id); err != nil {
		return nil, err
	}
	return f.readHead(id)
}

func (f *Folder) readHead(id string) (*Head, error) {
	path := f.HeadPath(id)
	at, _ := seen(path) // before it is read: a version replaced meanwhile is looked at again
	data, err := atomicfile.Read(path, maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noSuchAccount(id)
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	h, err := decodeHead(id, data)
	if err == nil && h.ID != id {
		h, err = nil, damaged(fmt.Sprintf("the record of %s names the id %s", id, h.ID), nil)
	}
	if h != nil {
		h.seen = at
	}
	return h, in(path, err)
}

// in names the file in an error about what stands in it.
func in(path string, err error) error {
	var e *autherr.Error
	if !errors.As(err, &e) {
		return err
	}
	named := *e
	named.Message += " (" + path + ")"
	return &named
}

// WriteHead replaces an account's head. The caller holds the account's lock.
// Every write raises the head's revision.
func (f *Folder) WriteHead(h *Head) error { return f.writeHead(h, atomicfile.Write) }

func (f *Folder) writeHead(h *Head, write func(path string, data []byte, perm os.FileMode) error) error {
	h.Version = h.format()
	h.Rev++
	h.Interrupted = (h.Intent != nil && h.Intent.Why == ForRefresh) || h.Uncertain != ""
	h.RefreshingSince = time.Time{}
	if h.Intent != nil && h.Intent.Why == ForRefresh {
		h.RefreshingSince = h.Intent.At
	}
	data, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return err
	}
	if err := write(f.HeadPath(h.ID), append(data, '\n'), 0o600); err != nil {
		h.Rev--
		return unwritable(f.HeadPath(h.ID), err)
	}
	h.seen, _ = seen(f.HeadPath(h.ID))
	return nil
}

// CleanTemp removes the temporary files of an account's head and blobs, which
// a killed process left behind. The caller holds the account's lock and is
// writing neither.
func (f *Folder) CleanTemp(id string) {
	if !known(id) {
		return
	}
	left, _ := fs.Glob(os.DirFS(f.BlobDir()), "."+id+".*.tmp")
	for _, name := range left {
		_ = os.Remove(filepath.Join(f.BlobDir(), name))
	}
}

// IDs returns the ids of all heads, removed accounts included, in no order.
func (f *Folder) IDs() ([]string, error) { return ids(f.BlobDir(), ".head") }

func ids(dir, suffix string) (ids []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(dir, err)
	}
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), suffix); ok && ValidID(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// ReservedIDs returns every id that is in use or was ever reserved, in no order.
func (f *Folder) ReservedIDs() ([]string, error) { return ids(f.BlobDir(), ".lock") }

// Reserve finds an id that was never used and reserves it by creating its lock
// file.
func (f *Folder) Reserve(_ context.Context) (string, error) {
	if err := f.Ensure(); err != nil {
		return "", err
	}
	for {
		id, err := newID(f.random)
		if err != nil {
			return "", err
		}
		ok, err := f.ReserveAs(id)
		if err != nil {
			return "", err
		}
		if ok {
			return id, nil
		}
	}
}

// ReserveAs reserves an id that comes from elsewhere. ok is false when it is no
// id or was ever used here.
func (f *Folder) ReserveAs(id string) (ok bool, err error) {
	if !ValidID(id) {
		return false, nil
	}
	if err := f.Ensure(); err != nil {
		return false, err
	}
	file, err := os.OpenFile(f.acct(id, ".lock"), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, unwritable(f.dir, err)
	}
	return true, file.Close()
}

// DeleteHead forgets a removed account for good. The caller holds its lock; the
// lock file stays, so that the id is never used again.
func (f *Folder) DeleteHead(id string) error {
	err := atomicfile.Remove(f.HeadPath(id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(f.HeadPath(id), err)
	}
	return nil
}

func noSuchAccount(id string) error {
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeNoSuchAccount,
		Message: fmt.Sprintf("there is no account %q", id),
		Hint:    "`hermes-tui list` shows the accounts there are",
	}
}

func unwritable(path string, err error) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeKeystoreUnavailable,
		Message: fmt.Sprintf("could not write %s: %v", path, pathless(err)),
		Hint:    "check the folder's owner, its mode and the space on the disk",
		Err:     err,
	}
}

func unreadable(path string, err error) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeKeystoreUnavailable,
		Message: fmt.Sprintf("could not read %s: %v", path, pathless(err)),
		Hint:    "check the file's owner and mode; nothing was changed",
		Err:     err,
	}
}

// pathless drops the path that os errors repeat.
func pathless(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
