package shared

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// clientsKey is where the client keys of the fleet stand, all in one value: so an old key
// that was revoked cannot be put back beside the others.
const clientsKey = "clients"

// Safe is where a host keeps the fleet's client keys as it has seen them last.
type Safe interface {
	// Read returns them, and how often they were changed by then.
	Read(ctx context.Context) (clientkey.Table, uint64, error)
	// Keep takes newer ones, and reports whether they are others.
	Keep(ctx context.Context, serial uint64, table clientkey.Table) (changed bool, err error)
}

// clients is the client keys of the fleet as they stand in etcd.
type clients struct {
	Version int `json:"version"`
	// Serial counts the changes: of two values the one with more is the newer.
	Serial uint64 `json:"serial"`
	Sealed []byte `json:"sealed"` // a [clientkey.Table]
}

// table is the keys that a value has.
type table struct {
	serial uint64
	keys   clientkey.Table
	epoch  uint64 // in which they were written
}

// mostChanges is more than there can ever be.
const mostChanges = 1 << 53

// edit is a change of the client keys. Without one those are put back that this host has
// seen, where what stands in etcd is not to be believed.
type edit struct {
	change func(clientkey.Table) (clientkey.Table, error)
	// trusts says that what was written with the fleet's key of before is taken: the host
	// that has it was a member a moment ago.
	trusts bool
}

func (t table) equal(other table) bool {
	x, failed := json.Marshal(t.keys)
	y, err := json.Marshal(other.keys)
	return t.serial == other.serial && failed == nil && err == nil && bytes.Equal(x, y)
}

// takeClients keeps the client keys that another host has changed. Older ones, which were
// put back, are replaced by those that this host has seen.
func (b *Board) takeClients(ctx context.Context, told []etcd.KV) error {
	for _, kv := range told {
		if kv.Key != b.Keys.Pool(clientsKey) {
			continue
		}
		if err := b.takeTable(ctx, kv); err != nil {
			if fatal(err) {
				return err
			}
			b.Log.Warn("the client keys of the fleet cannot be taken over; this host goes on with those that it has seen", "error", err)
		}
	}
	return nil
}

// HandIn puts the client keys that this host has seen into a store that was restored,
// unless newer ones are there.
func (b *Board) HandIn(ctx context.Context) error { return b.bringClients(ctx) }

// bringClients puts the client keys back that this host has seen, where there are none.
func (b *Board) bringClients(ctx context.Context) error {
	if b.get(ctx).serial == 0 {
		return nil
	}
	err := b.editClients(ctx, edit{})
	if err == nil || fatal(err) {
		return err
	}
	b.Log.Warn("the client keys of the fleet were not put back", "error", err)
	return nil
}

func (b *Board) takeTable(ctx context.Context, kv etcd.KV) error {
	view, err := b.now(ctx, true)
	if err != nil {
		return err
	}
	theirs, err := open(view, kv)
	if err != nil {
		return err
	}
	_, seen, err := b.Clients.Read(ctx)
	if err != nil && autherr.CodeOf(err) != autherr.CodeRecordDamaged {
		return err
	}
	if theirs.serial < seen || outdated(view, theirs, seen) {
		b.Log.Warn("the etcd had client keys of the fleet that were put back, or are of a host that was removed; they are replaced by those that this host has seen")
		return b.editClients(ctx, edit{})
	}
	changed, err := b.Clients.Keep(ctx, theirs.serial, theirs.keys)
	if changed {
		b.ring()
	}
	return err
}

// outdated reports whether keys were changed with a key of the fleet that is not in use
// any more, after what this host has seen: a host that was removed can do that.
func outdated(view fleet.View, t table, seen uint64) bool {
	return seen > 0 && t.serial > seen && t.epoch < view.Number()
}

