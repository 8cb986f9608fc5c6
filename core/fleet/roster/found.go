package roster

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Init makes a fleet, whose first owner this host is, under this name. The
// recovery key that it returns makes a new first owner when every owner is lost;
// it is shown once and kept nowhere. After an error that is [etcd.Unclear] a fleet
// may come to be whose recovery key nobody has: another name is the way out.
func (h Host) Init(ctx context.Context, name string) (*View, secret.Secret, error) {
	id, err := identity(h.Identity)
	if err == nil {
		err = checkName(name)
	}
	if err != nil {
		return nil, secret.Secret{}, err
	}
	recovery, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, secret.Secret{}, err
	}
	me := Member{ID: newMemberID(), Name: name, Role: Owner, Recipient: id.Recipient().String()}
	d, err := h.first(me, recovery)
	if err != nil {
		return nil, secret.Secret{}, err
	}
	if got, err := h.Store.Get(ctx, h.Keys.Fleet()); err != nil || got.KVs[0].Found() {
		return nil, secret.Secret{}, cmp.Or(err, fleetExists(h.Keys.ID()))
	}
	if err := h.mayBegin(ctx, 1); err != nil {
		return nil, secret.Secret{}, err
	}
	h.show(recovery.String())
	if err := h.create(ctx, d); err != nil {
		return nil, secret.Secret{}, err
	}
	v, err := h.open(ctx, id, trusted(&d.roster, me))
	return v, secret.New(recovery.String()), err
}

// mayBegin returns the store's clear no to what begins an epoch: else a key would be shown
// that opens nothing. An answer that was lost is none.
func (h Host) mayBegin(ctx context.Context, epoch uint64) error {
	err := etcd.MayWrite(ctx, h.Store, h.Keys.Fleet(), h.Keys.Stamp(), h.Keys.Epoch(epoch))
	if errors.Is(err, etcd.Denied) || errors.Is(err, etcd.NoSpace) {
		return err
	}
	return nil
}

func (h Host) first(me Member, recovery *age.X25519Identity) (*draft, error) {
	e, err := newEpoch(1)
	if err != nil {
		return nil, err
	}
	r := Roster{Version: format, ID: h.Keys.ID(), Serial: 1, Members: []Member{me}, Recovery: recovery.Recipient().String()}
	link := Link{Epoch: 1, Key: e.public()}
	link.Anchor = ed25519.Sign(signer(recovery.String(), forAnchor), link.message(r.ID))
	r.Links = []Link{link}
	d := &draft{epoch: e}
	if err := d.begin(&r, e); err != nil {
		return nil, err
	}
	d.sealed, err = sealEpochs(&r, []*Epoch{e})
	d.roster = r
	return d, err
}

// create writes the first roster where there is none. It is tried again with the
// same values, so that an attempt that lands late is recognised.
func (h Host) create(ctx context.Context, d *draft) error {
	fleet, err := d.epoch.seal(h.Keys.Fleet(), d.roster)
	if err != nil {
		return err
	}
	names := []string{h.Keys.Fleet(), h.Keys.Stamp(), h.Keys.Epoch(1)}
	t := etcd.Txn{Else: names[:1]}
	for i, value := range [][]byte{fleet, random(16), d.sealed} {
		t.If, t.Then = append(t.If, etcd.Absent(names[i])), append(t.Then, etcd.Put(names[i], value, 0))
	}
	for range attempts {
		result, commitErr := h.Store.Commit(ctx, t)
		switch {
		case commitErr == nil && result.Succeeded:
			return nil
		case commitErr == nil && bytes.Equal(result.KVs[0].Value, fleet):
			return nil
		case commitErr == nil:
			return fleetExists(h.Keys.ID())
		case !errors.Is(commitErr, etcd.Unclear):
			return commitErr
		}
		err = commitErr
	}
	return err
}

// Interrupted returns what to compare if the fleet that is there was begun by this host,
// and has come no further: nobody else is a member, and it has no account.
func (h Host) Interrupted(ctx context.Context) (is []etcd.Compare, err error) {
	id, err := identity(h.Identity)
	if err != nil {
		return nil, err
	}
	got, err := h.Store.Get(ctx, h.Keys.Fleet(), h.Keys.Stamp())
	if err != nil || !got.KVs[0].Found() || !got.KVs[1].Found() {
		return nil, err
	}
	r, _, err := parse(h.Keys, got.KVs[0].Value)
	if err != nil {
		return nil, err
	}
	accounts, err := h.Store.Range(ctx, h.Keys.Accounts())
	if _, mine := r.member(id.Recipient().String()); err != nil || !mine || len(r.Members) > 1 || len(accounts.KVs) > 0 {
		return nil, err
	}
	return []etcd.Compare{etcd.Is(h.Keys.Fleet(), got.KVs[0].Value), etcd.Is(h.Keys.Stamp(), got.KVs[1].Value)}, nil
}
