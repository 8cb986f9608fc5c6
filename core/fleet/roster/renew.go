package roster

import (
	"context"
	"crypto/ed25519"
	"slices"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// RemoveMember takes a host out of the fleet, and makes a new epoch, whose key it
// has not. What is sealed for the epoch before (past) has to be sealed anew
// and, because the host has read it, replaced.
func (v *View) RemoveMember(ctx context.Context, id string) (*View, error) {
	there := slices.ContainsFunc(v.Roster.Members, func(m Member) bool { return m.ID == id })
	switch {
	case !there:
		return nil, noSuchMember(id)
	case id == v.Me.ID:
		return nil, usage("this host cannot remove itself: it would make the key that it must not have", "`hermes-tui fleet leave` here, or remove it from another owner")
	}
	return v.change(ctx, func(v *View) (*draft, error) {
		members := v.Roster.without(id)
		if len(members) == len(v.Roster.Members) {
			return nil, nil
		}
		return v.renewed(members, v.Roster.Recovery, nil)
	})
}

// Renew makes a new epoch for the same members, as is needed after one has left
// ([Roster.Departed]).
func (v *View) Renew(ctx context.Context) (*View, error) {
	from := v.Roster.Epoch
	return v.change(ctx, func(v *View) (*draft, error) {
		if v.Roster.Epoch > from {
			return nil, nil
		}
		return v.renewed(v.Roster.Members, v.Roster.Recovery, nil)
	})
}

// NewRecovery makes a new epoch with a new recovery key, where the old one was
// lost or seen. The key is shown once and kept nowhere.
func (v *View) NewRecovery(ctx context.Context) (*View, secret.Secret, error) {
	recovery, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, secret.Secret{}, err
	}
	next, err := v.change(ctx, func(v *View) (*draft, error) {
		if v.Roster.Recovery == recovery.Recipient().String() {
			return nil, nil
		}
		return v.renewed(v.Roster.Members, recovery.Recipient().String(), recovery)
	})
	return next, secret.New(recovery.String()), err
}

// Settle says that everything was made anew in this epoch: values of an earlier one,
// whose key a host that went still knows, are taken no more. It makes anew what is
// neither an account nor bound to a host that is there; the accounts were before.
func (v *View) Settle(ctx context.Context) (*View, error) {
	keys := v.host.Keys
	for _, prefix := range []string{keys.Prefix() + "pool/", keys.Prefix() + "use/", keys.Cools()} {
		listed, err := v.host.Store.Range(ctx, prefix)
		if err != nil {
			return nil, err
		}
		for _, kv := range listed.KVs {
			if err := v.again(ctx, kv); err != nil {
				return nil, err
			}
		}
	}
	from := v.Roster.Epoch
	return v.change(ctx, func(v *View) (*draft, error) {
		if v.Roster.Epoch != from || v.Roster.Floor >= from {
			return nil, nil
		}
		r := v.Roster
		r.Serial++
		r.Floor = from
		return &draft{roster: r, epoch: v.Epoch}, nil
	})
}

// again makes a value anew that was made in an epoch before, and is still the same.
func (v *View) again(ctx context.Context, kv etcd.KV) error {
	made := Made(kv.Value)
	if made == 0 || made >= v.Roster.Epoch {
		return nil
	}
	body, err := v.Read(kv)
	if err != nil {
		return nil //nolint:nilerr // nobody takes it, now or afterwards
	}
	value, err := v.Wrap(kv.Key, body)
	if err != nil {
		return err
	}
	_, err = v.host.Store.Commit(ctx, etcd.Txn{
		If: []etcd.Compare{v.Guard(), etcd.Is(kv.Key, kv.Value)}, Then: []etcd.Op{etcd.Put(kv.Key, value, kv.Lease)},
	})
	return err
}

// Leave takes this host out of the fleet. It knows the epoch's key until it
// forgets it, so an owner that stays makes a new one ([View.Renew]). A reader
// cannot write the roster: it forgets what it has, and an owner removes it.
func (v *View) Leave(ctx context.Context) error {
	_, err := v.change(ctx, func(v *View) (*draft, error) {
		members := v.Roster.without(v.Me.ID)
		if !slices.ContainsFunc(members, func(m Member) bool { return m.Role == Owner }) {
			return nil, lastOwner()
		}
		return v.amended(members, true)
	})
	if autherr.CodeOf(err) == autherr.CodeNotMember {
		return nil
	}
	return err
}

// renewed is the roster in a new epoch. recovery is the identity of a recovery key
// that was just made, else nil.
func (v *View) renewed(members []Member, recipient string, recovery *age.X25519Identity) (*draft, error) {
	if len(v.Roster.Links) >= maxLinks {
		return nil, failure(autherr.Failed, autherr.CodeFleetBusy, "this fleet has had more epochs than one can have", "make a new fleet, and move the accounts there")
	}
	e, err := newEpoch(v.Roster.Epoch + 1)
	if err != nil {
		return nil, err
	}
	r := v.Roster
	r.Serial++
	r.Members, r.Recovery, r.Departed = members, recipient, false
	link := Link{Epoch: e.number, Key: e.public()}
	link.Sign = ed25519.Sign(v.Epoch.sign, link.message(r.ID))
	if recovery != nil {
		link.Anchor = ed25519.Sign(signer(recovery.String(), forAnchor), link.message(r.ID))
	}
	r.Links = append(slices.Clone(r.Links), link)
	d := &draft{epoch: e, drop: v.Roster.Epoch}
	if err := d.begin(&r, e); err != nil {
		return nil, err
	}
	d.sealed, err = sealEpochs(&r, append([]*Epoch{e}, v.epochs()...))
	d.roster = r
	return d, err
}

// begin puts the public keys of a new epoch into its roster.
func (d *draft) begin(r *Roster, e *Epoch) error {
	reading, err := newReading(e)
	if err != nil {
		return err
	}
	r.Epoch, r.Recipient, r.Readers = e.number, e.recipient(), reading.identity.Recipient().String()
	r.Reading, err = sealReading(r, reading)
	return err
}
