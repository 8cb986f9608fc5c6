package roster

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
)

// envelope is the roster as it stands in etcd. Owners check the MAC; the
// signature is for those who have not the epoch's key: readers, hosts that were
// removed, and hosts that slept through an epoch.
type envelope struct {
	Body json.RawMessage `json:"body"`
	MAC  []byte          `json:"mac"`
	Sign []byte          `json:"sign"`
}

// seal is the roster as it is put at key.
func (e *Epoch) seal(key string, r Roster) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	mac := e.MAC(key, body)
	return json.Marshal(envelope{body, mac, ed25519.Sign(e.sign, envelope{Body: body, MAC: mac}.message(key))})
}

// parse reads a roster that nobody has vouched for yet.
func parse(keys Keys, value []byte) (Roster, envelope, error) {
	var e envelope
	var r Roster
	if err := strict(value, &e); err != nil {
		return r, e, damaged(fmt.Sprintf("the record of the fleet %s in etcd cannot be read", keys.ID()), err)
	}
	var version struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(e.Body, &version); err != nil {
		return r, e, damaged(fmt.Sprintf("the record of the fleet %s in etcd cannot be read", keys.ID()), err)
	}
	if version.Version > format {
		return r, e, newer(version.Version)
	}
	if err := json.Unmarshal(e.Body, &r); err != nil {
		return r, e, damaged(fmt.Sprintf("the record of the fleet %s in etcd cannot be read", keys.ID()), err)
	}
	if r.Restored != nil {
		r.Restored.Host, r.Restored.Why = clean(r.Restored.Host), clean(r.Restored.Why)
	}
	return r, e, r.check(keys.ID())
}

// message is what is signed.
func (e envelope) message(key string) []byte {
	return message("fleet", key, string(e.Body), string(e.MAC))
}

// signedBy checks who has signed the roster at key.
func (e envelope) signedBy(owners ed25519.PublicKey, key string) error {
	if !verify(owners, e.message(key), e.Sign) {
		return forged(key)
	}
	return nil
}

func forged(key string) error {
	return damaged(fmt.Sprintf("%s in etcd was not written by an owner of this fleet", key), nil)
}
