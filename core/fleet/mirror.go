package fleet

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// maxValue bounds what is read of one value.
const maxValue = 1 << 20

// mirror is what this host has seen of the fleet, in files beside the heads: for
// each account the newest value of its head.
type mirror struct{ folder *record.Folder }

func (m mirror) dir() string             { return filepath.Join(m.folder.Dir(), "fleet") }
func (m mirror) path(name string) string { return filepath.Join(m.dir(), name) }

// knows reports whether this host has seen the account in the fleet.
func (m mirror) knows(id string) bool {
	_, err := os.Lstat(m.path(id + ".head"))
	return err == nil
}

// ids are the accounts that this host has seen in the fleet.
func (m mirror) ids() (map[string]bool, error) {
	found, err := os.ReadDir(m.dir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	ids := map[string]bool{}
	for _, f := range found {
		if id, ok := strings.CutSuffix(f.Name(), ".head"); ok && record.ValidID(id) {
			ids[id] = true
		}
	}
	return ids, nil
}

// has reports whether this value is the newest that was seen.
func (m mirror) has(id string, raw []byte) bool {
	data, err := atomicfile.Read(m.path(id+".head"), maxValue)
	return err == nil && bytes.Equal(data, raw)
}

// keep writes down what was seen, or that the account is known no more.
func (m mirror) keep(id string, raw []byte) error {
	if raw == nil {
		err := atomicfile.Remove(m.path(id + ".head"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	return m.write(id+".head", raw)
}

func (m mirror) write(name string, data []byte) error {
	if err := private.Make(m.dir()); err != nil {
		return err
	}
	return atomicfile.Write(m.path(name), data, 0o600)
}

// older reports whether a head comes before one that was seen: one that is not
// removed before one that is, then by generation, then by quarantine.
func older(h, seen *record.Head) bool {
	switch {
	case h.Removed() != seen.Removed():
		return seen.Removed()
	case h.Gen != seen.Gen:
		return h.Gen < seen.Gen
	default:
		return seen.Quarantined() && !h.Quarantined()
	}
}

// bringing brings the mirror of an account, whose lock is held, to what etcd says.
type bringing struct {
	*Heads
	local vault.Claim
	id    string
}

// entry makes the folder's head what an entry says, and returns it with the intent
// that stands, which only the entry tells.
func (b *bringing) entry(ctx context.Context, e *entry) (*record.Head, error) {
	mine, err := b.local.Head(ctx)
	if err != nil && autherr.CodeOf(err) != autherr.CodeNoSuchAccount {
		return nil, err
	}
	if e.raw == nil {
		return mine, err
	}
	next := e.head.Copy()
	next.Intent = nil
	if mine != nil {
		next.Rev, next.Trash, next.Origin, next.Locked, next.ClockSkew = mine.Rev, mine.Trash, mine.Origin, mine.Locked, mine.ClockSkew
		if mine.Ref != nil && next.Ref != nil && mine.Ref.Name == next.Ref.Name {
			next.Ref = mine.Ref
		}
	}
	if mine == nil || !same(mine, next) || mine.Intent != nil {
		if err := b.replace(ctx, mine, next); err != nil {
			return nil, err
		}
	}
	if !b.mirror.has(b.id, e.raw) {
		if err := errors.Join(b.mirror.sighted(e.at, e.accepted), b.mirror.keep(b.id, e.raw)); err != nil {
			return nil, err
		}
	}
	b.brought.note(b.id, e.raw)
	shown := next.Copy()
	shown.Intent = e.head.Intent
	return shown, nil
}

// replace fetches the blob that next points at, and writes next.
func (b *bringing) replace(ctx context.Context, mine, next *record.Head) error {
	if next.Ref != nil && (mine == nil || mine.Ref == nil || mine.Ref.Name != next.Ref.Name) {
		if err := b.fetch(ctx, next.Ref); err != nil {
			return err
		}
	}
	if mine != nil && mine.Ref != nil && (next.Ref == nil || next.Ref.Item != mine.Ref.Item) {
		next.Discard(mine.Ref.Item)
	}
	if mine != nil && mine.Intent != nil && (next.Ref == nil || next.Ref.Item != mine.Intent.Blob) {
		next.Discard(mine.Intent.Blob)
	}
	if err := b.local.Swap(ctx, vault.Change{Next: next}); err != nil {
		return err
	}
	b.sweep(ctx, next)
	err := b.Folder.Publish(ctx, next)
	if err == nil && mine != nil && next.Label != mine.Label {
		err = b.rename(ctx, next.Label)
	}
	if err != nil {
		b.Log.Warn("could not copy a head of the fleet into the pool file", "account", b.id, "error", err)
	}
	return nil
}

// rename gives the account the label here that another host has given it, unless one
// of this host's has it.
func (b *bringing) rename(ctx context.Context, label string) error {
	return b.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool {
		row := p.Find(b.id)
		taken := slices.ContainsFunc(p.Rows, func(r record.Row) bool { return r.Label == label })
		if row == nil || label == "" || taken {
			return false
		}
		row.Label = label
		return true
	})
}

// fetch brings a blob from etcd into this host's keystore.
func (b *bringing) fetch(ctx context.Context, ref *record.Ref) error {
	store, err := b.keystore(ctx, ref.Kind)
	if err != nil {
		return err
	}
	if data, err := store.Get(ctx, ref.Name); err == nil && record.Checksum(data) == ref.SHA256 {
		return nil // an earlier attempt has brought it
	}
	got, err := b.Store.Get(ctx, b.Keys.Stamp(), b.Keys.Blob(b.id, ref.Name))
	if err != nil {
		return away(err)
	}
	if !got.KVs[1].Found() {
		return moved(b.id)
	}
	view, err := b.view(ctx, got.KVs[0].Value)
	if err != nil {
		return err
	}
	data, err := view.Open(got.KVs[1].Value)
	if err != nil {
		return err
	}
	defer clear(data)
	if len(data) != ref.Length || record.Checksum(data) != ref.SHA256 {
		return damaged(b.id, errors.New("the sealed tokens are not those that the head means"))
	}
	return vault.Explain(store.Put(ctx, ref.Name, data))
}

// sweep deletes what the new head needs no more; what is left stays named.
func (b *bringing) sweep(ctx context.Context, h *record.Head) {
	if len(h.Trash) == 0 {
		return
	}
	kept := h.Trash[:0:0]
	for _, at := range h.Trash {
		store, err := b.keystore(ctx, at.Kind)
		if err == nil {
			err = store.Delete(ctx, at.Name)
		}
		if err != nil {
			kept = append(kept, at)
		}
	}
	h.Trash = kept
	if err := b.local.Swap(ctx, vault.Change{Next: h}); err != nil {
		b.Log.Warn("could not write that old tokens are deleted", "account", b.id, "error", err)
	}
}

// keystore opens one of this host's keystores.
func (h *Heads) keystore(ctx context.Context, kind string) (keystore.Store, error) {
	ident, _, err := h.Folder.Store.Read()
	if err != nil {
		return nil, err
	}
	store, err := h.Keystores.Open(ctx, keystore.Kind(kind), ident.Space())
	if err != nil {
		return nil, vault.Explain(err)
	}
	return store, nil
}

// freshness is when a watch has last told that nothing is missing.
type freshness struct {
	mu sync.Mutex
	at time.Time
}

func (f *freshness) set(at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = at
}

func (f *freshness) within(now time.Time, limit time.Duration) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	ago := now.Sub(f.at)
	return !f.at.IsZero() && ago >= 0 && ago <= limit
}
