package host

import (
	"context"
	"errors"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Look is what there is to see of a fleet.
type Look struct {
	Fleet, Host string
	Epoch       uint64
	Seats       []Seat // the members, each with what is known of it
	Restored    *roster.Restored
	Heard       map[string]bool // by id, while a restored store waits: it has handed in what it has
	Departed    bool            // an owner has left, and the keys are to be changed
	Accounts    int
	Stale       int      // of them, those that a host which was removed may still know
	Damaged     []string // ids of those whose record was not written by the fleet
	Full        bool     // the etcd takes no change, until its administrator makes room
	Etcd        []etcd.Member
}

// Look asks what there is. What etcd says of itself is there beside an error.
func (h *Host) Look(ctx context.Context) (Look, error) {
	_, m, err := h.members()
	if err != nil {
		return Look{}, err
	}
	defer m.store.Close()
	var look Look
	members := beside(ctx, m.store, func() { look, err = h.look(ctx, m) })
	look.Etcd = members
	return look, err
}

// beside asks each member of an etcd how it is while do asks for something else: where
// none answers, nobody waits twice.
func beside(ctx context.Context, store etcd.Store, do func()) []etcd.Member {
	members := make(chan []etcd.Member, 1)
	go func() { members <- store.Status(ctx) }()
	do()
	return <-members
}

// look asks what there is of the fleet.
func (h *Host) look(ctx context.Context, m *Member) (Look, error) {
	look := Look{Fleet: m.Fleet, Host: m.Host}
	heads := m.heads(h.state.Log)
	if err := heads.Look(ctx); err != nil && !fleet.Restored(err) && !fleet.Foreign(err) { // and hands in what this host has
		return look, m.explain(err)
	}
	view, err := m.view(ctx, nil)
	if err != nil {
		return look, m.explain(err)
	}
	look.Full = errors.Is(etcd.MayWrite(ctx, m.store, m.keys.Alive(m.Host)), etcd.NoSpace)
	r := view.Roster
	look.Epoch, look.Restored, look.Departed = r.Epoch, r.Restored, r.Departed
	if m.Role != roster.Reader { // which has no key for the heads
		if err := look.restoredOrStale(ctx, heads, view); err != nil {
			return look, m.explain(err)
		}
	}
	seen := fleet.Observed{}
	if seen.Accounts, err = heads.Standings(ctx); err != nil {
		return look, err
	}
	look.Accounts = len(seen.Accounts)
	names := make([]string, len(r.Members))
	for i, member := range r.Members {
		names[i] = member.Name
	}
	if seen.Hosts, err = heads.Present(ctx, names); err != nil {
		return look, err
	}
	look.Seats = seats(r.Members, seen)
	return look, nil
}

// restoredOrStale says who has handed in what it has, while a restored store waits for
// that, and else what is left of a removal.
func (l *Look) restoredOrStale(ctx context.Context, heads *fleet.Heads, view *roster.View) error {
	if l.Restored == nil {
		stale, damaged, err := heads.Stale(ctx)
		l.Stale, l.Damaged = len(stale), damaged
		return err
	}
	owners, err := owners(view, nil)
	if err == nil {
		l.Heard, err = heads.Heard(ctx, owners)
	}
	return err
}

// find returns the member of a name, or with an id.
func find(members []roster.Member, name string) (roster.Member, bool) {
	i := slices.IndexFunc(members, func(m roster.Member) bool { return m.Name == name || m.ID == name })
	if i < 0 {
		return roster.Member{}, false
	}
	return members[i], true
}
