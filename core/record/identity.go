package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// Identity says which store this is. It is written once, when the first account
// is stored; only a move changes its keystore.
type Identity struct {
	Version    int    `json:"version"`
	StoreID    string `json:"store_id"` // 128 random bits, hex
	Machine    string `json:"machine,omitempty"`
	Kind       string `json:"kind"`                  // keystore that new blobs go to
	MovingFrom string `json:"moving_from,omitempty"` // keystore that is being emptied
}

// Identity reads store.json. ok is false while no account was ever stored.
func (f *Folder) Identity() (id Identity, ok bool, err error) {
	data, err := atomicfile.Read(f.path("store.json"), maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return Identity{}, false, f.orphaned()
	}
	if err != nil {
		return Identity{}, false, unreadable(f.path("store.json"), err)
	}
	id, err = DecodeIdentity(data)
	return id, id.StoreID != "", err
}

// DecodeIdentity parses the bytes of store.json. A damaged one is an error with
// code record_damaged, one of a newer format an error with code newer_store
// together with what could be read of it.
func DecodeIdentity(data []byte) (id Identity, err error) {
	if err := json.Unmarshal(data, &id); err != nil || id.Version < 1 || id.StoreID == "" || id.Kind == "" || id.Version <= Version && !isKind(id.Kind) {
		return Identity{}, damaged("store.json, which says where the secrets are, cannot be read", err)
	}
	clean(maxName, &id.Kind, &id.MovingFrom)
	if id.Version > Version {
		return id, newer(id.Version)
	}
	return id, nil
}

// orphaned returns an error when there are accounts, so that store.json must
// have been lost: a new one would not open their tokens, and nobody could tell
// any more whose they are.
func (f *Folder) orphaned() error {
	ids, err := f.IDs()
	if err != nil || len(ids) == 0 {
		return err
	}
	return damaged("store.json, which says where the secrets are, is missing", nil)
}

// CheckMachine returns an error when the store was made on another machine: a
// copied store is a second owner of single-use tokens, and the first refresh of
// either would sign both out.
func (f *Folder) CheckMachine(id Identity) error {
	if f.machine == "" || id.Machine == f.machine || id.StoreID == "" { // the last: there is no store yet
		return nil
	}
	if id.Machine == "" {
		return &autherr.Error{
			Kind: autherr.Keystore, Code: autherr.CodeForeignStore,
			Message: f.path("store.json") + " does not say on which machine these accounts are, so that they may be a copy",
			Hint:    fmt.Sprintf("if they were never anywhere else, write \"machine\": %q into it; else sign in again: `hermes-tui purge`, then `hermes-tui login`", f.machine),
		}
	}
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeForeignStore,
		Message: "these accounts were copied from another machine, and refreshing them here would sign that one out",
		Hint:    "sign in again here: `hermes-tui purge`, then `hermes-tui login`",
	}
}

// EnsureIdentity returns the store's identity, making it with this kind of
// keystore if there is none yet.
func (f *Folder) EnsureIdentity(ctx context.Context, kind string) (Identity, error) {
	var id Identity
	err := f.updateIdentity(ctx, func(old Identity, ok bool) (Identity, error) {
		if ok {
			id = old
			return old, nil
		}
		storeID, err := randomHex(f.random, 16)
		id = Identity{StoreID: storeID, Machine: f.machine, Kind: kind}
		return id, err
	})
	return id, err
}

// SetKind writes where new blobs go, and which keystore is still to be emptied.
func (f *Folder) SetKind(ctx context.Context, kind, movingFrom string) error {
	return f.updateIdentity(ctx, func(old Identity, ok bool) (Identity, error) {
		if !ok { // purged meanwhile
			return old, damaged("store.json, which says where the secrets are, is missing", nil)
		}
		old.Kind, old.MovingFrom = kind, movingFrom
		return old, nil
	})
}

func (f *Folder) updateIdentity(ctx context.Context, change func(Identity, bool) (Identity, error)) error {
	if err := f.Ensure(); err != nil {
		return err
	}
	lock, err := f.acquire(ctx, f.path("store.lock"))
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	old, ok, err := f.Identity()
	if err != nil {
		return err
	}
	next, err := change(old, ok)
	if err != nil || (ok && next == old) {
		return err
	}
	next.Version = Version
	data, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	if err := atomicfile.Write(f.path("store.json"), append(data, '\n'), 0o600); err != nil {
		return unwritable(f.path("store.json"), err)
	}
	return nil
}
