package vault

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Finish ends a change: what the head needs no more is deleted, and the pool file
// gets its copy. Neither undoes the change. It returns why something is left;
// whoever does not want to know need not call it, for the transaction's end does.
func (t *Txn) Finish(ctx context.Context) error {
	t.owed = false
	left := t.sweepWritten(ctx)
	if t.batch || t.lost {
		return left
	}
	t.tidy(ctx)
	return errors.Join(left, t.publish(ctx))
}

// publish copies the head into the pool file, where the proxy's key has no row.
func (t *Txn) publish(ctx context.Context) error {
	if t.Head.OfProxy() {
		return nil
	}
	return t.vault.Folder.Publish(ctx, t.Head)
}

// Fail writes down a failure that changes no token: the last error, and the
// back-off that the caller computed. A failure to write is logged only, because
// the caller's own error matters more.
func (t *Txn) Fail(ctx context.Context) { t.fail(ctx, Change{Next: t.Head}) }

// FailOpen is [Txn.Fail] where nobody answered: what was sent may still be served, so
// that machines that cannot see this process die wait for its end.
func (t *Txn) FailOpen(ctx context.Context) { t.fail(ctx, Change{Next: t.Head, Open: true}) }

func (t *Txn) fail(ctx context.Context, c Change) {
	v, h := t.vault, t.Head
	t.owed = false
	h.Attempts++
	if h.Intent == nil && !h.Locked {
		_ = t.sweep(ctx) // what was planned; what is left stays named
	}
	err := t.swap(ctx, c)
	if err == nil {
		err = t.publish(ctx)
	}
	if err != nil {
		v.Log.Warn("could not write the failure down", "account", h.ID, "error", err)
	}
}

// sweepWritten empties the trash and writes the head without it, returning why
// something is left.
func (t *Txn) sweepWritten(ctx context.Context) error {
	before := len(t.Head.Trash)
	left := t.sweep(ctx)
	if len(t.Head.Trash) == before {
		return left
	}
	if err := t.swap(ctx, Change{Next: t.Head}); err != nil {
		return err
	}
	return left
}

// sweep deletes the blobs in the trash, and keeps in it, in memory, what could
// not be deleted.
func (t *Txn) sweep(ctx context.Context) (left error) {
	kept := t.Head.Trash[:0:0]
	for _, at := range t.Head.Trash {
		if err := t.secrets().delete(ctx, at); err != nil {
			kept, left = append(kept, at), Explain(err)
		}
	}
	t.Head.Trash = kept
	return left
}

// tidy deletes what killed processes may have left of the account: secrets that
// its head does not name, in a keystore that can list them, and temporary
// files. Since every secret is named by the head before it is written, and is
// written under the account's lock, nobody needs what is not named; there must be
// no change under way. What cannot be deleted now is left to the next change.
func (t *Txn) tidy(ctx context.Context) {
	v, h := t.vault, t.Head
	v.Folder.CleanTemp(h.ID)
	for _, kind := range []string{t.Store.Kind, t.Store.MovingFrom} {
		for _, name := range t.secrets().of(ctx, kind, h.ID) {
			at := record.Item{Kind: kind, Name: name}
			if h.Names(at) {
				continue
			}
			if err := t.secrets().delete(ctx, at); err != nil {
				v.Log.Warn("could not delete a secret that nothing names", "account", h.ID, "error", err)
			}
		}
	}
}
