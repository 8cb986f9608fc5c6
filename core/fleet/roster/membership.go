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
	keep func(Seen) error
	turn chan struct{}
	seen Seen  // in turn
	view *View // in turn; nil until it was read
}

// NewMembership begins with what the host has kept. keep writes what was seen
// later to where the host will find it, before anything is done with it.
func NewMembership(h Host, seen Seen, keep func(Seen) error) *Membership {
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
	if err := m.take(v); err != nil {
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
	return m.take(v)
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
	return m.take(v)
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
func (m *Membership) take(v *View) error {
	if seen := v.Seen(); !bytes.Equal(seen.Fleet, m.seen.Fleet) || !bytes.Equal(seen.Epoch, m.seen.Epoch) || seen.Begun != m.seen.Begun {
		if err := m.keep(seen); err != nil {
			return err
		}
		m.seen = seen
	}
	m.view = v
	return nil
}
