package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// spool are the pairs of tokens that were granted to this host and whose commit is
// not known. Each is a blob in the host's keystore: the one that the intent in the
// folder's head plans, or one that a note names, which the folder's head points at.
type spool struct{ *Heads }

func (h *Heads) spool() spool { return spool{h} }

// pair is one that was granted.
type pair struct {
	at   record.Item
	blob *record.Blob
	data []byte
}

func (s spool) path(id string) string { return s.mirror.path(id + ".spool") }

// note names a pair that this host uses although the store does not have it yet.
func (s spool) note(id string, at record.Item) error {
	data, err := json.Marshal(at)
	if err != nil {
		return err
	}
	return s.mirror.write(id+".spool", data)
}

// pending reports whether there is such a note.
func (s spool) pending(id string) bool {
	_, ok := s.noted(id)
	return ok
}

func (s spool) noted(id string) (at record.Item, ok bool) {
	data, err := atomicfile.Read(s.path(id), maxValue)
	if err != nil || json.Unmarshal(data, &at) != nil {
		return record.Item{}, false
	}
	return at, true
}

func (s spool) forget(id string) error {
	err := atomicfile.Remove(s.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// open reads a pair; nil where there is none under this name.
func (s spool) open(ctx context.Context, at record.Item) (*pair, error) {
	store, err := s.keystore(ctx, at.Kind)
	if err != nil {
		return nil, err
	}
	data, err := store.Get(ctx, at.Name)
	if keystore.ConditionOf(err) == keystore.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, vault.Explain(err)
	}
	blob, err := record.OpenBlob(data)
	if err != nil {
		return nil, nil //nolint:nilerr // it was cut in the middle of being written
	}
	return &pair{at, blob, data}, nil
}

// settleSpool brings the pair that this host holds of the account, if any, to its
// end.
func (c *claim) settleSpool(ctx context.Context) error {
	at, noted := c.heads.spool().noted(c.id)
	if !noted {
		mine, err := c.local.Head(ctx)
		if err != nil || mine.Intent == nil {
			return nil //nolint:nilerr // there is none
		}
		if mine.Intent.Why == record.ForLogin {
			return c.settleSignIn(ctx, mine)
		}
		if planned(mine.Intent) == "" {
			return nil
		}
		at = mine.Intent.Blob
	}
	p, err := c.heads.spool().open(ctx, at)
	if err != nil {
		return err
	}
	if p != nil {
		if _, err := c.settle(ctx, p); err != nil {
			return err
		}
	}
	if !noted {
		return nil
	}
	if err := c.heads.spool().forget(c.id); err != nil {
		return err
	}
	return c.settleSpool(ctx) // somebody may have signed in here since
}

// settle is the rule of the spool. kept says that the store has the pair now. What is
// not kept is discarded when the folder's head is brought up to date.
func (c *claim) settle(ctx context.Context, p *pair) (kept bool, err error) {
	for {
		e := c.entry
		switch {
		case e.raw == nil:
			return false, nil
		case e.head.Ref != nil && e.head.Ref.Name == p.at.Name:
			return true, nil
		case e.head.Removed():
			return false, nil
		case e.head.Quarantined() && p.blob.Replaces != "" && e.body.Cause == p.blob.Replaces:
			// A late truth: the token was spent by this host, and answered.
		case e.body.Unheard && p.blob.Gen > e.head.Gen:
			// A restored store was accepted without this host, and nothing has come since.
			// Whoever sends the token of before in this moment sends one that is spent.
		case e.head.Quarantined() || e.head.Current != p.blob.Replaces || p.blob.Gen != e.head.Gen+1:
			c.heads.Log.Warn("tokens that this host still held were superseded", "account", c.id)
			return false, nil
		case !e.ours(p.at.Name) && e.busy != nil:
			if err := c.pause(ctx); err != nil {
				return false, err
			}
			continue
		}
		next := vault.Advance(e.head, p.blob, p.at, p.data)
		early(next)
		done, err := c.try(ctx, write{next: next, blob: p.data, free: true})
		if err != nil || done {
			return done, err
		}
	}
}
