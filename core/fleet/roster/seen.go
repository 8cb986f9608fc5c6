package roster

import "github.com/hermes-tui/hermes-tui/core/autherr"

// Seen is the newest state of the fleet that a host has seen. The host keeps it
// beside its identity, where nobody else can write: by it a host tells what the
// fleet has signed, and what is older than that. It holds nothing in clear that
// etcd does not hold.
type Seen struct {
	Fleet []byte `json:"fleet"`           // as it stood in etcd
	Epoch []byte `json:"epoch,omitempty"` // and the sealed epoch; none of a reader
	// Begun is the revision at which the epoch began. Who can write into etcd can delete its
	// key and put it there again, so that it seems to have begun later.
	Begun int64 `json:"begun,omitempty"`
}

// trust is what a host knows of the fleet before it looks.
type trust struct {
	links         []Link
	epoch, serial uint64
	digest        string
	marked        bool // as restored, which ends with a later serial
	reader        bool // whether it may not ask for the epoch's key
	begun         int64
	restores      uint64
}

// trusted is what somebody knows who has seen this roster.
func trusted(r *Roster, me Member) trust {
	return trust{links: r.Links, epoch: r.Epoch, serial: r.Serial, digest: r.digest(), marked: r.Restored != nil, reader: me.Role == Reader, restores: r.Restores}
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
	t := trusted(&r, me)
	t.begun = s.Begun
	return t, nil
}

// began is when an epoch began that seems to have begun at a revision: not after that at
// which this host has seen it before. While a store that was restored waits, and after
// that was accepted, revisions are counted anew.
func (t trust) began(r *Roster, at int64) int64 {
	if t.begun > 0 && t.epoch == r.Epoch && t.restores == r.Restores && r.Restored == nil {
		return min(t.begun, at)
	}
	return at
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

// over is what a host has seen that kept this before: another of its programs may have
// seen more, and when the epoch began.
func (s Seen) over(keys Keys, kept Seen) Seen {
	now, _, err := parse(keys, s.Fleet)
	old, _, failed := parse(keys, kept.Fleet)
	if err != nil || failed != nil || now.ID != old.ID {
		return s
	}
	if trusted(&now, Member{}).before(&old) {
		s, kept, now, old = kept, s, old, now
	}
	before := trusted(&old, Member{})
	if before.begun = kept.Begun; s.Begun > 0 {
		s.Begun = before.began(&now, s.Begun)
	}
	return s
}

// Roster is who belonged to the fleet when it was seen, without asking anybody.
func (s Seen) Roster(keys Keys) (Roster, error) {
	r, _, err := parse(keys, s.Fleet)
	return r, err
}
