package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
)

// gone reports whether this host is no member any more.
func gone(err error) bool { return errors.Is(err, roster.ErrNotMember) }

// Refresher refreshes an account whose tokens somebody may have whom they are not meant
// for any more.
type Refresher func(ctx context.Context, id string) error

// Removed is what came of removing a host.
type Removed struct {
	Host    string
	Renewed []string // ids of accounts whose tokens the host held, and which work no more
	Left    []Left   // those whose tokens still work, and why
	// Until is when the last access token ends that the host may have fetched of those
	// that were renewed: a new one takes its refresh token, and itself it lives to its
	// end at most providers. Zero: there is none.
	Until time.Time
}

// RemoveHost takes a host out of the fleet: what is written from now on it cannot read,
// and every account gets new tokens, so that those which it holds work no more.
func (h *Host) RemoveHost(ctx context.Context, name string, refresh Refresher) (Removed, error) {
	_, m, err := h.members()
	if err != nil {
		return Removed{}, err
	}
	defer m.store.Close()
	view, err := m.view(ctx, nil)
	if err != nil {
		return Removed{}, m.explain(err)
	}
	host, there, err := m.removable(view, name)
	switch {
	case err != nil:
		return Removed{}, err
	case there:
		if err := m.board(h.state.Log).Look(ctx); err != nil { // the client keys, which that host may still change
			return Removed{}, m.explain(err)
		}
		if _, err = view.RemoveMember(ctx, host.ID); err != nil {
			return Removed{}, unfinished(name, m.explain(err))
		}
	}
	if err := m.board(h.state.Log).RenewClients(ctx); err != nil {
		return Removed{}, unfinished(name, err)
	}
	out, err := m.renew(ctx, h.state.Log, refresh)
	out.Host = cmp.Or(host.Name, name)
	return out, unfinished(name, err)
}

// MayRemove returns why a host cannot be removed, as far as that is known before anything
// is changed.
func (h *Host) MayRemove(ctx context.Context, name string) error {
	_, m, err := h.members()
	if err != nil {
		return err
	}
	defer m.store.Close()
	view, err := m.view(ctx, nil)
	if err != nil {
		return m.explain(err)
	}
	_, _, err = m.removable(view, name)
	return err
}

// removable is the host of a name that another host may remove. One that is not there may
// have been removed already by an attempt that was interrupted, as long as one is not at its
// end.
func (m *Member) removable(view *roster.View, name string) (host roster.Member, there bool, err error) {
	host, there = find(view.Roster.Members, name)
	switch {
	case there && host.ID == view.Me.ID:
		err = usage("this is the host that you are on", "`hermes-tui fleet leave` takes it out")
	case !there && (view.Roster.Epoch == 1 || view.Roster.Floor == view.Roster.Epoch):
		err = &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeNoSuchMember,
			Message: fmt.Sprintf("the fleet %s has no host %q", m.Fleet, name), Hint: "`hermes-tui fleet status` lists them",
		}
	}
	return host, there, err
}

// unfinished says of what has stopped a removal under way that the host may be out already:
// that nothing was changed is true of one step only.
func unfinished(name string, err error) error {
	var e *autherr.Error
	if !errors.As(err, &e) || e.Kind != autherr.Keystore {
		return err
	}
	hint := strings.TrimSuffix(e.Hint, "; "+unchanged)
	return &autherr.Error{
		Kind: e.Kind, Code: e.Code, Message: err.Error(), Err: err,
		Hint: fmt.Sprintf("%s; %s may be removed already: `hermes-tui fleet remove` of it again goes on", hint, name),
	}
}

// renewAtOnce is how many accounts get new tokens at the same time: most of it is waiting,
// for the etcd and for providers, which are not to be flooded either.
const renewAtOnce = 8

// renew has the tokens of every account replaced that were sealed for hosts which may be
// out by now.
func (m *Member) renew(ctx context.Context, log *slog.Logger, refresh Refresher) (out Removed, err error) {
	heads := m.heads(log)
	ids, damaged, err := heads.Stale(ctx)
	if err != nil {
		return Removed{}, err
	}
	each := make([]Removed, len(ids))
	turns, all := make(chan struct{}, renewAtOnce), sync.WaitGroup{}
	for i, id := range ids {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			each[i].renew(ctx, heads, refresh, id)
		})
	}
	all.Wait()
	for _, one := range each {
		out.Renewed, out.Left = append(out.Renewed, one.Renewed...), append(out.Left, one.Left...)
		if one.Until.After(out.Until) {
			out.Until = one.Until
		}
	}
	for _, id := range damaged {
		out.Left = append(out.Left, Left{id, m.label(id), errDamaged})
	}
	return out, m.settle(ctx, heads)
}

// errDamaged is why a removal does not reach an account. What was made with earlier keys is
// refused all the same: somebody who can write into etcd could keep them good else.
var errDamaged = errors.New("its record in the etcd was not written by this fleet; `hermes-tui fleet accept-restore` puts the newest that the hosts have in its place, and `hermes-tui refresh --force` gives it new tokens then")

// label is what this host calls an account.
func (m *Member) label(id string) string {
	head, err := m.vault.Folder.ReadHead(id)
	if err != nil {
		return ""
	}
	return head.Label
}

// settle has nothing taken any more that was made with keys of before, once everything
// was made anew.
func (m *Member) settle(ctx context.Context, heads *fleet.Heads) error {
	stale, _, err := heads.Stale(ctx)
	if err != nil || len(stale) > 0 { // it goes on when it is asked for again
		return err
	}
	if err := fleet.Settle(ctx, heads); err != nil {
		return err
	}
	view, err := m.view(ctx, nil)
	if err == nil {
		_, err = view.Settle(ctx)
	}
	return m.explain(err)
}

// renew has an account's tokens replaced, and notes what came of it.
func (r *Removed) renew(ctx context.Context, heads *fleet.Heads, refresh Refresher, id string) {
	head, err := heads.Get(ctx, id)
	if err != nil {
		r.Left = append(r.Left, Left{id, "", err})
		return
	}
	var works error // why what the host holds goes on working
	switch {
	case head.Removed() || head.Quarantined():
		err = heads.Reseal(ctx, id)
	case head.IsKey():
		works, err = errors.New("an API key works until it is deleted at its provider"), heads.Reseal(ctx, id)
	case head.Unrefreshable:
		works, err = errors.New("its provider gives no new token; it works until it ends, or the sign-in is ended at the provider"), heads.Reseal(ctx, id)
	default:
		err = refresh(ctx, id)
	}
	if err = cmp.Or(err, works); err != nil {
		r.Left = append(r.Left, Left{id, head.Label, err})
		return
	}
	if head.Removed() || head.Quarantined() {
		return // there was nothing that worked
	}
	if head.ExpiresAt.After(r.Until) {
		r.Until = head.ExpiresAt
	}
	r.Renewed = append(r.Renewed, id)
}
