package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

const (
	// wantTime is how long a reader's wish stands.
	wantTime = time.Minute
	// readerSkew is how long before a token's end a reader asks: owners refresh it long
	// before.
	readerSkew = time.Minute
	// shortly and patiently are how long a reader waits for a newer token, while it has
	// one that works and when it has not.
	shortly, patiently = 2 * time.Second, 20 * time.Second
)

// Reader are the heads of a fleet's accounts on a host that is given access tokens only.
// Its accounts are the fleet's owners': it never refreshes one, signs one in or removes
// one. It is safe for concurrent use.
type Reader struct{ heads *Heads }

// NewReader returns the heads of a reader. Nothing is read or asked yet.
func NewReader(c Config) *Reader { return &Reader{New(c)} }

// ReadOnly is why this host makes no accounts.
func (r *Reader) ReadOnly() error {
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeNotOwner, Message: "this host is a reader of its fleet: its owners sign in, refresh and remove accounts",
		Hint: "do it on one of them; `hermes-tui fleet status` lists them",
	}
}

// Get implements [vault.Heads]. Where the store does not answer, was restored or cannot be
// read, it is what this host has seen last, as for an owner: a token is good until its end.
func (r *Reader) Get(ctx context.Context, id string) (*record.Head, error) {
	h := r.heads
	if !h.seen.within(h.Clock.Now(), freshTime) {
		if err := r.bring(ctx, id); err != nil {
			if !errors.Is(err, errAway) && !restored(err) && !unreadable(err) {
				return nil, err
			}
			h.Log.Warn("the fleet's store does not answer as it should; this host goes on with what it has seen", "account", id, "error", err)
		}
	}
	return h.files.Get(ctx, id)
}

// List implements [vault.Heads].
func (r *Reader) List(ctx context.Context) ([]string, error) { return r.heads.files.List(ctx) }

// Claim implements [vault.Heads].
func (r *Reader) Claim(ctx context.Context, id string) (vault.Claim, error) {
	local, err := r.heads.files.Claim(ctx, id)
	if err != nil {
		return nil, err
	}
	return &readerClaim{local, r}, nil
}

// TryClaim implements [vault.Heads].
func (r *Reader) TryClaim(ctx context.Context, id string) (vault.Claim, error) {
	local, err := r.heads.files.TryClaim(ctx, id)
	if err != nil || local == nil {
		return nil, err
	}
	return &readerClaim{local, r}, nil
}

// readerClaim is the right to write down what concerns this host alone.
type readerClaim struct {
	vault.Claim
	reader *Reader
}

// Swap implements [vault.Claim].
func (c *readerClaim) Swap(ctx context.Context, change vault.Change) error {
	in := change.Next.Intent
	if change.Next.Removed() || in != nil && in.Why != record.ForMove || change.Next.Owner == "" {
		return c.reader.ReadOnly()
	}
	return c.Claim.Swap(ctx, change)
}

// Look implements [vault.Heads].
func (r *Reader) Look(ctx context.Context) error {
	_, err := r.list(ctx)
	return err
}

// Observer are the heads by which a program that shows the fleet observes it. Whose work the
// tokens are a reader cannot tell: it has no key for that.
func (r *Reader) Observer() *Heads { return r.heads }

// Watch implements [vault.Heads].
func (r *Reader) Watch(ctx context.Context) error {
	return observing(ctx, r.heads, r.follow)
}

func (r *Reader) follow(ctx context.Context, standing func()) error {
	h := r.heads
	revision, err := r.list(ctx)
	if err != nil {
		return err
	}
	for batch, err := range h.Store.Watch(ctx, h.Keys.Accounts(), revision+1) {
		if err != nil {
			return away(err)
		}
		for _, event := range batch.Events {
			if id, ok := r.accessOf(event.Key); ok {
				if err := r.bring(ctx, id); err != nil {
					return err
				}
			}
		}
		h.seen.set(h.Clock.Now())
		standing()
	}
	return ctx.Err()
}

func (r *Reader) accessOf(key string) (id string, ok bool) {
	id, which, ok := r.heads.Keys.AccountOf(key)
	return id, ok && which == "access" && record.ValidID(id)
}

