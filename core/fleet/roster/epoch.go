package roster

import (
	"crypto/ed25519"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"filippo.io/age"
)

// Epoch is the key of a fleet for as long as its owners stay the same. It never
// prints. It is safe for concurrent use.
type Epoch struct{ *epochKeys }

// epochKeys stand behind a pointer that is not exported, so that nothing which
// prints structs finds them.
type epochKeys struct {
	number   uint64
	identity *age.X25519Identity
	mac      []byte
	sign     ed25519.PrivateKey
	readers  string // recipient of what readers are given; empty for one that is over
}

func newEpoch(number uint64) (*Epoch, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	return epochOf(number, id), nil
}

func epochOf(number uint64, id *age.X25519Identity) *Epoch {
	return &Epoch{&epochKeys{number: number, identity: id, mac: derive(id.String(), forMAC), sign: signer(id.String(), forSigning)}}
}

// Number counts the epochs of a fleet, from 1.
func (e *Epoch) Number() uint64 { return e.number }

// Seal seals data so that the owners of this epoch can open it.
func (e *Epoch) Seal(data []byte) ([]byte, error) { return sealTo(data, e.recipient()) }

// Open opens what Seal made.
func (e *Epoch) Open(sealed []byte) ([]byte, error) {
	data, err := openWith(sealed, e.identity)
	if err != nil {
		return nil, damaged("what is sealed in etcd cannot be opened with the fleet's key", err)
	}
	return data, nil
}

// MAC authenticates what stands at a key.
func (e *Epoch) MAC(key string, body []byte) []byte { return authenticate(e.mac, key, string(body)) }

// Check returns an error with code record_damaged unless mac is that of [Epoch.MAC].
func (e *Epoch) Check(key string, body, mac []byte) error {
	if !hmac.Equal(mac, e.MAC(key, body)) {
		return damaged(fmt.Sprintf("%s in etcd was not written by an owner of this fleet", key), nil)
	}
	return nil
}

// Wrap is body, which is JSON, as it is put at key, with its MAC. [View.Unwrap]
// reads it.
func (e *Epoch) Wrap(key string, body []byte) ([]byte, error) {
	compact, err := json.Marshal(json.RawMessage(body))
	if err != nil {
		return nil, err
	}
	return json.Marshal(wrapped{e.number, compact, e.MAC(key, compact)})
}

// wrapped is a value with the MAC of an epoch.
type wrapped struct {
	Epoch uint64          `json:"epoch"`
	Body  json.RawMessage `json:"body"`
	MAC   []byte          `json:"mac"`
}

// SealAccess seals what readers are given, as it is put at key.
func (e *Epoch) SealAccess(key string, data []byte) ([]byte, error) {
	if e.readers == "" {
		return nil, errors.New("this epoch is over")
	}
	sealed, err := sealTo(data, e.readers)
	if err != nil {
		return nil, err
	}
	return json.Marshal(signed{e.number, sealed, ed25519.Sign(e.sign, message("access", key, string(sealed)))})
}

// signed is a value for readers.
type signed struct {
	Epoch  uint64 `json:"epoch"`
	Sealed []byte `json:"sealed"`
	Sign   []byte `json:"sign"`
}

func (e *Epoch) recipient() string { return e.identity.Recipient().String() }

// public is the key with which everybody can tell what this epoch signed.
func (e *Epoch) public() ed25519.PublicKey { return e.sign.Public().(ed25519.PublicKey) }

// withReaders is the same epoch, for sealing to its readers.
func (e *Epoch) withReaders(recipient string) *Epoch {
	keys := *e.epochKeys
	keys.readers = recipient
	return &Epoch{&keys}
}

// Format implements fmt.Formatter, so that no verb shows the keys.
func (Epoch) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[epoch]")) }

// LogValue implements slog.LogValuer without showing the keys.
func (Epoch) LogValue() slog.Value { return slog.StringValue("[epoch]") }
