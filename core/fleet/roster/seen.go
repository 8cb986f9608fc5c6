package roster

import "github.com/hermes-tui/hermes-tui/core/autherr"

// Seen is the newest state of the fleet that a host has seen. The host keeps it
// beside its identity, where nobody else can write: by it a host tells what the
// fleet has signed, and what is older than that. It holds nothing in clear that
// etcd does not hold.
type Seen struct {
	Fleet []byte `json:"fleet"`           // as it stood in etcd
	Epoch []byte `json:"epoch,omitempty"` // and the sealed epoch; none of a reader
}

// trust is what a host knows of the fleet before it looks.
type trust struct {
	links         []Link
	epoch, serial uint64
	digest        string
	marked        bool // as restored, which ends with a later serial
	reader        bool // whether it may not ask for the epoch's key
}

// trusted is what somebody knows who has seen this roster.
func trusted(r *Roster, me Member) trust {
	return trust{r.Links, r.Epoch, r.Serial, r.digest(), r.Restored != nil, me.Role == Reader}
}

// trust is what the host that kept it knows.
func (s Seen) trust(keys Keys, recipient string) (trust, error) {
	if len(s.Fleet) == 0 {
		return trust{}, failure(autherr.Usage, autherr.CodeNoFleet, "this host belongs to no fleet", "join one with an invitation: `hermes-tui fleet join`")
	}
	r, _, err := parse(keys, s.Fleet)
	if err != nil {
		return trust{}, err
	}
	me, _ := r.member(recipient)
	return trusted(&r, me), nil
}

// olderIs reports whether a roster is older than what is known, or beside it: the
// same number of changes, and others, or without the mark that it is to be accepted.
func (t trust) olderIs(r *Roster) bool {
	switch {
	case r.Epoch != t.epoch:
		return r.Epoch < t.epoch
	case r.Serial != t.serial:
		return r.Serial < t.serial
	}
	return t.digest != "" && r.digest() != t.digest || t.marked && r.Restored == nil
}

// Roster is who belonged to the fleet when it was seen, without asking anybody.
func (s Seen) Roster(keys Keys) (Roster, error) {
	r, _, err := parse(keys, s.Fleet)
	return r, err
}
