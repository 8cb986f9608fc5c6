package roster

import "context"

// leap is how far the serial goes on when a restored store is accepted, so that
// it is later than what a host has seen that was not asked.
const leap = 1000

// MarkRestored writes down that the store was found to be an older one than this
// host has seen, so that every host stops sending.
func (v *View) MarkRestored(ctx context.Context, why string) (*View, error) {
	return v.restoreWriter().write(ctx, v, func(v *View) (*draft, error) {
		switch {
		case v.Epoch == nil:
			return nil, notOwner()
		case v.Roster.Restored != nil:
			return nil, nil
		}
		r := v.Roster // with the same serial: the members are as they were
		r.Restored = &Restored{Host: v.Me.ID, Why: clean(why), At: v.host.Clock.Now().UTC()}
		return &draft{roster: r, epoch: v.Epoch}, nil
	})
}

// AcceptRestore takes the mark away, and puts back the newest roster that any
// member has seen, where the store has an older one.
func (v *View) AcceptRestore(ctx context.Context, newest Seen) (*View, error) {
	return v.restoreWriter().write(ctx, v, func(v *View) (*draft, error) {
		if v.Epoch == nil {
			return nil, notOwner()
		}
		n, err := v.newest(newest)
		if err != nil {
			return nil, err
		}
		switch {
		case n == v && v.known.epoch > v.Roster.Epoch:
			return nil, &Older{View: v} // and this host has seen more than it was given
		case n == v && v.Roster.Restored == nil && !v.known.olderIs(&v.Roster):
			return nil, nil
		}
		r := n.Roster
		r.Restored = nil
		r.Serial = max(r.Serial, v.Roster.Serial) + leap
		d := &draft{roster: r, epoch: n.Epoch}
		if n != v {
			d.sealed, d.drop = n.sealed, v.Roster.Epoch
		}
		return d, nil
	})
}

// newest is the view that a member has seen, if that is later than this one, which
// it has to be able to prove.
func (v *View) newest(seen Seen) (*View, error) {
	if len(seen.Fleet) == 0 {
		return v, nil
	}
	id, err := identity(v.host.Identity)
	if err != nil {
		return nil, err
	}
	r, sealed, err := parse(v.host.Keys, seen.Fleet)
	if err != nil {
		return nil, err
	}
	if now := trusted(&v.Roster, v.Me); !now.before(&r) {
		return v, nil
	}
	owners, ok := vouch(v.known.links, r.Links, r.ID)
	if !ok {
		return nil, forged("what a member has seen of " + v.host.Keys.Fleet())
	}
	if err := sealed.signedBy(owners, v.host.Keys.Fleet()); err != nil {
		return nil, err
	}
	me, ok := r.member(id.Recipient().String())
	if !ok {
		return nil, notMember(r.ID)
	}
	n := &View{Roster: r, Me: me, stamp: v.stamp, host: v.host, fleet: seen.Fleet, mac: sealed, sealed: seen.Epoch}
	if me.Role == Reader {
		return nil, notOwner()
	}
	return n, n.openKeys(id)
}

// before reports whether a roster is later than what is known.
func (t trust) before(r *Roster) bool {
	return r.Epoch > t.epoch || r.Epoch == t.epoch && r.Serial > t.serial
}

// restoreWriter reads on where the store is older than what was seen.
func (v *View) restoreWriter() writer {
	return writer{v.host, func(ctx context.Context) (*View, error) {
		next, err := v.Refresh(ctx)
		if older, ok := err.(*Older); ok && older.View != nil {
			return older.View, nil
		}
		return next, err
	}}
}
