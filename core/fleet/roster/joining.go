package roster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Request is a host's wish to join, that waits for a person's answer.
type Request struct {
	Words []string // six, the same as on the other side
	Role  Role

	host  Host
	id    *age.X25519Identity
	slips slips
	slip  slip
}

// Ask asks to join the fleet of an invitation under a name. It can be done again
// after an interruption.
func (h Host) Ask(ctx context.Context, in Invitation, name string) (*Request, error) {
	id, err := identity(h.Identity)
	if err == nil {
		err = checkName(name)
	}
	if err == nil {
		err = in.check()
	}
	if err == nil && in.Fleet != h.Keys.ID() {
		err = usage("the invitation is for another fleet", "join that one")
	}
	if err != nil {
		return nil, err
	}
	r := &Request{host: h, id: id, slips: in.slips(h.Keys)}
	var failed error
	for range attempts {
		answer, err := h.Store.Get(ctx, r.slips.key, h.Keys.Fleet(), h.Keys.Stamp())
		if err != nil {
			return nil, after(failed, err)
		}
		asks, err := r.begin(answer, name)
		if err != nil {
			return nil, err
		}
		if asks == nil {
			r.Words, r.Role = r.slips.sixWords(r.slip), r.slip.Role
			return r, nil
		}
		_, failed = h.Store.Commit(ctx, *asks)
		switch {
		case errors.Is(failed, etcd.LeaseGone):
			return nil, expired()
		case failed != nil && !errors.Is(failed, etcd.Unclear):
			return nil, failed
		}
	}
	return nil, after(failed, fleetBusy())
}

// begin reads what stands in etcd for the invitation, and returns what to write,
// or nil if it is written.
func (r *Request) begin(answer etcd.Answer, name string) (*etcd.Txn, error) {
	at := answer.KVs[0]
	if !at.Found() {
		return nil, expired()
	}
	one, err := r.slips.read(at.Value)
	if err != nil {
		return nil, err
	}
	own := r.id.Recipient().String()
	if one.Fleet != r.host.Keys.ID() {
		return nil, damaged("the invitation's offer is that of another fleet", nil)
	}
	if one.State != offered {
		switch {
		case one.Guest != own:
			return nil, used()
		case one.Name != name: // both sides compare words that have the name in them
			return nil, usage("this host has asked to join under the name %s already", "ask under that name again: `--host`; or with a new invitation", clean(one.Name))
		}
		r.slip = one
		return nil, nil
	}
	v, err := r.host.look(etcd.Answer{Header: answer.Header, KVs: answer.KVs[1:]}, one.trust())
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(v.Roster.Members, func(m Member) bool { return m.Name == name || m.Recipient == own }); i >= 0 {
		return nil, memberExists(fmt.Sprintf("the fleet has a member %s already", v.Roster.Members[i].Name))
	}
	one.State, one.Guest, one.Name = asked, own, name
	value, err := r.slips.write(one)
	if err != nil {
		return nil, err
	}
	return &etcd.Txn{If: []etcd.Compare{etcd.Is(at.Key, at.Value)}, Then: []etcd.Op{etcd.Put(at.Key, value, at.Lease)}}, nil
}

// Wait returns the fleet, of which this host is a member then, once a person has
// accepted it.
func (r *Request) Wait(ctx context.Context) (*View, error) {
	gone := false
	err := r.host.await(ctx, r.slips.key, func(kv etcd.KV) (bool, error) {
		if gone = !kv.Found(); gone {
			return true, nil
		}
		one, err := r.slips.read(kv.Value)
		if err != nil {
			return false, err
		}
		is := one.State
		if one.State = r.slip.State; !same(one, r.slip) || is == offered {
			return false, damaged("what stands in etcd for this invitation was changed", nil)
		}
		if is == declined {
			return false, refused()
		}
		return is == admitted, nil
	})
	if err != nil {
		return nil, err
	}
	v, err := r.host.open(ctx, r.id, r.slip.trust())
	if gone && errors.Is(err, ErrNotMember) {
		return nil, expired()
	}
	return v, err
}

// Withdraw takes the request back, where nobody has answered it: nobody lets in then who
// has gone. The invitation holds on, so that the host can ask again. It returns whether the
// host was let in already, which [Host.Ask] again goes on with.
func (r *Request) Withdraw(ctx context.Context) (in bool, err error) {
	asks, offer := r.slip, r.slip
	asks.State, offer.State, offer.Guest, offer.Name = asked, offered, "", ""
	was, err := r.slips.write(asks)
	if err != nil {
		return false, err
	}
	open, err := r.slips.write(offer)
	if err != nil {
		return false, err
	}
	got, err := r.host.Store.Get(ctx, r.slips.key)
	if err != nil {
		return false, err
	}
	at := got.KVs[0]
	if bytes.Equal(at.Value, was) {
		done, err := r.host.Store.Commit(ctx, etcd.Txn{
			If: []etcd.Compare{etcd.Is(at.Key, was)}, Then: []etcd.Op{etcd.Put(at.Key, open, at.Lease)}, Else: []string{at.Key},
		})
		if err != nil || done.Succeeded {
			return false, err
		}
		at = done.KVs[0]
	}
	if !at.Found() {
		return false, nil
	}
	one, err := r.slips.read(at.Value)
	return err == nil && one.State == admitted && one.Guest == asks.Guest, err
}

// same reports whether two slips say the same.
func same(a, b slip) bool {
	return a.Version == b.Version && a.State == b.State && a.Fleet == b.Fleet && a.Epoch == b.Epoch && a.Serial == b.Serial &&
		string(a.Key) == string(b.Key) && a.Recipient == b.Recipient && a.Role == b.Role && a.Guest == b.Guest && a.Name == b.Name
}
