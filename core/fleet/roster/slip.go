package roster

import (
	"crypto/hmac"
	"encoding/json"
	"fmt"
)

// slip is what stands at join/<invite> while somebody joins: first what is
// offered, then with who asks, then with the answer. Its MAC is made with the
// invitation's secret, over the name of the key too, so that only who invites and
// who was invited can write one, and none fits another invitation.
type slip struct {
	Version   int    `json:"version"`
	State     state  `json:"state"`
	Fleet     string `json:"fleet"`
	Epoch     uint64 `json:"epoch"`
	Serial    uint64 `json:"serial"`
	Key       []byte `json:"key"`       // with which the epoch signs
	Recipient string `json:"recipient"` // of the epoch
	Role      Role   `json:"role"`
	Guest     string `json:"guest,omitempty"` // recipient of who asks
	Name      string `json:"name,omitempty"`
}

type state string

const (
	offered  state = "offered"
	asked    state = "asked"
	admitted state = "admitted"
	declined state = "declined"
)

// slips writes and reads those of one invitation.
type slips struct {
	key  string
	mac  []byte
	salt []byte // of the words
}

func (i Invitation) slips(keys Keys) slips {
	from := i.Secret.Reveal()
	return slips{keys.Join(i.id()), derive(from, forSlips), derive(from, forWords)}
}

type sealedSlip struct {
	Body json.RawMessage `json:"body"`
	MAC  []byte          `json:"mac"`
}

func (s slips) write(one slip) ([]byte, error) {
	body, err := json.Marshal(one)
	if err != nil {
		return nil, err
	}
	return json.Marshal(sealedSlip{body, authenticate(s.mac, s.key, string(body))})
}

func (s slips) read(value []byte) (one slip, err error) {
	const unreadable = "what stands in etcd for this invitation cannot be read"
	var sealed sealedSlip
	if err := strict(value, &sealed); err != nil {
		return one, damaged(unreadable, err)
	}
	var version struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(sealed.Body, &version); err != nil {
		return one, damaged(unreadable, err)
	}
	if version.Version > format {
		return one, newer(version.Version)
	}
	if !hmac.Equal(sealed.MAC, authenticate(s.mac, s.key, string(sealed.Body))) {
		return one, damaged("what stands in etcd for this invitation was written by somebody who has not the invitation", nil)
	}
	if err := json.Unmarshal(sealed.Body, &one); err != nil {
		return one, damaged(unreadable, err)
	}
	known := one.State == offered || one.State == asked || one.State == admitted || one.State == declined
	guest := one.State == offered && one.Guest == "" && one.Name == "" || one.State != offered && validRecipient(one.Guest) && validName(one.Name)
	if !known || !guest || one.Version < 1 || one.Role != Owner && one.Role != Reader {
		return one, damaged(unreadable, fmt.Errorf("state %q", clean(string(one.State))))
	}
	return one, nil
}

// sixWords are for two people to compare: they differ when anything does that the
// two sides are to agree on.
func (s slips) sixWords(one slip) []string {
	one.State = ""
	body, _ := json.Marshal(one)
	h := authenticate(s.salt, s.key, string(body))
	list := words()
	six := make([]string, 6)
	for i := range six {
		six[i] = list[h[i]]
	}
	return six
}

// trust is what a guest knows of the fleet from the offer.
func (o slip) trust() trust {
	return trust{links: []Link{{Epoch: o.Epoch, Key: o.Key}}, epoch: o.Epoch, serial: o.Serial, reader: o.Role == Reader}
}
