package vault

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Begin writes an intent into the head and makes ready to store its blob and the
// head that will point at it: their space on the disk is taken already. After
// it, what cannot be taken back may happen; if it fails, nothing may. hash is
// that of the refresh token about to be sent, empty for a sign-in.
func (t *Txn) Begin(ctx context.Context, why record.Reason, hash string) error {
	v, h := t.vault, t.Head
	if !h.OfProxy() {
		if err := v.Folder.CheckPool(); err != nil {
			return err
		}
	}
	name, err := t.newName(why)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	store, err := t.secrets().open(ctx, t.Store.Kind)
	if err != nil {
		return Explain(err)
	}
	if h.Intent != nil {
		h.Discard(h.Intent.Blob)
	}
	at := record.Item{Kind: t.Store.Kind, Name: name}
	h.Intent = &record.Intent{Why: why, Hash: hash, Blob: at, At: v.Clock.Now(), PID: v.PID}
	if err := t.swap(ctx, Change{Next: h}); err != nil {
		h.Intent = nil
		return err
	}
	if r, ok := store.(keystore.Releaser); ok {
		t.prepared = append(t.prepared, func() { r.Release(name) })
	}
	if err = store.Prepare(ctx, name); err == nil {
		err = t.claim.Reserve(h.ID)
	}
	if err != nil {
		t.Abandon(ctx)
		return Explain(err)
	}
	return nil
}

// Abandon takes an intent back: what it announced did not happen.
func (t *Txn) Abandon(ctx context.Context) {
	v, h := t.vault, t.Head
	if h.Intent == nil {
		return
	}
	h.Discard(h.Intent.Blob)
	h.Intent = nil
	if err := t.swap(context.WithoutCancel(ctx), Change{Next: h}); err != nil {
		v.Log.Warn("could not take an intent back; the next command will", "account", h.ID, "error", err)
	}
}

// Commit stores the blob under the name that the head's intent planned and
// moves the head to it. The tokens may be used only after it returned without
// an error. While the keystore or the disk fails it tries again, for as long as
// the vault's patience lasts; the lock is kept meanwhile, and the tokens stay in
// memory, so that nothing is lost that can be kept. [Txn.Begin] comes before it.
func (t *Txn) Commit(ctx context.Context, blob *record.Blob) error {
	v, h := t.vault, t.Head
	data, err := blob.Seal()
	if err != nil {
		return err
	}
	at := h.Intent.Blob
	next := advance(h, blob, refTo(at, data))
	started := v.Clock.Now()
	for pause := 250 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := t.secrets().put(ctx, at, data)
		if err == nil {
			next.Rev = h.Rev // sayStoring may have written h
			err = t.swap(ctx, Change{Next: next, Blob: data})
		}
		if err == nil {
			*h, t.owed = *next, true
			v.AddEvent(h.ID, committed(h, blob))
			return nil
		}
		if errors.Is(err, ErrMoved) {
			t.owed = false
			return err
		}
		v.Log.Error("new tokens cannot be stored yet; trying again", "account", h.ID, "error", err)
		t.sayStoring(ctx)
		gone := v.Clock.Now().Sub(started)
		if v.Patience > 0 && (gone >= v.Patience || gone < 0) {
			return t.giveUp(ctx, err)
		}
		if sleep := clock.Sleep(ctx, v.Clock, pause); sleep != nil {
			return t.giveUp(ctx, err)
		}
	}
}

// sayStoring tells those who wait for the lock what it is held for.
func (t *Txn) sayStoring(ctx context.Context) {
	if t.Head.Intent.Storing {
		return
	}
	t.Head.Intent.Storing = true
	if err := t.swap(ctx, Change{Next: t.Head, Note: true}); err != nil {
		t.vault.Log.Warn("could not note that tokens wait to be stored", "account", t.Head.ID, "error", err)
	}
}

// giveUp leaves the intent, which says that the tokens were granted, to whoever
// takes the lock next.
func (t *Txn) giveUp(ctx context.Context, cause error) error {
	t.owed = false
	t.Head.Intent.Storing = true
	if err := t.swap(context.WithoutCancel(ctx), Change{Next: t.Head}); err != nil {
		t.vault.Log.Error("could not note that new tokens were not stored", "account", t.Head.ID, "error", err)
	}
	return notStored(t.Head, cause)
}

// replace stores a copy of the current secret, or another key of the proxy, under
// a new name and moves the head to it. Nobody has been told of it before that, so
// that a failure takes it back. Generation and tokens of an account stay the same.
func (t *Txn) replace(ctx context.Context, data []byte) error {
	h := t.Head
	if err := t.Begin(ctx, record.ForMove, ""); err != nil {
		return err
	}
	at := h.Intent.Blob
	if err := t.secrets().put(ctx, at, data); err != nil {
		t.Abandon(ctx)
		return Explain(err)
	}
	if h.Ref != nil {
		h.Discard(h.Ref.Item)
	}
	h.Ref, h.Intent = refTo(at, data), nil
	err := t.swap(ctx, Change{Next: h, Blob: data})
	t.owed = t.owed || err == nil
	return err
}

// refTo points at a blob with these bytes.
func refTo(at record.Item, data []byte) *record.Ref {
	return &record.Ref{Item: at, Length: len(data), SHA256: record.Checksum(data)}
}

func notStored(h *record.Head, cause error) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Provider: h.Provider, Code: autherr.CodeCredentialPersistFailed,
		Message: "the new tokens could not be stored, so they are not used: " + Explain(cause).Error(),
		Hint:    "unlock or repair the keystore (`hermes-tui doctor`), then sign in again if the account asks for it",
		Err:     cause,
	}
}

// Advance returns the head that a blob leads to, which is stored at a place in these
// bytes.
func Advance(h *record.Head, blob *record.Blob, at record.Item, data []byte) *record.Head {
	return advance(h, blob, refTo(at, data))
}

// advance returns the head that a committed blob leads to.
func advance(h *record.Head, blob *record.Blob, ref *record.Ref) *record.Head {
	next := h.Copy()
	if h.Ref != nil {
		next.Discard(h.Ref.Item)
	}
	next.Ref, next.Gen = ref, blob.Gen
	next.Current = record.Hash(blob.StoreID, blob.Grant())
	next.Intent, next.Uncertain, next.Unstored, next.Doubts = nil, "", false, 0
	next.Status, next.Marker, next.LastError = record.StatusOK, nil, nil
	next.NotBefore, next.Failures = time.Time{}, 0
	next.Locked, next.SignedOut, next.NotIncluded = false, false, false
	next.Attempts++
	b := blob.Binding
	next.Provider, next.Region, next.API, next.Scope = b.Provider, b.Region, b.API, b.Scope
	next.Also = nil
	for _, wire := range b.Also {
		next.Also = append(next.Also, wire.API)
	}
	next.ObtainedAt, next.ExpiresAt, next.GrantExpiresAt = blob.ObtainedAt, blob.ExpiresAt, blob.GrantExpiresAt
	next.Identity, next.Unrefreshable = blob.Identity, blob.Refresh.IsZero() && blob.AuthType != record.APIKey
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
