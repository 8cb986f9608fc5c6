package roster

import (
	"context"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Host is one that is, or becomes, a member of a fleet.
type Host struct {
	Store    etcd.Store
	Keys     Keys
	Identity secret.Secret // see [NewIdentity]
	Clock    clock.Clock
	// Show is given a new recovery key before the fleet has it, so that no interruption
	// leaves a fleet whose key nobody has seen; nil: it is only returned.
	Show func(recovery secret.Secret)
}

func (h Host) show(recovery string) {
	if h.Show != nil {
		h.Show(secret.New(recovery))
	}
}

// Open reads who belongs to the fleet, as a host that has seen this much of it.
//
// Its error is [ErrNotMember] when the fleet itself says that the host was
// removed, [*Older] when the store shows less than what was seen, and has code
// record_damaged when anything is not what the fleet has signed.
func (h Host) Open(ctx context.Context, seen Seen) (*View, error) {
	id, err := identity(h.Identity)
	if err != nil {
		return nil, err
	}
	known, err := seen.trust(h.Keys, id.Recipient().String())
	if err != nil {
		return nil, err
	}
	return h.open(ctx, id, known)
}

// attempts bound how often something is tried that others get in the way of.
const attempts = 8

// open reads roster, stamp and, for an owner, the epoch's key in one read. Which
// epoch it is, is known before, or after the first time.
func (h Host) open(ctx context.Context, id *age.X25519Identity, known trust) (*View, error) {
	epoch := known.epoch
	for range attempts {
		names := []string{h.Keys.Fleet(), h.Keys.Stamp()}
		if !known.reader {
			names = append(names, h.Keys.Epoch(epoch))
		}
		answer, err := h.Store.Get(ctx, names...)
		if err != nil {
			return nil, err
		}
		v, err := h.look(answer, known)
		if v == nil {
			return nil, err
		}
		me, _ := v.Roster.member(id.Recipient().String())
		if me.Role == Owner && known.reader { // it was let in anew
			known.reader = false
			continue
		}
		if !known.reader && v.Roster.Epoch != epoch {
			epoch = v.Roster.Epoch
			continue
		}
		return v.unlock(id, known)
	}
	return nil, fleetBusy()
}

// look reads a roster and who vouches for it.
func (h Host) look(answer etcd.Answer, known trust) (*View, error) {
	fleet, stamp := answer.KVs[0], answer.KVs[1]
	switch {
	case !fleet.Found() && known.serial > 0:
		return nil, &Older{}
	case !fleet.Found():
		return nil, noFleet(h.Keys.ID())
	case len(stamp.Value) == 0:
		return nil, damaged("the fleet's stamp is missing in etcd", nil)
	}
	r, sealed, err := parse(h.Keys, fleet.Value)
	if err != nil {
		return nil, err
	}
	owners, ok := vouch(known.links, r.Links, h.Keys.ID())
	if !ok {
		return nil, forged(h.Keys.Fleet())
	}
	if err := sealed.signedBy(owners, h.Keys.Fleet()); err != nil {
		return nil, err
	}
	v := &View{Roster: r, stamp: stamp.Value, Header: answer.Header, host: h, fleet: fleet.Value, mac: sealed}
	if len(answer.KVs) > 2 {
		v.sealed, v.begun = answer.KVs[2].Value, answer.KVs[2].Create
	}
	return v, nil
}

// unlock opens the keys of a view for the member with this identity, and says how
// it stands to what was known.
func (v *View) unlock(id *age.X25519Identity, known trust) (*View, error) {
	older := known.olderIs(&v.Roster)
	shown := *v
	me, ok := v.Roster.member(id.Recipient().String())
	if !ok && older {
		return nil, &Older{shown: &shown}
	}
	if !ok {
		return nil, notMember(v.Roster.ID)
	}
	v.Me = me
	err := v.openKeys(id)
	switch {
	case older && err != nil:
		return nil, &Older{shown: &shown}
	case older:
		v.known = known
		return nil, &Older{View: v, shown: &shown}
	case err != nil:
		return nil, err
	}
	v.begun = known.began(&v.Roster, v.begun)
	v.known = trusted(&v.Roster, me)
	v.known.begun = v.begun
	return v, nil
}

func (v *View) openKeys(id *age.X25519Identity) error {
	keys := v.host.Keys
	reading, err := openReading(keys.Fleet(), &v.Roster, id)
	if err != nil {
		return err
	}
	v.Reading = reading
	if v.Me.Role == Reader {
		return nil
	}
	return v.openEpochs(id)
}

func (v *View) openEpochs(id *age.X25519Identity) error {
	keys := v.host.Keys
	epochs, err := openEpochs(keys.Epoch(v.Roster.Epoch), v.sealed, &v.Roster, id)
	if err != nil {
		return err
	}
	v.Epoch, v.past = epochs[0], epochs[1:]
	return v.Epoch.Check(keys.Fleet(), v.mac.Body, v.mac.MAC)
}
