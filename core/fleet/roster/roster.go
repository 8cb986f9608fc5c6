package roster

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// format is that of the roster, of the sealed epoch, and of what is written while
// a host joins.
const format = 1

// Bounds of what a roster has.
const (
	maxName    = 64
	maxMembers = 1000
	maxLinks   = 1024
)

// Role is what a member may do.
type Role string

// The roles.
const (
	Owner  Role = "owner"  // reads, refreshes and changes everything
	Reader Role = "reader" // is given access tokens
)

// Member is a host of a fleet.
type Member struct {
	ID        string `json:"id"` // 16 hex digits, never used again
	Name      string `json:"name"`
	Role      Role   `json:"role"`
	Recipient string `json:"recipient"` // its public key, which age seals to
}

// Restored says that the store was found to be an older one.
type Restored struct {
	ID   string    `json:"id"`   // 32 hex digits: what is handed in is for this time
	Host string    `json:"host"` // the id of the member that found it
	Why  string    `json:"why"`
	At   time.Time `json:"at"` // by that member's clock: for people
}

// Roster is who belongs to a fleet.
type Roster struct {
	Version int    `json:"version"`
	ID      string `json:"id"` // the fleet's
	// Serial counts the changes of members and of epochs. Of two rosters of an epoch
	// the one with the higher serial is the later.
	Serial    uint64   `json:"serial"`
	Epoch     uint64   `json:"epoch"`
	Recipient string   `json:"recipient"` // of the epoch
	Members   []Member `json:"members"`
	Recovery  string   `json:"recovery"` // recipient of the recovery key
	Readers   string   `json:"readers"`  // recipient of what readers are given
	Reading   []byte   `json:"reading"`  // its identity, sealed to every member
	Links     []Link   `json:"links"`    // from the first epoch to this one
	// Departed says that a member has left, who knew this epoch's keys: an owner has
	// to make a new one ([View.Renew]).
	Departed bool `json:"departed,omitempty"`
	// Floor is the first epoch of which values are taken: everything was made anew since.
	Floor uint64 `json:"floor,omitempty"`
	// Restores counts how often a store that was restored from a backup was accepted.
	Restores uint64    `json:"restores,omitempty"`
	Restored *Restored `json:"restored,omitempty"`
}

// member is the one with this public key.
func (r *Roster) member(recipient string) (Member, bool) {
	i := slices.IndexFunc(r.Members, func(m Member) bool { return m.Recipient == recipient })
	if i < 0 {
		return Member{}, false
	}
	return r.Members[i], true
}

// recipients are those of members with one of these roles.
func (r *Roster) recipients(roles ...Role) (to []string) {
	for _, m := range r.Members {
		if slices.Contains(roles, m.Role) {
			to = append(to, m.Recipient)
		}
	}
	return to
}

// without is a copy of the members, but for one.
func (r *Roster) without(id string) []Member {
	return slices.DeleteFunc(slices.Clone(r.Members), func(m Member) bool { return m.ID == id })
}

// digest tells rosters apart, whether the store was found to be restored or not.
func (r *Roster) digest() string {
	plain := *r
	plain.Restored = nil
	data, _ := json.Marshal(plain)
	return sum(string(data))
}

// check says what is wrong with a roster, whoever wrote it.
func (r *Roster) check(fleet string) error {
	switch {
	case r.Version < 1:
		return damaged("the fleet's record has no version", nil)
	case r.ID != fleet:
		return damaged(fmt.Sprintf("the record of the fleet %s is that of another", fleet), nil)
	case r.Serial < 1 || r.Epoch < 1 || len(r.recipients(Owner)) == 0 || len(r.Members) > maxMembers || len(r.Links) > maxLinks:
		return damaged("the fleet's record is incomplete", nil)
	case !validRecipient(r.Recipient) || !validRecipient(r.Recovery) || !validRecipient(r.Readers):
		return damaged("a public key in the fleet's record cannot be read", nil)
	case r.Floor > r.Epoch:
		return damaged("the fleet's record asks for an epoch that is still to come", nil)
	case r.Restored != nil && !validRestore(r.Restored.ID):
		return damaged("the fleet's record does not say which restored store it means", nil)
	case !joined(r.Links, r.Epoch):
		return damaged("the fleet's record does not say where its epoch comes from", nil)
	}
	seen := map[string]bool{}
	for _, m := range r.Members {
		id, err := hex.DecodeString(m.ID)
		if err != nil || len(id) != 8 || !validName(m.Name) || m.Role != Owner && m.Role != Reader || !validRecipient(m.Recipient) ||
			seen[m.ID] || seen["name "+m.Name] || seen[m.Recipient] {
			return damaged("a member in the fleet's record is not one that can be", nil)
		}
		seen[m.ID], seen["name "+m.Name], seen[m.Recipient] = true, true, true
	}
	return nil
}

func validName(name string) bool { return name != "" && clean(name) == name }

func checkName(name string) error {
	if !validName(name) {
		return usage("%.60q cannot be the name of a host", fmt.Sprintf("it has 1 to %d characters that can be shown, and no space around them", maxName), name)
	}
	return nil
}

func validRestore(id string) bool {
	raw, err := hex.DecodeString(id)
	return err == nil && len(raw) == 16
}

func newMemberID() string { return hex.EncodeToString(random(8)) }
