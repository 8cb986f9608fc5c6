package host

import (
	"context"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Moved is what came of moving accounts into the fleet or out of it.
type Moved struct {
	IDs   []string
	There []string // ids of those that were there already
	Left  []Left
}

// MoveIn brings accounts that are this host's own into the fleet: those with these ids,
// or all. One that is in the fleet already stays there.
func (h *Host) MoveIn(ctx context.Context, ids []string) (Moved, error) {
	return h.move(ctx, ids, "etcd", (*fleet.Heads).MoveIn)
}

// MoveOut takes accounts out of the fleet: they are this host's own afterwards, and the
// other hosts have them no more.
func (h *Host) MoveOut(ctx context.Context, ids []string) (Moved, error) {
	ident, _, err := h.state.Folder.Store.Read()
	if err != nil {
		return Moved{}, err
	}
	return h.move(ctx, ids, ident.Kind, (*fleet.Heads).MoveOut)
}

func (h *Host) move(ctx context.Context, ids []string, to string, one func(*fleet.Heads, context.Context, string) error) (done Moved, err error) {
	if err := h.state.Folder.CheckOwner(); err != nil {
		return done, err
	}
	v, m, err := h.members()
	if err != nil {
		return done, err
	}
	defer m.store.Close()
	defer h.state.Changed.Ring()
	heads := m.heads(h.state.Log)
	if len(ids) == 0 {
		if ids, err = h.own(heads); err != nil {
			return done, err
		}
	}
	_, underway, err := heads.Own() // what goes on with these is a move as well
	if err != nil {
		return done, err
	}
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue // it was named twice
		}
		before := heads.Belongs(id)
		if err := one(heads, ctx, id); err != nil {
			label := id
			if head, err := h.state.Folder.ReadHead(id); err == nil {
				label = head.Label
			}
			done.Left = append(done.Left, Left{id, label, m.explain(err)})
			continue
		}
		if heads.Belongs(id) != before {
			v.AddEvent(id, record.Event{Kind: record.EventMoved, Owner: to})
		} else if !slices.Contains(underway, id) {
			done.There = append(done.There, id)
			continue
		}
		done.IDs = append(done.IDs, id)
	}
	return done, nil
}

// own are the accounts of this host alone, those that are on their way into the fleet, or
// out of it, among them.
func (h *Host) own(heads *fleet.Heads) ([]string, error) {
	mine, underway, err := heads.Own()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(append(mine, underway...), func(id string) bool {
		head, err := h.state.Folder.ReadHead(id)
		return err != nil || head.Removed()
	}), nil
}

// Own returns the ids of the accounts that are this host's alone although it belongs to
// a fleet.
func (h *Host) Own() ([]string, error) {
	_, m, err := h.members()
	if err != nil {
		return nil, err
	}
	defer m.store.Close()
	return h.own(m.heads(h.state.Log))
}

// settled returns an error where an account is on its way into the fleet, or out of it, so
// that nobody knows whose it is. kind is that of the keystore of this host's own accounts.
func settled(heads *fleet.Heads, kind string) error {
	_, underway, err := heads.Own()
	if err != nil || len(underway) == 0 {
		return err
	}
	id := underway[0]
	way, to := "into", "etcd"
	if fleet.Leaves(heads, id) {
		way, to = "out of", kind
	}
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeFleetBusy,
		Message: "the account " + id + " is on its way " + way + " the fleet",
		Hint:    "`hermes-tui keystore move " + to + " " + id + "` goes on with it; or add --force, and it is deleted here",
	}
}
