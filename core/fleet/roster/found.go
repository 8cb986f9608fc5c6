package roster

import (
	"bytes"
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
	if err := h.create(ctx, d); err != nil {
		return nil, secret.Secret{}, err
	}
	v, err := h.open(ctx, id, trusted(&d.roster, me))
	return v, secret.New(recovery.String()), err
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
