package vault

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// ProxyKey returns the key that programs show to the proxy, without a lock; the
// zero secret while none was made.
func (v *Vault) ProxyKey(ctx context.Context) (secret.Secret, error) {
	var last error
	for range readTries {
		h, err := v.Folder.ReadProxyKeyHead()
		if err != nil || h.Ref == nil {
			return secret.Secret{}, err
		}
		key, err := v.openProxyKey(ctx, h)
		if !missing(err) {
			return key, Explain(err)
		}
		last = err // it may have been replaced between the two reads
	}
	return secret.Secret{}, record.DamagedProxyKey(last)
}

func (v *Vault) openProxyKey(ctx context.Context, h record.ProxyKeyHead) (secret.Secret, error) {
	ident, _, err := v.Folder.Identity()
	if err != nil {
		return secret.Secret{}, err
	}
	data, err := v.get(ctx, ident.StoreID, h.Ref.Place)
	if err != nil {
		return secret.Secret{}, err
	}
	if record.Checksum(data) != h.Ref.SHA256 {
		return secret.Secret{}, &keystore.Error{Condition: keystore.Damaged, Op: "get", Message: "the stored key is not the one that was written"}
	}
	return record.OpenProxyKey(ident.StoreID, data)
}

// MakeProxyKey stores a new key and returns it. With replace the old one is
// deleted; without, a key that exists already is returned instead.
func (v *Vault) MakeProxyKey(ctx context.Context, ident record.Identity, replace bool) (secret.Secret, error) {
	lock, err := v.Folder.LockProxyKey(ctx)
	if err != nil {
		return secret.Secret{}, err
	}
	defer func() { _ = lock.Unlock() }()
	h, err := v.Folder.ReadProxyKeyHead()
	if err != nil && !replace {
		return secret.Secret{}, err
	}
	if h.Ref != nil && !replace {
		key, err := v.openProxyKey(ctx, h)
		if missing(err) {
			err = record.DamagedProxyKey(err)
		}
		return key, Explain(err)
	}
	key, err := v.Folder.NewProxyKey()
	if err != nil {
		return secret.Secret{}, err
	}
	h.MadeAt = v.Clock.Now()
	return key, v.putProxyKey(ctx, ident, h, key)
}

// putProxyKey writes the key under a new name and moves the head to it: the
// same three steps as for tokens. The caller holds the lock.
func (v *Vault) putProxyKey(ctx context.Context, ident record.Identity, h record.ProxyKeyHead, key secret.Secret) error {
	data, err := record.SealProxyKey(ident.StoreID, key)
	if err != nil {
		return err
	}
	name, err := v.Folder.NewBlobName(record.ProxyKeyID)
	if err != nil {
		return err
	}
	h.Discard(h.Planned) // of an attempt that was interrupted
	h.Planned = &record.Place{Kind: ident.Kind, Name: name}
	if err := v.Folder.WriteProxyKeyHead(h); err != nil {
		return err
	}
	if err := v.put(ctx, ident.StoreID, *h.Planned, data); err != nil {
		return Explain(err)
	}
	if h.Ref != nil {
		h.Discard(&h.Ref.Place)
	}
	h.Ref = &record.Ref{Place: *h.Planned, Length: len(data), SHA256: record.Checksum(data)}
	h.Planned = nil
	if err := v.Folder.WriteProxyKeyHead(h); err != nil {
		return err
	}
	return v.sweepProxyKey(ctx, ident, h)
}

// sweepProxyKey deletes what the head no longer needs. What cannot be deleted
// now is tried again at the next change.
func (v *Vault) sweepProxyKey(ctx context.Context, ident record.Identity, h record.ProxyKeyHead) error {
	if len(h.Trash) == 0 {
		return nil
	}
	kept := h.Trash[:0:0]
	for _, at := range h.Trash {
		if err := v.delete(ctx, ident.StoreID, at); err != nil {
			v.Log.Warn("could not delete an old key of the proxy", "error", err)
			kept = append(kept, at)
		}
	}
	h.Trash = kept
	return v.Folder.WriteProxyKeyHead(h)
}

// mendProxyKey takes back a change of the key that was interrupted and deletes
// what its head does not need. A lock that is taken is somebody's who changes it.
func (v *Vault) mendProxyKey(ctx context.Context, ident record.Identity) error {
	h, err := v.Folder.ReadProxyKeyHead()
	if err != nil || h.Planned == nil && len(h.Trash) == 0 {
		return nil // a damaged one is named where the key is used
	}
	lock, err := v.Folder.TryLockProxyKey()
	if err != nil || lock == nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	if h, err = v.Folder.ReadProxyKeyHead(); err != nil {
		return err
	}
	if h.Planned != nil {
		h.Discard(h.Planned)
		h.Planned = nil
		if err := v.Folder.WriteProxyKeyHead(h); err != nil {
			return err
		}
	}
	return v.sweepProxyKey(ctx, ident, h)
}

// moveProxyKey brings the key to another kind of keystore.
func (v *Vault) moveProxyKey(ctx context.Context, to string) error {
	lock, err := v.Folder.LockProxyKey(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	h, err := v.Folder.ReadProxyKeyHead()
	if err != nil || h.Ref == nil || h.Ref.Kind == to {
		return err
	}
	ident, _, err := v.Folder.Identity()
	if err != nil {
		return err
	}
	key, err := v.openProxyKey(ctx, h)
	if missing(err) {
		return record.DamagedProxyKey(err)
	}
	if err != nil {
		return Explain(err)
	}
	return v.putProxyKey(ctx, ident, h, key)
}

// RemoveProxyKey deletes the key; without one it does nothing.
func (v *Vault) RemoveProxyKey(ctx context.Context) error {
	h, err := v.Folder.ReadProxyKeyHead()
	if err != nil || (h.Ref == nil && h.Planned == nil && len(h.Trash) == 0) {
		return err
	}
	lock, err := v.Folder.LockProxyKey(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	if h, err = v.Folder.ReadProxyKeyHead(); err != nil {
		return err
	}
	ident, _, err := v.Folder.Identity()
	if err != nil {
		return err
	}
	h.Discard(h.Planned)
	if h.Ref != nil {
		h.Discard(&h.Ref.Place)
	}
	h.Ref, h.Planned = nil, nil
	if err := v.Folder.WriteProxyKeyHead(h); err != nil {
		return err
	}
	var left error
	for _, at := range h.Trash {
		if err := v.delete(ctx, ident.StoreID, at); err != nil {
			left = Explain(err)
		}
	}
	return left
}