// list brings every account here, and returns the revision at which that was so.
func (r *Reader) list(ctx context.Context) (int64, error) {
	h := r.heads
	stamp, err := h.Store.Get(ctx, h.Keys.Stamp())
	if err != nil {
		return 0, away(err)
	}
	if _, err := h.Team.View(ctx, stamp.KVs[0].Value); err != nil {
		return 0, err // above all that this host is no member any more
	}
	listed, err := h.Store.Range(ctx, h.Keys.Accounts())
	if err != nil {
		return 0, away(err)
	}
	there := map[string]bool{}
	for _, kv := range listed.KVs {
		id, ok := r.accessOf(kv.Key)
		if !ok {
			continue
		}
		if there[id] = true; h.mirror.has(id, kv.Value) {
			continue
		}
		if err := r.bring(ctx, id); err != nil {
			return 0, err
		}
	}
	ids, err := h.files.List(ctx)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if !there[id] {
			if err := r.bring(ctx, id); err != nil {
				return 0, err
			}
		}
	}
	return listed.Revision, nil
}

// bring makes this host's copy of an account what the owners hand out. What another
// process of this host is at, that one brings up to date.
func (r *Reader) bring(ctx context.Context, id string) error {
	h := r.heads
	if err := h.outage.still(h.Clock.Now()); err != nil {
		return err
	}
	got, err := h.Store.Get(ctx, h.Keys.Stamp(), h.Keys.Access(id))
	if err != nil {
		return h.outage.begin(h.Clock.Now(), away(err))
	}
	view, err := h.Team.View(ctx, got.KVs[0].Value)
	if err != nil {
		return err
	}
	value := got.KVs[1]
	if value.Found() && h.mirror.has(id, value.Value) {
		return nil
	}
	if _, err := h.Folder.ReserveAs(id); err != nil {
		return err
	}
	local, err := h.files.TryClaim(ctx, id)
	if err != nil || local == nil {
		return err
	}
	defer local.Release()
	b := &bringing{h, local, id}
	if !value.Found() {
		return b.drop(ctx)
	}
	if err := b.access(ctx, view, value.Value); err != nil {
		h.Log.Warn("could not read what the fleet's owners hand out", "account", id, "error", err)
	}
	return nil
}

// ask tells the owners that this host needs a newer token of an account, unless it has
// told so a moment ago. first says that it has not.
func (r *Reader) ask(ctx context.Context, head *record.Head) (first bool, err error) {
	h := r.heads
	body, err := json.Marshal(want{head.Gen})
	if err != nil {
		return false, err
	}
	key := h.Keys.Want(head.ID)
	view, err := h.Team.View(ctx, nil)
	if err == nil {
		body, err = view.Ask(key, body)
	}
	if err != nil {
		return false, err
	}
	lease, err := h.Store.Grant(ctx, wantTime)
	if err != nil {
		return false, away(err)
	}
	res, err := h.Store.Commit(ctx, etcd.Txn{If: []etcd.Compare{etcd.Is(key, body)}, Else: []string{key}})
	if err == nil && res.Succeeded {
		_ = h.Store.Revoke(ctx, lease)
		return false, nil
	}
	if err == nil {
		_, err = h.Store.Commit(ctx, etcd.Txn{Then: []etcd.Op{etcd.Put(key, body, lease)}})
	}
	if err != nil {
		return false, away(err)
	}
	return true, nil
}

// Follow returns whether owners have handed out a newer token of an account. It asks
// them for one, and waits for a moment.
func (r *Reader) Follow(ctx context.Context, id string, wait bool) (moved bool, err error) {
	h := r.heads
	before, err := h.files.Get(ctx, id)
	if err != nil {
		return false, err
	}
	if err := r.bring(ctx, id); err != nil {
		return false, err
	}
	if moved = r.moved(ctx, before); moved {
		return true, nil
	}
	first, err := r.ask(ctx, before)
	if err != nil || !wait {
		return false, err
	}
	now := h.Clock.Now()
	until := now.Add(patiently)
	if before.Live(now) {
		if !first {
			return false, nil
		}
		until = now.Add(shortly)
	}
	for h.Clock.Now().Before(until) {
		if err := clock.Sleep(ctx, h.Clock, lookEvery); err != nil {
			return false, err
		}
		if err := r.bring(ctx, id); err != nil {
			return false, err
		}
		if r.moved(ctx, before) {
			return true, nil
		}
	}
	return false, nil
}

func (r *Reader) moved(ctx context.Context, before *record.Head) bool {
	now, err := r.heads.files.Get(ctx, before.ID)
	return err == nil && now.Gen != before.Gen // lower, where a restored store was accepted
}
