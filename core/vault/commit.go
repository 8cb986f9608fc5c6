package vault

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Begin writes an intent into the head and makes ready to store its blob and the
// head that will point at it: their space on the disk is taken already. After
// it, what cannot be taken back may happen; if it fails, nothing may. hash is
// that of the refresh token about to be sent, empty for a sign-in. The caller
// holds the account's lock.
func (v *Vault) Begin(ctx context.Context, ident record.Identity, h *record.Head, why record.Reason, hash string) error {
	if err := v.Folder.CheckPool(); err != nil {
		return err
	}
	name, err := v.Folder.NewBlobName(h.ID)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	store, err := v.Keystores.Open(ctx, keystore.Kind(ident.Kind), ident.StoreID)
	if err != nil {
		return Explain(err)
	}
	if h.Intent != nil {
		h.Discard(h.Intent.Blob)
	}
	at := record.Place{Kind: ident.Kind, Name: name}
	h.Intent = &record.Intent{Why: why, Hash: hash, Blob: at, At: v.Clock.Now(), PID: v.PID}
	if err := v.Folder.WriteHead(h); err != nil {
		h.Intent = nil
		return err
	}
	if err = store.Prepare(ctx, name); err == nil {
		err = v.Folder.ReserveHead(h.ID)
	}
	if err != nil {
		v.Abandon(h)
		return Explain(err)
	}
	return nil
}

// Abandon takes an intent back: what it announced did not happen.
func (v *Vault) Abandon(h *record.Head) {
	if h.Intent == nil {
		return
	}
	h.Discard(h.Intent.Blob)
	h.Intent = nil
	v.Folder.ReleaseHead(h.ID)
	if err := v.Folder.WriteHead(h); err != nil {
		v.Log.Warn("could not take an intent back; the next command will", "account", h.ID, "error", err)
	}
}

// Commit stores the blob under the name that the head's intent planned and
// moves the head to it. The tokens may be used only after it returned without
// an error. While the keystore or the disk fails it tries again, for as long as
// the vault's patience lasts; the lock is kept meanwhile, and the tokens stay in
// memory, so that nothing is lost that can be kept. The caller holds the lock
// and has written the intent.
func (v *Vault) Commit(ctx context.Context, ident record.Identity, h *record.Head, blob *record.Blob) error {
	data, err := blob.Seal()
	if err != nil {
		return err
	}
	at := h.Intent.Blob
	next := advance(h, blob, record.Ref{Place: at, Length: len(data), SHA256: record.Checksum(data)})
	started := v.Clock.Now()
	for pause := 250 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := v.put(ctx, ident.StoreID, at, data)
		if err == nil {
			next.Rev = h.Rev // sayStoring may have written h
			err = v.Folder.CommitHead(&next)
		}
		if err == nil {
			*h = next
			v.Record(h.ID, committed(h, blob))
			return nil
		}
		v.Log.Error("new tokens cannot be stored yet; trying again", "account", h.ID, "error", err)
		v.sayStoring(h)
		gone := v.Clock.Now().Sub(started)
		if v.Patience > 0 && (gone >= v.Patience || gone < 0) {
			return v.giveUp(h, err)
		}
		if sleep := clock.Sleep(ctx, v.Clock, pause); sleep != nil {
			return v.giveUp(h, err)
		}
	}
}

// sayStoring tells those who wait for the lock what it is held for.
func (v *Vault) sayStoring(h *record.Head) {
	if h.Intent.Storing {
		return
	}
	h.Intent.Storing = true
	if err := v.Folder.WriteHead(h); err != nil {
		v.Log.Warn("could not note that tokens wait to be stored", "account", h.ID, "error", err)
	}
}

// giveUp leaves the intent, which says that the tokens were granted, to whoever
// takes the lock next.
func (v *Vault) giveUp(h *record.Head, cause error) error {
	h.Intent.Storing = true
	if err := v.Folder.CommitHead(h); err != nil {
		v.Log.Error("could not note that new tokens were not stored", "account", h.ID, "error", err)
	}
	return notStored(h, cause)
}

func notStored(h *record.Head, cause error) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Provider: h.Provider, Code: autherr.CodeCredentialPersistFailed,
		Message: "the new tokens could not be stored, so they are not used: " + Explain(cause).Error(),
		Hint:    "unlock or mend the keystore (`hermes-tui doctor`), then sign in again if the account asks for it",
		Err:     cause,
	}
}

// advance returns the head that a committed blob leads to.
func advance(h *record.Head, blob *record.Blob, ref record.Ref) record.Head {
	next := *h
	next.Trash = append([]record.Place(nil), h.Trash...)
	next.Refused = append([]string(nil), h.Refused...)
	if h.Ref != nil {
		next.Discard(h.Ref.Place)
	}
	next.Ref, next.Gen = &ref, blob.Gen
	next.Current = record.Hash(blob.StoreID, blob.Grant())
	next.Intent, next.Uncertain, next.Unstored, next.Doubts = nil, "", false, 0
	next.Status, next.Marker, next.LastError = record.StatusOK, nil, nil
	next.NotBefore, next.Failures = time.Time{}, 0
	next.Locked, next.SignedOut, next.NotIncluded = false, false, false
	next.Attempts++
	b := blob.Binding
	next.Provider, next.Region, next.API, next.Scope = b.Provider, b.Region, b.API, b.Scope
	next.ObtainedAt, next.ExpiresAt, next.GrantExpiresAt = blob.ObtainedAt, blob.ExpiresAt, blob.GrantExpiresAt
	next.Identity, next.Unrenewable = blob.Identity, blob.Refresh.IsZero() && blob.AuthType != record.APIKey
	if blob.AuthType != "" {
		next.AuthType = blob.AuthType
	}
	switch blob.Why {
	case record.ForLogin:
		next.SignedInAt, next.LastRefreshAt = blob.ObtainedAt, time.Time{}
		next.Owner, next.HandedOver, next.Origin = "", false, nil // it is ours now
		next.Forgive(next.Current)
	case record.ForRefresh:
		next.LastRefreshAt = blob.ObtainedAt
	}
	return next
}
