package roster

import (
	"bytes"
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// draft is a change of the fleet that is to be written.
type draft struct {
	roster Roster
	epoch  *Epoch // with whose key it is written
	sealed []byte // the epoch's key, where it changes
	drop   uint64 // the epoch whose key goes; 0 for none
	beside *beside
	also   []etcd.Op // what is written or deleted with it
}

// beside is a key that is compared and written together with the roster.
type beside struct {
	is    etcd.Compare
	put   etcd.Op
	moved func(etcd.KV) error // why it is another
}

// writer writes changes of the fleet, as whoever can read it this way.
type writer struct {
	host Host
	read func(ctx context.Context) (*View, error)
}

// write makes the change that next wants of what there is, again whenever
// somebody was faster. next returns nil where what it wants is so already, which
// is also how a change is recognised whose answer was lost. The result is what is
// there afterwards.
//
// An attempt that nobody answered may still land. It compares the same stamp as
// the next attempt, so that one of them does.
func (w writer) write(ctx context.Context, v *View, next func(*View) (*draft, error)) (*View, error) {
	var unclear error
	for range attempts {
		d, err := next(v)
		if err != nil {
			return nil, err
		}
		if d == nil {
			return v, nil
		}
		txn, err := w.txn(v, d)
		if err != nil {
			return nil, err
		}
		result, err := w.host.Store.Commit(ctx, txn)
		switch {
		case errors.Is(err, etcd.Unclear):
			unclear = err
		case err != nil:
			return nil, err
		case !result.Succeeded && d.beside != nil && bytes.Equal(result.KVs[0].Value, v.Stamp()):
			return nil, d.beside.moved(result.KVs[1])
		}
		if v, err = w.read(ctx); err != nil {
			return nil, after(unclear, err)
		}
	}
	return nil, after(unclear, fleetBusy())
}

// txn writes the roster and a new stamp, if the stamp is the one that was read.
func (w writer) txn(v *View, d *draft) (etcd.Txn, error) {
	keys := w.host.Keys
	fleet, err := d.epoch.seal(keys.Fleet(), d.roster)
	if err != nil {
		return etcd.Txn{}, err
	}
	t := etcd.Txn{
		If:   []etcd.Compare{etcd.Is(keys.Stamp(), v.Stamp())},
		Then: []etcd.Op{etcd.Put(keys.Fleet(), fleet, 0), etcd.Put(keys.Stamp(), random(16), 0)},
		Else: []string{keys.Stamp()},
	}
	if d.sealed != nil {
		t.Then = append(t.Then, etcd.Put(keys.Epoch(d.roster.Epoch), d.sealed, 0))
	}
	if d.drop != 0 && d.drop != d.roster.Epoch {
		t.Then = append(t.Then, etcd.Delete(keys.Epoch(d.drop)))
	}
	t.Then = append(t.Then, d.also...)
	if d.beside != nil {
		t.If, t.Then, t.Else = append(t.If, d.beside.is), append(t.Then, d.beside.put), append(t.Else, d.beside.is.Key)
	}
	return t, nil
}

// change is write, for a member that is an owner, while the store is no older one.
// It begins with what is there now: the view may be an hour old.
func (v *View) change(ctx context.Context, next func(*View) (*draft, error)) (*View, error) {
	v, err := v.Refresh(ctx)
	if err != nil {
		return nil, err
	}
	return writerOf(v).write(ctx, v, func(v *View) (*draft, error) {
		if err := v.mayChange(); err != nil {
			return nil, err
		}
		return next(v)
	})
}

func writerOf(v *View) writer {
	return writer{v.host, v.Refresh}
}

func (v *View) mayChange() error {
	switch {
	case v.Epoch == nil:
		return notOwner()
	case v.Roster.Restored != nil:
		return restored()
	}
	return nil
}

// amended is the roster after one more change, in the same epoch, with both keys
// sealed to those who are members then.
func (v *View) amended(members []Member, departed bool) (*draft, error) {
	r := v.Roster
	r.Serial++
	r.Members, r.Departed = members, r.Departed || departed
	d := &draft{epoch: v.Epoch}
	var err error
	if r.Reading, err = sealReading(&r, v.Reading); err != nil {
		return nil, err
	}
	if d.sealed, err = sealEpochs(&r, v.epochs()); err != nil {
		return nil, err
	}
	d.roster = r
	return d, nil
}

func (v *View) epochs() []*Epoch { return append([]*Epoch{v.Epoch}, v.past...) }
