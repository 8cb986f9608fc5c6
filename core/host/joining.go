package host

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Inviting is an invitation that waits for a host.
type Inviting struct {
	*roster.Invite
	member *Member
	log    *slog.Logger
}

// Share hands the access tokens of all accounts out to the fleet's readers.
func (i *Inviting) Share(ctx context.Context) error {
	heads := i.member.heads(i.log)
	ids, err := heads.List(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := heads.Reseal(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the connection to the etcd.
func (i *Inviting) Close() { i.member.store.Close() }

// Invite makes an invitation for one host, which holds for [roster.Life].
func (h *Host) Invite(ctx context.Context, role roster.Role) (*Inviting, error) {
	_, m, err := h.members()
	if err != nil {
		return nil, err
	}
	view, err := m.view(ctx, nil)
	if err != nil {
		return nil, m.explain(err)
	}
	if view.Roster.Departed { // who has left knew the keys of now
		if view, err = view.Renew(ctx); err != nil {
			return nil, m.explain(err)
		}
		if err = m.board(h.state.Log).RenewClients(ctx); err != nil {
			return nil, err
		}
	}
	ca, err := m.authority("put the authority's certificate back, in PEM format")
	if err != nil {
		return nil, err
	}
	invite, err := view.Invite(ctx, role, m.Endpoints, ca)
	if err != nil {
		return nil, m.explain(err)
	}
	return &Inviting{invite, m, h.state.Log}, nil
}

// Joining is this host while it waits to be let in.
type Joining struct {
	*roster.Request
	host   *Host
	member *Member
	lock   *record.Lock // until it is in, or waits no more
}

// Join asks the host that made an invitation to let this one in. way says how the etcd
// is reached; its endpoints are those of the invitation unless it names others.
func (h *Host) Join(ctx context.Context, in roster.Invitation, way Way, host string) (*Joining, error) {
	lock, err := h.alone()
	if err != nil {
		return nil, err
	}
	joining, err := h.join(ctx, in, way, host)
	if err != nil {
		_ = lock.Unlock()
		return nil, err
	}
	joining.lock = lock
	return joining, nil
}

func (h *Host) join(ctx context.Context, in roster.Invitation, way Way, host string) (*Joining, error) {
	if err := h.free(); err != nil {
		return nil, err
	}
	if err := h.empty(); err != nil {
		return nil, err
	}
	if len(way.Endpoints) == 0 {
		way.Endpoints = in.Endpoints
	}
	k, m, err := h.prepare(ctx, way, joins, in.Fleet, host)
	if err != nil {
		return nil, err
	}
	if err := m.trusts(in.CA); err != nil {
		return nil, err
	}
	request, err := m.roster(k).Ask(ctx, in, m.Host)
	if err != nil {
		return nil, m.explain(err)
	}
	return &Joining{Request: request, host: h, member: m}, nil
}

// empty returns an error where this host has accounts of its own: their tokens are
// hashed under another id than the fleet's.
func (h *Host) empty() error {
	ids, err := h.state.Folder.IDs()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if head, err := h.state.Folder.ReadHead(id); err == nil && !head.Removed() {
			return &autherr.Error{
				Kind: autherr.Failed, Code: autherr.CodeForeignStore,
				Message: fmt.Sprintf("there are accounts here already (%s), which a fleet that is joined cannot take over", head.Label),
				Hint:    "remove them here and sign in again once this host has joined, or join in a folder of its own: HERMES_TUI_HOME",
			}
		}
	}
	return nil
}

// giveUp has nobody on the other side let in a host that waits no more. why is the reason.
func (j *Joining) giveUp(ctx context.Context, why error) error {
	if in, err := j.Withdraw(ctx); err == nil && in {
		return &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeMemberExists,
			Message: "the other side has let this host in meanwhile", Hint: "the same `hermes-tui fleet join` again goes on with it, for ten minutes",
		}
	}
	return why
}

// Wait waits until a person has answered on the other side, and returns the ids of the
// accounts that this host has now.
func (j *Joining) Wait(ctx context.Context) ([]string, error) {
	defer func() { _ = j.lock.Unlock() }()
	defer j.member.store.Close()
	view, err := j.Request.Wait(ctx)
	if err != nil {
		if ctx.Err() != nil {
			err = j.giveUp(context.WithoutCancel(ctx), err)
		}
		return nil, j.member.explain(err)
	}
	ident, _, err := j.host.state.Folder.Store.Read()
	storeID := ident.StoreID // a reader's hashes are its own
	if err == nil && view.Me.Role != roster.Reader {
		storeID, err = askStore(ctx, j.member, view)
	}
	if err != nil {
		return nil, err
	}
	if err := j.host.settle(ctx, j.member, view, storeID); err != nil {
		return nil, err
	}
	return j.host.bring(ctx)
}
