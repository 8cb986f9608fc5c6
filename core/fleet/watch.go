package fleet

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// watchPause is waited before a watch that ended is begun anew.
const watchPause = time.Second

// Watch implements [vault.Heads]: what another host changes is in this host's folder
// as soon as etcd tells. It ends with ctx, or when this host is no member any more.
func (h *Heads) Watch(ctx context.Context) error {
	return observing(ctx, h, func(ctx context.Context, standing func()) error {
		return handing{h}.answer(ctx, h.follow(ctx, standing))
	})
}

// observing follows the store again and again, until ctx is done or this host is no member
// any more, and notes for people how this program stands to the store.
func observing(ctx context.Context, h *Heads, follow func(ctx context.Context, standing func()) error) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	h.observer.follow()
	go h.present(ctx)
	persist(ctx, h, func(standing func()) error {
		stood := false
		err := follow(ctx, func() {
			stood = true
			h.observer.link(Link{Up: true})
			standing()
		})
		h.seen.set(time.Time{})
		if ctx.Err() == nil && (!stood || !errors.Is(err, errAway)) { // a link that was lost is often there again at once
			h.observer.link(Link{Since: h.Clock.Now(), Err: err})
		}
		if errors.Is(err, roster.ErrNotMember) {
			end(err)
		}
		return err
	})
	if gone := context.Cause(ctx); errors.Is(gone, roster.ErrNotMember) {
		return gone
	}
	return ctx.Err()
}

// persist does something again and again, with a pause in between, until ctx is done. Of
// each outage it tells once: it ends when what is done calls standing.
func persist(ctx context.Context, h *Heads, do func(standing func()) error) {
	for told := false; ctx.Err() == nil; {
		err := do(func() { told = false })
		if ctx.Err() != nil {
			return
		}
		if !told {
			h.Log.Warn("the fleet's store cannot be watched; trying again", "error", err)
			told = true
		}
		_ = clock.Sleep(ctx, h.Clock, watchPause)
	}
}

// follow lists everything, and then follows what changes, until the link is lost.
func (h *Heads) follow(ctx context.Context, standing func()) error {
	revision, err := h.list(ctx, func(ctx context.Context, id string) error { return h.updateLater(ctx, id, nil) })
	if err != nil {
		return err
	}
	if err := h.survey(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		if err := untilStopped(ctx, h, revision+1); err != nil {
			cancel(err)
		}
	}()
	for batch, err := range h.Store.Watch(ctx, h.Keys.Accounts(), revision+1) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return away(err)
		}
		for _, event := range batch.Events {
			if id, _, ok := h.Keys.AccountOf(event.Key); ok {
				h.bells.ring(id)
			}
			if id, ok := h.headOf(event.Key); ok && !event.Deleted() {
				if err := h.updateLater(ctx, id, event.Value); err != nil {
					return err
				}
			} else if id, which, ok := h.Keys.AccountOf(event.Key); ok && which == "busy" && event.Deleted() {
				h.observer.idle(id)
			}
		}
		h.seen.set(h.Clock.Now())
		standing()
	}
	return context.Cause(ctx)
}

// untilStopped watches who belongs to the fleet, until this host may change nothing any more:
// it was removed, the store was found to be a restored one, or the list of hosts is not
// the fleet's.
func untilStopped(ctx context.Context, h *Heads, from int64) error {
	for batch, err := range h.Store.Watch(ctx, h.Keys.Stamp(), from) {
		if err != nil {
			return nil //nolint:nilerr // the watch of the accounts ends as well, and says so
		}
		for _, event := range batch.Events {
			if _, err := h.view(ctx, event.Value); restored(err) || Foreign(err) || errors.Is(err, roster.ErrNotMember) {
				return err
			}
		}
	}
	return nil
}

// Look implements [vault.Heads]. What another process of this host is at, that one
// brings up to date.
func (h *Heads) Look(ctx context.Context) error {
	var mu sync.Mutex
	wrong := map[string]error{}
	_, err := h.list(ctx, func(ctx context.Context, id string) error {
		_, err := h.update(ctx, id)
		if Foreign(err) { // the others are brought up to date all the same
			mu.Lock()
			defer mu.Unlock()
			wrong[id] = err
			return nil
		}
		return err
	})
	if err == nil {
		err = foreignOf(wrong)
	}
	return handing{h}.answer(ctx, err)
}

// answer hands in what this host has, where the store was found to be a restored one.
func (h handing) answer(ctx context.Context, found error) error {
	if restored(found) {
		if err := h.in(ctx); err != nil && ctx.Err() == nil {
			h.Log.Warn("could not hand in what this host has seen of the fleet", "error", err)
		}
	}
	return found
}

