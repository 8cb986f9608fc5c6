package host

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
)

// askEvery is how often it is looked whether a host has handed in what it has.
const askEvery = 250 * time.Millisecond

// Accepting says how a restored store is accepted.
type Accepting struct {
	Without []string             // names of hosts that are not waited for
	Wait    time.Duration        // for the others
	Missing func(names []string) // is told for whom it is waited, whenever that changes
}

// Accepted is what came of it.
type Accepted struct {
	Fleet   string
	Nothing bool     // no restored store waited
	Heard   []string // names of the hosts whose newest was asked for
	Unheard []string // and of those that were gone on without
	// Clients says that the fleet has client keys, or had, of which those may have changed
	// some: what they revoked holds again, and what they made is lost.
	Clients bool
	fleet.Accepted
}

// AcceptRestore goes on with a store that was restored from a backup: it waits until
// every owner has handed in what it has seen, puts the newest of it into the store, and
// ends the wait of all. So it does where records of accounts are there that the fleet has
// not written. It may be interrupted anywhere, and asked for again.
func (h *Host) AcceptRestore(ctx context.Context, o Accepting) (Accepted, error) {
	_, m, err := h.members()
	if err != nil {
		return Accepted{}, err
	}
	defer m.store.Close()
	heads, out := m.heads(h.state.Log), Accepted{Fleet: m.Fleet}
	switch err := heads.Look(ctx); {
	case err == nil, fleet.Foreign(err):
		_, damaged, err := heads.Stale(ctx)
		if err != nil {
			return out, m.explain(err)
		}
		if out.Nothing = len(damaged) == 0; out.Nothing {
			return out, nil
		}
		if err := m.Restored(ctx); err != nil { // all hosts hand in what they have
			return out, m.explain(err)
		}
	case !fleet.Restored(err):
		return out, m.explain(err)
	}
	if err := heads.HandIn(ctx); err != nil {
		return out, m.explain(err)
	}
	ids, err := m.await(ctx, heads, o, &out)
	if err != nil {
		return out, err
	}
	if out.Accepted, err = heads.AcceptRestore(ctx, ids, out.Unheard); err != nil {
		return out, m.explain(err)
	}
	if _, changes, err := m.board(h.state.Log).Clients.Read(ctx); len(out.Unheard) > 0 {
		out.Clients = err != nil || changes > 0
	}
	return out, m.explain(heads.Look(ctx))
}

// await waits until the owners are heard that are to be, and returns the ids of those.
func (m *Member) await(ctx context.Context, heads *fleet.Heads, o Accepting, out *Accepted) (ids []string, err error) {
	end, told := m.clock.Now().Add(o.Wait), []string(nil)
	for {
		view, err := m.view(ctx, nil)
		if err != nil {
			return nil, m.explain(err)
		}
		owners, err := owners(view, o.Without)
		if err != nil {
			return nil, err
		}
		heard, err := heads.Heard(ctx, owners)
		if err != nil {
			return nil, m.explain(err)
		}
		ids, out.Heard, out.Unheard = nil, nil, nil
		var missing []string
		for _, member := range view.Roster.Members {
			switch {
			case member.Role != roster.Owner:
			case heard[member.ID]:
				ids, out.Heard = append(ids, member.ID), append(out.Heard, member.Name)
			case member.ID != view.Me.ID && (slices.Contains(o.Without, member.Name) || slices.Contains(o.Without, member.ID)):
				out.Unheard = append(out.Unheard, member.Name)
			default:
				missing = append(missing, member.Name)
			}
		}
		if len(missing) == 0 {
			return ids, nil
		}
		if !m.clock.Now().Before(end) {
			return nil, notHeard(missing)
		}
		if !slices.Equal(missing, told) && o.Missing != nil {
			o.Missing(missing)
		}
		told = missing
		if err := clock.Sleep(ctx, m.clock, askEvery); err != nil {
			return nil, err
		}
	}
}

// owners are the ids of the fleet's owners, of which some may be gone on without.
func owners(view *roster.View, without []string) (ids []string, err error) {
	for _, name := range without {
		member, ok := find(view.Roster.Members, name)
		switch {
		case !ok:
			return nil, usage(fmt.Sprintf("the fleet has no host %q", name), "`hermes-tui fleet status` lists them")
		case member.ID == view.Me.ID:
			return nil, usage("this is the host that you are on", "name those that are lost")
		}
	}
	for _, member := range view.Roster.Members {
		if member.Role == roster.Owner {
			ids = append(ids, member.ID)
		}
	}
	return ids, nil
}

func notHeard(names []string) error {
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeHostsNotHeard,
		Message: "not heard yet: " + strings.Join(names, ", "),
		Hint: "run `hermes-tui fleet status` there, and ask again; to go on without what they have seen: `hermes-tui fleet accept-restore" +
			" --without " + strings.Join(names, " --without ") + "`",
	}
}
