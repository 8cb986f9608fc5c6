package roster

import (
	"bytes"
	"context"
	"errors"
)

// Membership is the fleet as one host knows it over time. It is safe for
// concurrent use: those who ask at once read the fleet once.
type Membership struct {
	host Host
	keep Keeper
	turn chan struct{}
	seen Seen  // in turn
	view *View // in turn; nil until it was read
}

// Keeper writes down what a host has seen, before anything is done with it. It calls over
// with what is written there already, of which other programs of the host may have written
// some, and nobody else writes there until what that returns is written.
type Keeper func(ctx context.Context, over func(kept Seen) Seen) error

// NewMembership begins with what the host has kept.
func NewMembership(h Host, seen Seen, keep Keeper) *Membership {
	return &Membership{host: h, keep: keep, turn: make(chan struct{}, 1), seen: seen}
}

// View returns the fleet as it is while its stamp is this. Without a stamp it is
// read in any case. Its errors are those of [Host.Open].
func (m *Membership) View(ctx context.Context, stamp []byte) (*View, error) {
	end, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	if m.view != nil && bytes.Equal(m.view.stamp, stamp) {
		return m.view, nil
	}
	v, err := m.host.Open(ctx, m.seen)
	if err != nil {
		return nil, err
	}
	if err := m.take(ctx, v); err != nil {
		return nil, err
	}
	return v, nil
}

// MarkRestored marks the fleet as [View.MarkRestored] does, as well where the
// store shows an older one than this host has seen. An error that is [*Older] says
// that this host is none of that older fleet's owners: it stops by itself.
func (m *Membership) MarkRestored(ctx context.Context, why string) error {
	end, err := m.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	v, err := m.host.Open(ctx, m.seen)
	var older *Older
	switch {
	case errors.As(err, &older) && older.shown != nil && m.later(&older.shown.Roster):
		v, err = m.host.putBack(ctx, older, m.seen, why)
	case older != nil && older.View != nil && older.View.Epoch != nil: // beside what was seen
		_, err = older.View.MarkRestored(ctx, why)
		return err
	case err == nil:
		v, err = v.MarkRestored(ctx, why)
	}
	if err != nil {
		return err
	}
	return m.take(ctx, v)
}

// later reports whether what this host has seen is later than a roster.
func (m *Membership) later(r *Roster) bool {
	seen, _, err := parse(m.host.Keys, m.seen.Fleet)
	return err == nil && trusted(r, Member{}).before(&seen)
}

// AcceptRestore accepts the store as [View.AcceptRestore] does.
func (m *Membership) AcceptRestore(ctx context.Context) error {
	end, err := m.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	v, err := m.host.Open(ctx, m.seen)
	var older *Older
	if errors.As(err, &older) && older.View != nil {
		v, err = older.View, nil
	}
	if err != nil {
		return err
	}
	if v, err = v.AcceptRestore(ctx, m.seen); err != nil {
		return err
	}
	return m.take(ctx, v)
}

func (m *Membership) begin(ctx context.Context) (end func(), err error) {
	select {
	case m.turn <- struct{}{}:
		return func() { <-m.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// take keeps what was seen, on disk first.
func (m *Membership) take(ctx context.Context, v *View) error {
	if seen := v.Seen(); !bytes.Equal(seen.Fleet, m.seen.Fleet) || !bytes.Equal(seen.Epoch, m.seen.Epoch) || seen.Begun != m.seen.Begun {
		err := m.keep(ctx, func(kept Seen) Seen {
			seen = seen.over(m.host.Keys, kept)
			return seen
		})
		if err != nil {
			return err
		}
		if m.seen = seen; bytes.Equal(seen.Fleet, v.fleet) {
			v.begun, v.known.begun = seen.Begun, seen.Begun
		}
	}
	m.view = v
	return nil
}