// list has everything updated of which the mirror has not the newest, and returns the
// revision at which that was so.
func (h *Heads) list(ctx context.Context, update func(ctx context.Context, id string) error) (revision int64, err error) {
	known, err := h.mirror.sighting()
	if err != nil {
		return 0, err
	}
	missing, err := h.mirror.ids()
	if err != nil {
		return 0, err
	}
	stamp, err := h.Store.Get(ctx, h.Keys.Stamp())
	if err != nil {
		return 0, h.outage.begin(h.Clock.Now(), away(err))
	}
	view, err := h.view(ctx, stamp.KVs[0].Value)
	if err != nil {
		return 0, err // it is restored, or this host is no member any more
	}
	listed, err := h.Store.Range(ctx, h.Keys.Accounts())
	if err != nil {
		return 0, h.outage.begin(h.Clock.Now(), away(err))
	}
	accepted, _ := view.Restores()
	if err := known.later(listed.Header, accepted); err != nil {
		return 0, h.stop(ctx, err)
	}
	var held []string
	for _, kv := range listed.KVs {
		id, ok := h.headOf(kv.Key)
		delete(missing, id)
		switch {
		case ok && h.unfinished(id):
			held = append(held, id)
		case ok && !h.mirror.has(id, kv.Value):
			if err := update(ctx, id); err != nil {
				return 0, err
			}
		}
	}
	for id := range missing {
		if err := update(ctx, id); err != nil {
			return 0, err
		}
	}
	return listed.Revision, together(held, func(id string) error { return update(ctx, id) })
}

// together does something for accounts whose tokens only this host may have, at once: for
// each it may have to wait until another host has ended what it does with the account.
func together(ids []string, do func(id string) error) error {
	errs := make([]error, len(ids))
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() { errs[i] = do(id) })
	}
	all.Wait()
	if i := slices.IndexFunc(errs, restored); i >= 0 {
		return errs[i]
	}
	return errors.Join(errs...)
}

// finish brings the tokens that only this host may have to where the store has them. A
// link that was held up, and is not cut, tells a host that watches nothing of its own
// commit: it looks again and again.
func finish(ctx context.Context, h *Heads) {
	ids, err := h.Folder.IDs()
	if err != nil {
		return
	}
	for _, id := range ids {
		if h.mirror.whose(id) == fleets && h.unfinished(id) {
			go func() { _, _ = h.update(ctx, id) }()
		}
	}
}

// unfinished reports whether this host may hold tokens of the account that the store
// has not: they are to be brought there before another host takes over.
func (h *Heads) unfinished(id string) bool {
	if h.spool().pending(id) {
		return true
	}
	mine, err := h.Folder.ReadHead(id)
	return err == nil && (planned(mine.Intent) != "" || mine.Gen > 0 && mine.Intent != nil && mine.Intent.Why == record.ForLogin)
}

// headOf is whose head a key is.
func (h *Heads) headOf(key string) (id string, ok bool) {
	id, which, ok := h.Keys.AccountOf(key)
	return id, ok && which == "head" && record.ValidID(id)
}

// update brings this host's copy of an account up to date, unless another process of
// this host is at it.
func (h *Heads) update(ctx context.Context, id string) (free bool, err error) {
	if h.mirror.whose(id) == own {
		return true, keepOwn(ctx, h, id)
	}
	if _, err := h.Folder.ReserveAs(id); err != nil {
		return false, err
	}
	claim, err := h.files.TryClaim(ctx, id)
	if err != nil || claim == nil {
		return false, err
	}
	return true, h.renew(ctx, claim, id)
}

// updateLater is update that waits beside the watch: for another process of this host,
// or for another host where only this one may have the newest tokens. told is the value of
// the head that there is news of, nil where it is not known.
func (h *Heads) updateLater(ctx context.Context, id string, told []byte) (err error) {
	free := false
	if !h.unfinished(id) {
		if h.brought.is(id, told) {
			return nil
		}
		if free, err = h.update(ctx, id); Foreign(err) { // whoever shows the fleet says it
			free, err = true, nil
		}
	}
	if err == nil && !free {
		go func() {
			claim, err := h.files.Claim(ctx, id)
			switch {
			case err != nil:
			case h.brought.is(id, told) && !h.unfinished(id): // by whoever had the lock
				claim.Release()
			default:
				_ = h.renew(ctx, claim, id)
			}
		}()
	}
	return err
}

// renew is update under the account's lock, which it gives back. A failure is one of
// this account, unless the store is an older one, shows what the fleet has not written, or
// did not answer, so that nobody would tell of this change again: the next command that
// needs it says what is wrong.
func (h *Heads) renew(ctx context.Context, local vault.Claim, id string) error {
	c := &claim{heads: h, local: local, id: id}
	defer c.Release()
	if h.mirror.whose(id) == own { // by now
		return nil
	}
	_, err := c.Head(ctx)
	if restored(err) || Foreign(err) || errors.Is(err, etcd.Unreachable) || errors.Is(err, etcd.NoLeader) {
		return err
	}
	if err != nil && ctx.Err() == nil {
		level := slog.LevelWarn
		if autherr.CodeOf(err) == autherr.CodeKeystoreUnavailable { // nobody else says that older tokens are served for as long as this lasts
			level = slog.LevelError
		}
		h.Log.Log(ctx, level, "could not bring an account of the fleet up to date here; this host serves what it has seen last", "account", id, "error", err)
	}
	return nil
}
