package roster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Invite is an invitation that waits for a host.
type Invite struct {
	Invitation
	Role Role

	view  *View
	slips slips
	offer slip
	value []byte // of the offer
	lease etcd.Lease
}

// Invite makes an invitation to this fleet, for one host, which becomes a member
// with this role. endpoints and ca say where the etcd is.
func (v *View) Invite(ctx context.Context, role Role, endpoints []string, ca []byte) (*Invite, error) {
	v, err := v.Refresh(ctx) // what is offered is the epoch of now
	if err == nil {
		err = v.mayChange()
	}
	if err != nil {
		return nil, err
	}
	if role != Owner && role != Reader {
		return nil, usage("%q is no role of a host", "it is an owner or a reader", clean(string(role)))
	}
	in := Invitation{endpoints, ca, v.Roster.ID, secret.New(string(random(secretLength)))}
	if err := in.check(); err != nil {
		return nil, err
	}
	store := v.host.Store
	lease, err := store.Grant(ctx, Life)
	if err != nil {
		return nil, err
	}
	i := &Invite{Invitation: in, Role: role, view: v, slips: in.slips(v.host.Keys), lease: lease}
	i.offer = slip{
		Version: format, State: offered, Fleet: v.Roster.ID, Epoch: v.Epoch.number, Serial: v.Roster.Serial,
		Key: v.Epoch.public(), Recipient: v.Epoch.recipient(), Role: role,
	}
	if i.value, err = i.slips.write(i.offer); err != nil {
		return nil, err
	}
	if err := i.put(ctx, i.value, etcd.Absent(i.slips.key), lease); err != nil {
		return nil, err
	}
	return i, nil
}

// put writes what stands for the invitation, if it is as was thought and the
// inviter is a member still.
func (i *Invite) put(ctx context.Context, value []byte, is etcd.Compare, lease etcd.Lease) error {
	v, store := i.view, i.view.host.Store
	var unclear error
	for range attempts {
		result, err := store.Commit(ctx, etcd.Txn{
			If: []etcd.Compare{v.Guard(), is}, Then: []etcd.Op{etcd.Put(i.slips.key, value, lease)}, Else: []string{i.slips.key},
		})
		switch {
		case errors.Is(err, etcd.LeaseGone):
			return expired()
		case errors.Is(err, etcd.Unclear):
			unclear = err
		case err != nil || result.Succeeded:
			return err
		case bytes.Equal(result.KVs[0].Value, value): // an attempt before, whose answer was lost
			return nil
		case is.Want == etcd.WantValue && !bytes.Equal(result.KVs[0].Value, is.Value):
			return i.moved(result.KVs[0], "")
		}
		if v, err = v.Refresh(ctx); err != nil {
			return after(unclear, err)
		}
	}
	return after(unclear, fleetBusy())
}

// Wait returns the host that asks to join, once it does.
func (i *Invite) Wait(ctx context.Context) (*Candidate, error) {
	var c *Candidate
	err := i.view.host.await(ctx, i.slips.key, func(kv etcd.KV) (bool, error) {
		if !kv.Found() {
			return false, expired()
		}
		if bytes.Equal(kv.Value, i.value) {
			return false, nil
		}
		one, err := i.slips.read(kv.Value)
		if err != nil {
			return false, err
		}
		offer := one
		offer.State, offer.Guest, offer.Name = offered, "", ""
		if value, err := i.slips.write(offer); one.State != asked || err != nil || !bytes.Equal(value, i.value) {
			return false, damaged("what stands in etcd for this invitation is not what it offers", err)
		}
		c = &Candidate{Name: one.Name, Words: i.slips.sixWords(one), invite: i, slip: one, value: kv.Value, id: newMemberID()}
		return true, nil
	})
	return c, err
}

// Cancel takes the invitation back.
func (i *Invite) Cancel(ctx context.Context) error {
	err := i.view.host.Store.Revoke(ctx, i.lease)
	if errors.Is(err, etcd.LeaseGone) {
		return nil
	}
	return err
}

// Candidate is a host that asks to join. A person compares the words with those on
// its screen, and decides.
type Candidate struct {
	Name  string
	Words []string // six

	invite *Invite
	slip   slip
	value  []byte
	id     string // of the member to be
}

// Accept makes the host a member.
func (c *Candidate) Accept(ctx context.Context) (*View, error) {
	i := c.invite
	answer, err := c.answer(admitted)
	if err != nil {
		return nil, err
	}
	lease, err := i.view.host.Store.Grant(ctx, Life) // the invitation's may be about to end
	if err != nil {
		return nil, err
	}
	member := Member{ID: c.id, Name: c.Name, Role: i.Role, Recipient: c.slip.Guest}
	return i.view.change(ctx, func(v *View) (*draft, error) {
		switch same := slices.IndexFunc(v.Roster.Members, func(m Member) bool { return m.Name == member.Name || m.Recipient == member.Recipient }); {
		case slices.Contains(v.Roster.Members, member):
			return nil, nil
		case same >= 0:
			return nil, memberExists(fmt.Sprintf("the fleet has a member %s already", v.Roster.Members[same].Name))
		case len(v.Roster.Members) >= maxMembers:
			return nil, failure(autherr.Failed, autherr.CodeUsage, "the fleet has as many members as one can have", "remove those that are gone: `hermes-tui fleet remove`")
		}
		d, err := v.amended(append(slices.Clone(v.Roster.Members), member), false)
		if err != nil {
			return nil, err
		}
		d.beside = &beside{is: etcd.Is(i.slips.key, c.value), put: etcd.Put(i.slips.key, answer, lease), moved: func(kv etcd.KV) error { return i.moved(kv, c.Name) }}
		return d, nil
	})
}

// Refuse tells the host that it does not become a member.
func (c *Candidate) Refuse(ctx context.Context) error {
	i := c.invite
	answer, err := c.answer(declined)
	if err != nil {
		return err
	}
	return i.put(ctx, answer, etcd.Is(i.slips.key, c.value), i.lease)
}

func (c *Candidate) answer(s state) ([]byte, error) {
	one := c.slip
	one.State = s
	return c.invite.slips.write(one)
}

// moved says why the request of a host of this name is not there any more.
func (i *Invite) moved(kv etcd.KV, name string) error {
	switch {
	case !kv.Found():
		return expired()
	case bytes.Equal(kv.Value, i.value):
		return withdrawn(name)
	}
	return damaged("what stands in etcd for this invitation has changed since it was confirmed", nil)
}