// open reads the client keys that stand in etcd; none where there is no value.
func open(view fleet.View, kv etcd.KV) (table, error) {
	if !kv.Found() {
		return table{}, nil
	}
	body, err := view.Unwrap(kv.Key, kv.Value)
	if err != nil {
		return table{}, err
	}
	var c clients
	if err := json.Unmarshal(body, &c); err != nil {
		return table{}, damaged(err)
	}
	if c.Version > format {
		return table{}, &autherr.Error{
			Kind: autherr.Keystore, Code: autherr.CodeNewerStore,
			Message: fmt.Sprintf("the client keys of the fleet were written by a newer hermes-tui (format %d)", c.Version),
			Hint:    "update this hermes-tui; nothing was changed",
		}
	}
	plain, err := view.Open(c.Sealed)
	if err != nil {
		return table{}, err
	}
	t := table{serial: c.Serial, epoch: roster.Made(kv.Value)}
	if err := json.Unmarshal(plain, &t.keys); err != nil || !t.keys.Sound() || t.serial == 0 || t.serial > mostChanges {
		return table{}, damaged(err)
	}
	return t, nil
}

// EditClients puts in the place of the fleet's client keys what change makes of them, for
// all hosts. Where the store cannot be reached nothing is changed.
func (b *Board) EditClients(ctx context.Context, change func(clientkey.Table) (clientkey.Table, error)) error {
	if b == nil {
		return &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeNoFleet,
			Message: "this host shares no keys: it belongs to no fleet, or is a reader of one",
			Hint:    "leave out --fleet, or do it on an owner of a fleet",
		}
	}
	return b.explained(b.editClients(ctx, edit{change: change}))
}

// explained says what a person can do about it.
func (b *Board) explained(err error) error {
	var own *autherr.Error
	if err == nil || errors.As(err, &own) {
		return err
	}
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeFleetAway, Err: err,
		Message: "the fleet's client keys were not changed: " + err.Error(), Hint: "check that this host reaches the etcd; `hermes-tui fleet status` says how it is",
	}
}

// RenewClients seals the client keys with the fleet's keys of now, after a host has gone.
func (b *Board) RenewClients(ctx context.Context) error {
	same := func(keys clientkey.Table) (clientkey.Table, error) { return keys, nil }
	if b.get(ctx).serial == 0 {
		return nil
	}
	return b.explained(b.editClients(ctx, edit{same, true}))
}

// get is what this host has seen.
func (b *Board) get(ctx context.Context) table {
	keys, serial, err := b.Clients.Read(ctx)
	if err != nil {
		return table{}
	}
	return table{serial: serial, keys: keys}
}

func (b *Board) editClients(ctx context.Context, e edit) error {
	key := b.Keys.Pool(clientsKey)
	var wrote table
	err := b.put(ctx, key, func(view fleet.View, kv etcd.KV) (*value, error) {
		if _, waiting := view.Restores(); waiting != "" && e.change != nil && !e.trusts {
			return nil, fleet.Waiting() // a host that is not heard yet may have newer ones: what it revoked would come back
		}
		stands, err := open(view, kv)
		if err != nil {
			return nil, err
		}
		if wrote.serial > 0 && wrote.equal(stands) {
			return nil, nil //nolint:nilnil // what was not answered has landed
		}
		switch seen := b.get(ctx); {
		case seen.serial > stands.serial:
			stands = seen
		case outdated(view, stands, seen.serial) && !e.trusts:
			stands = table{serial: stands.serial + 1, keys: seen.keys}
		case e.change == nil:
			return nil, nil //nolint:nilnil // somebody else has put them back
		}
		if e.change != nil {
			if stands.keys, err = e.change(stands.keys); err != nil {
				return nil, err
			}
			stands.serial++
		}
		wrote = stands
		return seal(view, stands)
	})
	if err != nil || wrote.serial == 0 {
		return err
	}
	_, err = b.Clients.Keep(ctx, wrote.serial, wrote.keys)
	b.ring()
	return err
}

func seal(view fleet.View, t table) (*value, error) {
	if !t.keys.Sound() { // it would open nothing any more
		return nil, damaged(nil)
	}
	if t.keys == nil {
		t.keys = clientkey.Table{}
	}
	plain, err := json.Marshal(t.keys)
	if err != nil {
		return nil, err
	}
	sealed, err := view.Seal(plain)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(clients{format, t.serial, sealed})
	return &value{body: body}, err
}

func damaged(cause error) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged, Err: cause,
		Message: "the client keys of the fleet cannot be read",
		Hint:    "nothing was used, changed or deleted; ask who can write into this etcd",
	}
}
