package roster

import (
	"bytes"
	"context"
	"fmt"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// View is the fleet as a member has read it: who belongs to it, and the keys that
// this member has. It does not change, and is safe for concurrent use; what
// changes the fleet returns a new one.
type View struct {
	Roster  Roster
	Me      Member
	Stamp   []byte      // what every write compares
	Header  etcd.Header // of the read
	Epoch   *Epoch      // nil of a reader
	Reading *Reading

	host   Host
	known  trust
	past   []*Epoch // those before, newest first
	fleet  []byte   // as it stands in etcd
	mac    envelope
	sealed []byte // the epoch's key as it stands in etcd
}

// Keys are the names of the fleet's keys.
func (v *View) Keys() Keys { return v.host.Keys }

// Seen is what the host keeps.
func (v *View) Seen() Seen { return Seen{v.fleet, v.sealed} }

// Guard is the comparison that every write of a host has: that the members are
// still those of this view.
func (v *View) Guard() etcd.Compare { return etcd.Is(v.host.Keys.Stamp(), v.Stamp) }

// Refresh reads the fleet again. It returns this view if nothing has changed.
func (v *View) Refresh(ctx context.Context) (*View, error) {
	id, err := identity(v.host.Identity)
	if err != nil {
		return nil, err
	}
	next, err := v.host.open(ctx, id, v.known)
	if err == nil && bytes.Equal(next.Stamp, v.Stamp) && bytes.Equal(next.fleet, v.fleet) {
		return v, nil
	}
	return next, err
}

// Past returns the key of an earlier epoch, with which some values may still be
// sealed, or nil.
func (v *View) Past(epoch uint64) *Epoch {
	for _, e := range v.past {
		if e.number == epoch {
			return e
		}
	}
	return nil
}

// Unwrap checks a value that [Epoch.Wrap] made for key, and returns its body and
// the epoch that it was made in. One of an epoch that this host has not is an
// error that is [ErrOtherEpoch], so that the fleet has to be read again.
func (v *View) Unwrap(key string, value []byte) ([]byte, *Epoch, error) {
	if v.Epoch == nil {
		return nil, nil, notOwner()
	}
	var w wrapped
	if err := strict(value, &w); err != nil {
		return nil, nil, damaged(fmt.Sprintf("%s in etcd cannot be read", key), err)
	}
	e := v.Epoch
	if w.Epoch != e.number {
		if e = v.Past(w.Epoch); e == nil {
			return nil, nil, otherEpoch(key, w.Epoch)
		}
	}
	return w.Body, e, e.Check(key, w.Body, w.MAC)
}
