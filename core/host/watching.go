package host

import (
	"context"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
)

// Seat is a member of the fleet, with what is known of it.
type Seat struct {
	roster.Member
	Alive          bool // a program of that host is there
	fleet.Presence      // what it tells, where it is there
	// Gone is when it went, as far as this program has seen that; else zero.
	Gone time.Time
	// LastAt is when this host has last brought tokens that still stand, and LastAccount
	// the id of whose.
	LastAt      time.Time
	LastAccount string
}

// Sight is the fleet as a program sees it at one moment: for people. Its observations
// are those of [fleet.Heads.Observe].
type Sight struct {
	Fleet, Host string
	fleet.Observed
	Epoch    uint64
	Seats    []Seat
	Restored *roster.Restored // the store is an older one
	Finder   string           // name of the host that has found that out
	Departed bool             // a host has left that knows the keys
	Removed  bool             // this host is no member any more
	Reader   bool             // this host is one: whose work the tokens are it cannot tell
	Asks     bool             // a person says whether what another host did not end is taken over
}

// Away reports whether the store does not answer.
func (s Sight) Away() bool { return autherr.CodeOf(s.Link.Err) == autherr.CodeFleetAway }

// Older reports whether the store was restored from a backup, as far as is known.
func (s Sight) Older() bool {
	return s.Restored != nil || autherr.CodeOf(s.Link.Err) == autherr.CodeFleetRestored
}

// Damaged are the ids of the accounts whose record in the store was not written by the
// fleet, sorted.
func (s Sight) Damaged() (ids []string) {
	for id, a := range s.Accounts {
		if a.Damaged {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Forged reports whether the list of hosts in the store was not written by the fleet.
func (s Sight) Forged() bool { return fleet.Foreign(s.Link.Err) }

// Stale is how many accounts are sealed with keys of an epoch before this, which a host
// that is gone may know.
func (s Sight) Stale() (n int) {
	for _, a := range s.Accounts {
		if a.Sealed != 0 && a.Sealed < s.Epoch {
			n++
		}
	}
	return n
}

// Watch sends what there is to see of the fleet, at once and whenever that changes,
// until ctx is done; then the channel is closed. The first is what this host has seen
// last, without asking anybody. Where there is no fleet the channel is closed at once.
// [fleet.Heads.Watch] has to run beside it.
func (h *Host) Watch(ctx context.Context) <-chan Sight {
	out := make(chan Sight)
	heads, m := h.followed()
	if m == nil {
		close(out)
		return out
	}
	go func() {
		defer h.state.Caught()
		heads.Attend(ctx)
	}()
	go func() {
		defer close(out)
		defer h.state.Caught()
		m.tell(ctx, heads, out)
	}()
	return out
}

// followed is what the programs of this host follow the fleet by; nil where there is
// no fleet.
func (h *Host) followed() (*fleet.Heads, *Member) {
	var all *fleet.Heads
	switch mine := h.state.Vault.Heads.(type) {
	case *heads:
		all = mine.Heads
	case *fleet.Reader:
		all = mine.Observer()
	default:
		return nil, nil
	}
	m, _ := all.Team.(*Member)
	return all, m
}

// tell sends a sight at every change.
func (m *Member) tell(ctx context.Context, heads *fleet.Heads, out chan<- Sight) {
	last, _ := m.Seen.Roster(m.keys)
	for {
		seen, changed := heads.Observe()
		removed := autherr.CodeOf(seen.Link.Err) == autherr.CodeNotMember
		if seen.Stamp != nil && !removed {
			if view, err := m.view(ctx, seen.Stamp); err == nil {
				last = view.Roster
			}
		}
		select {
		case out <- m.sight(last, seen, removed):
		case <-ctx.Done():
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

func (m *Member) sight(r roster.Roster, seen fleet.Observed, removed bool) Sight {
	s := Sight{
		Fleet: m.Fleet, Host: m.Host, Observed: seen, Epoch: r.Epoch, Seats: seats(r.Members, seen),
		Restored: r.Restored, Departed: r.Departed, Removed: removed, Reader: m.Role == roster.Reader, Asks: m.Ask,
	}
	if r.Restored != nil {
		if finder, ok := find(r.Members, r.Restored.Host); ok {
			s.Finder = finder.Name
		}
	}
	return s
}

// seats are the members in the order in which they came.
func seats(members []roster.Member, seen fleet.Observed) []Seat {
	all := make([]Seat, 0, len(members))
	for _, member := range members {
		seat := Seat{Member: member, Gone: seen.Gone[member.Name]}
		seat.Presence, seat.Alive = seen.Hosts[member.Name]
		for id, a := range seen.Accounts {
			if a.By == member.Name && (a.At.After(seat.LastAt) || a.At.Equal(seat.LastAt) && id < seat.LastAccount) {
				seat.LastAt, seat.LastAccount = a.At, id
			}
		}
		all = append(all, seat)
	}
	return all
}
