package record

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// Store says which store this is. It is written once, when the first account
// is stored; only a move changes its keystore.
type Store struct {
	Version    int    `json:"version"`
	StoreID    string `json:"store_id"` // 128 random bits, hex
	Machine    string `json:"machine,omitempty"`
	Kind       string `json:"kind"`                  // keystore that new blobs go to
	MovingFrom string `json:"moving_from,omitempty"` // keystore that is being emptied
	// Fleet is the fleet whose accounts these are; empty for those of one machine.
	// The store's id is then the same on all its hosts.
	Fleet string `json:"fleet,omitempty"`
	// Items is the name under which a keystore has this host's secrets, where that is
	// not the store's id.
	Items string `json:"items,omitempty"`
}

// fleetFormat is that of a store which a program that knows no fleets must not touch.
const fleetFormat = 2

// Space is the name under which a keystore has this host's secrets.
func (s Store) Space() string { return cmp.Or(s.Items, s.StoreID) }

func (s Store) format() int {
	if s.Fleet != "" {
		return fleetFormat
	}
	return format
}

// StoreFile is store.json of a folder.
type StoreFile struct {
	folder  *Folder
	machine string // this one
}

// Read reads store.json. ok is false while no account was ever stored.
func (s *StoreFile) Read() (id Store, ok bool, err error) {
	data, err := atomicfile.Read(s.folder.path("store.json"), maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return Store{}, false, s.orphaned()
	}
	if err != nil {
		return Store{}, false, unreadable(s.folder.path("store.json"), err)
	}
	id, err = decodeStore(data)
	return id, id.StoreID != "", err
}

// decodeStore parses the bytes of store.json. A damaged one is an error with
// code record_damaged, one of a newer format an error with code newer_store
// together with what could be read of it.
func decodeStore(data []byte) (id Store, err error) {
	if err := json.Unmarshal(data, &id); err != nil || id.Version < 1 || id.StoreID == "" || id.Kind == "" || id.Version <= fleetFormat && !isKind(id.Kind) {
		return Store{}, damaged("store.json, which says where the secrets are, cannot be read", err)
	}
	clean(maxName, &id.Kind, &id.MovingFrom, &id.Fleet, &id.Items)
	if id.Version > fleetFormat {
		return id, newer(id.Version)
	}
	return id, nil
}

// orphaned returns an error when there are accounts, so that store.json must
// have been lost: a new one would not open their tokens, and nobody could tell
// any more whose they are.
func (s *StoreFile) orphaned() error {
	ids, err := s.folder.IDs()
	if err != nil || len(ids) == 0 {
		return err
	}
	return damaged("store.json, which says where the secrets are, is missing", nil)
}

// CheckMachine returns an error when the store was made on another machine: a
// copied store is a second owner of single-use tokens, and the first refresh of
// either would sign both out.
func (s *StoreFile) CheckMachine(id Store) error {
	if s.machine == "" || id.Machine == s.machine || id.StoreID == "" { // the last: there is no store yet
		return nil
	}
	if id.Machine == "" {
		return &autherr.Error{
			Kind: autherr.Keystore, Code: autherr.CodeForeignStore,
			Message: s.folder.path("store.json") + " does not say on which machine these accounts are, so that they may be a copy",
			Hint:    fmt.Sprintf("if they were never anywhere else, write \"machine\": %q into it; else sign in again: `hermes-tui purge`, then `hermes-tui login`", s.machine),
		}
	}
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeForeignStore,
		Message: "these accounts were copied from another machine, and refreshing them here would sign that one out",
		Hint:    "sign in again here: `hermes-tui purge`, then `hermes-tui login`",
	}
}

// Ensure returns which store this is, making it with this kind of
// keystore if there is none yet.
func (s *StoreFile) Ensure(ctx context.Context, kind string) (Store, error) {
	var id Store
	err := s.update(ctx, func(old Store, ok bool) (Store, error) {
		if ok {
			id = old
			return old, nil
		}
		storeID, err := randomHex(s.folder.random, 16)
		id = Store{StoreID: storeID, Machine: s.machine, Kind: kind}
		return id, err
	})
	return id, err
}

// SetKind writes where new blobs go, and which keystore is still to be emptied.
func (s *StoreFile) SetKind(ctx context.Context, kind, movingFrom string) error {
	return s.update(ctx, func(old Store, ok bool) (Store, error) {
		if !ok { // purged meanwhile
			return old, damaged("store.json, which says where the secrets are, is missing", nil)
		}
		old.Kind, old.MovingFrom = kind, movingFrom
		return old, nil
	})
}

// Join makes the store one of a fleet: its hosts agree on the store's id, and this
// host's secrets stay under the name that they have.
func (s *StoreFile) Join(ctx context.Context, fleet, storeID, kind string) (Store, error) {
	var joined Store
	err := s.update(ctx, func(old Store, ok bool) (Store, error) {
		joined = old
		if !ok {
			items, err := randomHex(s.folder.random, 16)
			if err != nil {
				return old, err
			}
			joined = Store{Machine: s.machine, Kind: kind, Items: items}
		}
		if ok && old.StoreID != storeID {
			joined.Items = old.Space()
		}
		joined.Fleet, joined.StoreID = fleet, storeID
		return joined, nil
	})
	return joined, err
}

// Leave makes the store one of this machine alone.
func (s *StoreFile) Leave(ctx context.Context) error {
	return s.update(ctx, func(old Store, ok bool) (Store, error) {
		old.Fleet = ""
		return old, nil
	})
}

func (s *StoreFile) update(ctx context.Context, change func(Store, bool) (Store, error)) error {
	if err := s.folder.Ensure(); err != nil {
		return err
	}
	lock, err := s.folder.locks.acquire(ctx, s.folder.path("store.lock"))
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	old, ok, err := s.Read()
	if err != nil {
		return err
	}
	next, err := change(old, ok)
	if err != nil || (ok && next == old) {
		return err
	}
	next.Version = next.format()
	data, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	if err := atomicfile.Write(s.folder.path("store.json"), append(data, '\n'), 0o600); err != nil {
		return unwritable(s.folder.path("store.json"), err)
	}
	return nil
}
