package roster

import (
	"context"
	"encoding/hex"
	"errors"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

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
		r.Restored = v.restored(why)
		return &draft{roster: r, epoch: v.Epoch}, nil
	})
}

func (v *View) restored(why string) *Restored {
	return &Restored{ID: hex.EncodeToString(random(16)), Host: v.Me.ID, Why: clean(why), At: v.host.Clock.Now().UTC()}
}

// putBack puts the roster that this host has seen in place of the older one that the
// store shows, with the mark, so that nobody whom the fleet has removed since has a part
// in what follows. Members that have seen still later ones do the same.
func (h Host) putBack(ctx context.Context, older *Older, seen Seen, why string) (*View, error) {
	id, err := identity(h.Identity)
	if err != nil {
		return nil, err
	}
	known, err := seen.trust(h.Keys, id.Recipient().String())
	if err != nil {
		return nil, err
	}
	read := func(ctx context.Context) (*View, error) {
		next, err := h.open(ctx, id, known)
		var o *Older
		if errors.As(err, &o) && o.shown != nil {
			return o.shown, nil
		}
		return next, err
	}
	return writer{h, read}.write(ctx, older.shown, func(v *View) (*draft, error) {
		if v.Me.ID != "" { // somebody else has put it back
			return nil, nil
		}
		n, err := h.kept(id, seen, known)
		if err != nil {
			return nil, err
		}
		r := n.Roster
		r.Restored = n.restored(why) // what was handed in before is nothing to go by
		return &draft{roster: r, epoch: n.Epoch, sealed: n.sealed, drop: v.Roster.Epoch}, nil
	})
}

// kept is the fleet as a host has kept it, without the store.
func (h Host) kept(id *age.X25519Identity, seen Seen, known trust) (*View, error) {
	r, sealed, err := parse(h.Keys, seen.Fleet)
	if err != nil {
		return nil, err
	}
	me, ok := r.member(id.Recipient().String())
	if !ok {
		return nil, notMember(r.ID)
	}
	if me.Role == Reader {
		return nil, notOwner()
	}
	v := &View{Roster: r, Me: me, host: h, known: known, fleet: seen.Fleet, mac: sealed, sealed: seen.Epoch}
	return v, v.openKeys(id)
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
		r.Restores = max(r.Restores, v.Roster.Restores) + 1
		r.Serial = max(r.Serial, v.Roster.Serial) + leap
		d := &draft{roster: r, epoch: n.Epoch, also: []etcd.Op{etcd.DeletePrefix(v.host.Keys.Handed())}}
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
