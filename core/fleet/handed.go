package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// drop writes that the owners hand out nothing of an account any more.
func (b *bringing) drop(ctx context.Context) error {
	mine, err := b.local.Head(ctx)
	if err != nil || mine.Removed() {
		return nil //nolint:nilerr // it never was here
	}
	next := mine.Copy()
	next.DiscardAll()
	next.Marker, next.LastError = nil, nil
	next.Status, next.RemovedAt = record.StatusRemoved, b.Clock.Now()
	if err := b.write(ctx, next); err != nil {
		return err
	}
	return b.mirror.keep(b.id, nil)
}

// write writes a head of this host, and copies it to where it is listed.
func (b *bringing) write(ctx context.Context, next *record.Head) error {
	if err := b.local.Swap(ctx, vault.Change{Next: next}); err != nil {
		return err
	}
	b.sweep(ctx, next)
	return b.Folder.Publish(ctx, next)
}

// access stores what owners hand out of an account.
func (b *bringing) access(ctx context.Context, view View, value []byte) error {
	data, err := view.OpenAccess(b.Keys.Access(b.id), value)
	if err != nil {
		return err
	}
	defer clear(data)
	var a access
	if err := json.Unmarshal(data, &a); err != nil {
		return damaged(b.id, nil) // the cause would quote a token
	}
	ident, _, err := b.Folder.Store.Read()
	if err != nil {
		return err
	}
	next, err := b.Folder.DecodeShared(b.id, a.Head, ident.Kind)
	if err != nil {
		return err
	}
	next.Lend()
	next.Skew, next.Ref = min(next.Skew, readerSkew), nil
	mine, err := b.local.Head(ctx)
	switch {
	case err != nil && autherr.CodeOf(err) != autherr.CodeNoSuchAccount:
		return err
	case err == nil:
		if before := b.mirror.handedAfter(b.id); a.Restores < before || a.Restores == before && next.Gen < mine.Gen {
			return errors.New("it is older than what this host has seen")
		}
		next.Rev, next.Trash, next.Locked, next.ClockSkew = mine.Rev, mine.Trash, mine.Locked, mine.ClockSkew
		if mine.Ref != nil {
			next.Discard(mine.Ref.Item)
		}
	}
	if a.Blob != nil {
		if err := b.storeAccess(ctx, ident, next, a.Blob); err != nil {
			return err
		}
	}
	if err := b.write(ctx, next); err != nil {
		return err
	}
	if err := b.mirror.handed(b.id, a.Restores); err != nil {
		return err
	}
	return b.mirror.keep(b.id, value)
}

// handed writes down after how many restored stores what this host has was handed out.
func (m mirror) handed(id string, restores uint64) error {
	if restores == m.handedAfter(id) {
		return nil
	}
	return m.write(id+".restores", strconv.AppendUint(nil, restores, 10))
}

func (m mirror) handedAfter(id string) (restores uint64) {
	data, err := atomicfile.Read(m.path(id+".restores"), maxValue)
	if err == nil {
		restores, _ = strconv.ParseUint(string(data), 10, 64)
	}
	return restores
}

// storeAccess puts an access token into this host's keystore.
func (b *bringing) storeAccess(ctx context.Context, ident record.Store, next *record.Head, data []byte) error {
	blob, err := record.OpenBlob(data)
	if err != nil {
		return err
	}
	blob.StoreID = ident.StoreID
	if data, err = blob.Seal(); err != nil {
		return err
	}
	defer clear(data)
	name, err := b.Folder.NewBlobName(b.id)
	if err != nil {
		return err
	}
	store, err := b.keystore(ctx, ident.Kind)
	if err != nil {
		return err
	}
	next.Gen = blob.Gen
	next.Ref = &record.Ref{Item: record.Item{Kind: ident.Kind, Name: name}, Length: len(data), SHA256: record.Checksum(data)}
	return vault.Explain(store.Put(ctx, name, data))
}
