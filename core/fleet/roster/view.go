package roster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// View is the fleet as a member has read it: who belongs to it, and the keys that
// this member has. It does not change, and is safe for concurrent use; what
// changes the fleet returns a new one.
type View struct {
	Roster  Roster
	Me      Member
	Header  etcd.Header // of the read
	Epoch   *Epoch      // nil of a reader
	Reading *Reading

	host   Host
	begun  int64 // revision at which this epoch began, as far as this host has seen
	stamp  []byte
	known  trust
	past   []*Epoch // those before, newest first
	fleet  []byte   // as it stands in etcd
	mac    envelope
	sealed []byte // the epoch's key as it stands in etcd
}

// Seen is what the host keeps.
func (v *View) Seen() Seen { return Seen{v.fleet, v.sealed, v.begun} }

// Stamp is what every write of a host compares.
func (v *View) Stamp() []byte { return v.stamp }

// Guard is the comparison that every write of a host has: that the members are
// still those of this view.
func (v *View) Guard() etcd.Compare { return etcd.Is(v.host.Keys.Stamp(), v.Stamp()) }

// Refresh reads the fleet again. It returns this view if nothing has changed.
func (v *View) Refresh(ctx context.Context) (*View, error) {
	id, err := identity(v.host.Identity)
	if err != nil {
		return nil, err
	}
	next, err := v.host.open(ctx, id, v.known)
	if err == nil && bytes.Equal(next.Stamp(), v.Stamp()) && bytes.Equal(next.fleet, v.fleet) {
		return v, nil
	}
	return next, err
}

// past returns the key of an earlier epoch, with which some values may still be
// sealed, or nil.
func past(v *View, epoch uint64) *Epoch {
	for _, e := range v.past {
		if e.number == epoch {
			return e
		}
	}
	return nil
}

// Seal seals data so that the owners can open it, and nobody else.
func (v *View) Seal(data []byte) ([]byte, error) {
	if v.Epoch == nil {
		return nil, notOwner()
	}
	return v.Epoch.Seal(data)
}

// Open opens what an owner has sealed, in this epoch or in one before.
func (v *View) Open(sealed []byte) ([]byte, error) {
	if v.Epoch == nil {
		return nil, notOwner()
	}
	data, err := v.Epoch.Open(sealed)
	for _, e := range v.past {
		if !errors.Is(err, errNotForUs) {
			break
		}
		data, err = e.Open(sealed)
	}
	return data, err
}

// Wrap is body, which is JSON, as it is put at key, with its MAC.
func (v *View) Wrap(key string, body []byte) ([]byte, error) {
	if v.Epoch == nil {
		return nil, notOwner()
	}
	return v.Epoch.Wrap(key, body)
}

// Names are those of the members.
func (v *View) Names() []string {
	names := make([]string, len(v.Roster.Members))
	for i, m := range v.Roster.Members {
		names[i] = m.Name
	}
	return names
}

// HasReaders reports whether a member is one.
func (v *View) HasReaders() bool {
	return slices.ContainsFunc(v.Roster.Members, func(m Member) bool { return m.Role == Reader })
}

// SealAccess seals what readers are given, as it is put at key.
func (v *View) SealAccess(key string, data []byte) ([]byte, error) {
	if v.Epoch == nil {
		return nil, notOwner()
	}
	return v.Epoch.SealAccess(key, data)
}

// OpenAccess opens what [View.SealAccess] made.
func (v *View) OpenAccess(key string, value []byte) ([]byte, error) {
	return v.Reading.OpenAccess(key, value)
}

// Ask is body, which is JSON, as a member that is no owner, too, puts it at key.
func (v *View) Ask(key string, body []byte) ([]byte, error) { return v.Reading.ask(key, body) }

// Asked is the body of what [View.Ask] made for key.
func (v *View) Asked(key string, value []byte) ([]byte, error) { return v.Reading.asked(key, value) }

// Number is that of the fleet's epoch, from 1.
func (v *View) Number() uint64 { return v.Roster.Epoch }

// Member is the id of this host as a member.
func (v *View) Member() string { return v.Me.ID }

// Restores is how often a restored store was accepted, and waiting the one that waits to
// be: empty where none does. Until it is accepted nothing is changed.
func (v *View) Restores() (accepted uint64, waiting string) {
	if v.Roster.Restored != nil {
		waiting = v.Roster.Restored.ID
	}
	return v.Roster.Restores, waiting
}

// Own returns the body of a value that this host has kept itself, unchecked.
func (v *View) Own(value []byte) ([]byte, error) {
	var w wrapped
	if err := strict(value, &w); err != nil {
		return nil, damaged("what this host has kept of the fleet cannot be read", err)
	}
	return w.Body, nil
}

// Fresh is [View.Unwrap] of a value of this epoch, and of no other.
func (v *View) Fresh(key string, value []byte) ([]byte, error) {
	if made := Made(value); made != v.Roster.Epoch {
		return nil, otherEpoch(key, made)
	}
	return v.Unwrap(key, value)
}

// Unwrap checks a value that an owner has made for key, and returns its body. One
// of an epoch that this host has not is an error that is [ErrOtherEpoch], so that
// the fleet has to be read again. One of an epoch before this is good, as some
// have to be made anew after a member went, until that is done ([View.Settle]).
func (v *View) Unwrap(key string, value []byte) ([]byte, error) {
	if v.Epoch == nil {
		return nil, notOwner()
	}
	var w wrapped
	if err := strict(value, &w); err != nil {
		return nil, damaged(fmt.Sprintf("%s in etcd cannot be read", key), err)
	}
	e := v.Epoch
	if w.Epoch < v.Roster.Floor {
		return nil, forged(key)
	}
	if w.Epoch != e.number {
		if e = past(v, w.Epoch); e == nil {
			return nil, otherEpoch(key, w.Epoch)
		}
	}
	return w.Body, e.Check(key, w.Body, w.MAC)
}

// Read is [View.Unwrap] of what stands in etcd. A value of an epoch before has been
// there since before this one began: every write compares the stamp, so that one which
// is younger was made by somebody who is no member any more.
func (v *View) Read(kv etcd.KV) ([]byte, error) {
	body, err := v.Unwrap(kv.Key, kv.Value)
	if err == nil && Made(kv.Value) != v.Roster.Epoch && kv.Mod >= v.begun {
		err = forged(kv.Key)
	}
	return body, err
}

// Made says in which epoch a value was made that [View.Unwrap] reads, 0 for any
// other: whether it is to be made anew.
func Made(value []byte) uint64 {
	var w wrapped
	if strict(value, &w) != nil {
		return 0
	}
	return w.Epoch
}
