package interop

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// Follow reads the file of a shared account's owner, and stores the tokens there
// if they are newer. It reports whether they were.
func (ip *Interop) Follow(ctx context.Context, id string) (moved bool, err error) {
	if fleet, ok := ip.state.Vault.Heads.(reader); ok {
		if moved, err = fleet.Follow(ctx, id, true); moved {
			ip.state.Changed.Ring()
		}
		return moved, err
	}
	err = ip.state.Vault.Change(ctx, id, func(t *vault.Txn) (err error) {
		moved, err = ip.takeNewer(context.WithoutCancel(ctx), t)
		return err
	})
	if moved {
		ip.state.Changed.Ring()
	}
	return moved, err
}

// reader are the heads of a host whose accounts the owners of a fleet refresh.
type reader interface {
	Follow(ctx context.Context, id string, wait bool) (moved bool, err error)
}

// followFleet is FollowDue on a reader of a fleet. If it may, it waits for the owners where
// none of the accounts has a token that works.
func (ip *Interop) followFleet(ctx context.Context, fleet reader, members []accounts.Account, wait bool, now time.Time) (looked bool) {
	due := slices.DeleteFunc(slices.Clone(members), func(a accounts.Account) bool { return a.Quarantined() || !a.Due(now) })
	works := slices.ContainsFunc(members, func(a accounts.Account) bool { return !a.Quarantined() && a.Live(now) })
	for i, a := range due {
		moved, err := fleet.Follow(ctx, a.ID, wait && !works && !looked && i == len(due)-1)
		if err != nil {
			ip.state.Log.Debug("no new token from the fleet's owners", "account", a.ID, "error", err)
		}
		looked = looked || moved
	}
	if looked {
		ip.state.Changed.Ring()
	}
	return looked
}

// takeNewer stores the tokens in the owner's file if they are newer, and reports
// whether they were.
func (ip *Interop) takeNewer(ctx context.Context, t *vault.Txn) (moved bool, err error) {
	h := t.Head
	if t.Recovered || h.Origin == nil || !h.Shared() {
		return t.Recovered, nil
	}
	g, err := ip.grantAt(*h.Origin)
	if err != nil {
		return false, notFollowed(h, err)
	}
	hash := record.Hash(t.Store.StoreID, g.Row.Refresh)
	if hash == h.Current && !g.Row.ExpiresAt.After(h.ExpiresAt) {
		return false, nil
	}
	if same, known := h.Identity.Same(g.Row.Identity); known && !same {
		return false, notFollowed(h, errors.New("somebody else is signed in there now"))
	}
	old, err := t.Unseal(ctx)
	if err != nil {
		return false, err
	}
	next := blobOf(hermes.Draft{Grant: g, AuthType: record.OAuth, Binding: old.Binding}, ip.state.Clock.Now())
	next.Replaces = ""
	h.Origin.Hash = hash
	if err := keepImported(ctx, t, next); err != nil {
		return false, err
	}
	return true, nil
}

// FollowDue looks after new tokens of those of the accounts that are shared and
// whose token is about to end. A file that has not changed since it was last
// looked at is not read again. It reports whether anything may have changed. wait lets a
// reader of a fleet wait for the owners, who are on other machines.
func (ip *Interop) FollowDue(ctx context.Context, members []accounts.Account, wait bool, now time.Time) (looked bool) {
	if fleet, ok := ip.state.Vault.Heads.(reader); ok {
		return ip.followFleet(ctx, fleet, members, wait, now)
	}
	for i := range members {
		a := &members[i]
		if !a.Shared() || !a.Due(now) || !ip.ownerWrote(a.ID) {
			continue
		}
		looked = true
		if _, err := ip.Follow(ctx, a.ID); err != nil {
			ip.state.Log.Debug("no new token for a shared account", "account", a.ID, "error", err)
		}
	}
	return looked
}

// ownerWrote reports whether the file of a shared account's owner has changed
// since it was last asked.
func (ip *Interop) ownerWrote(id string) bool {
	h, err := ip.state.Folder.ReadHead(id)
	if err != nil || h.Origin == nil {
		return false
	}
	info, err := os.Stat(h.Origin.File)
	if err != nil {
		return false
	}
	ip.mu.Lock()
	defer ip.mu.Unlock()
	if last, ok := ip.followed[id]; ok && state.SameFile(last, info) {
		return false
	}
	ip.followed[id] = info
	return true
}

// grantAt returns the grant that stands at a place of another program's file.
func (ip *Interop) grantAt(o record.Origin) (hermes.Grant, error) {
	f, err := hermes.Load(hermes.Source{Format: hermes.Format(o.Format), Path: o.File}, ip.state.Clock.Now())
	if err != nil {
		return hermes.Grant{}, err
	}
	files := []*hermes.File{f}
	for _, g := range hermes.Grants(files) {
		for _, place := range origins(files, g) {
			if place != bare(o) {
				continue
			}
			if g.Row.Dead {
				return g, errDeadThere
			}
			if g.Row.Access.IsZero() {
				return g, errors.New("its tokens are gone from there")
			}
			return g, nil
		}
	}
	return hermes.Grant{}, errNotThere
}

var (
	errNotThere  = errors.New("it is no longer there")
	errDeadThere = errors.New("it needs signing in again there")
)

// thisAccount begins the sentences of a program that named the account itself.
const thisAccount = "this account"

// notFollowed says why there is no new token for a shared account.
func notFollowed(h *record.Head, cause error) error {
	e := h.Foreign(thisAccount)
	e.Message += ", and no newer token of it is in " + h.Origin.File + ": " + cause.Error()
	e.Err = cause
	if errors.Is(cause, errDeadThere) {
		e.Hint = "sign in to it in " + h.Owner + " again; it is used here again by itself"
	}
	return e
}
