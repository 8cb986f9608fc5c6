package roster

import (
	"crypto/ed25519"
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"log/slog"

	"filippo.io/age"
)

// Reading is the key of a fleet's readers, in one epoch. It opens what owners
// gave them and makes nothing. It never prints.
type Reading struct{ *readingKeys }

type readingKeys struct {
	number   uint64
	identity *age.X25519Identity
	owners   ed25519.PublicKey
}

// OpenAccess opens what [Epoch.SealAccess] made for key. That an owner of this
// epoch made it is certain; that it is the newest one is not.
func (r *Reading) OpenAccess(key string, value []byte) ([]byte, error) {
	var s signed
	if err := strict(value, &s); err != nil {
		return nil, damaged(fmt.Sprintf("%s in etcd cannot be read", key), err)
	}
	if s.Epoch != r.number {
		return nil, otherEpoch(key, s.Epoch)
	}
	if !ed25519.Verify(r.owners, message("access", key, string(s.Sealed)), s.Sign) {
		return nil, damaged(fmt.Sprintf("%s in etcd was not written by an owner of this fleet", key), nil)
	}
	data, err := openWith(s.Sealed, r.identity)
	if err != nil {
		return nil, damaged(fmt.Sprintf("%s in etcd cannot be opened with the readers' key", key), err)
	}
	return data, nil
}

// ask is body, which is JSON, as a reader puts it at key: every member of this epoch can
// tell that one of them did.
func (r *Reading) ask(key string, body []byte) ([]byte, error) {
	return json.Marshal(wrapped{r.number, body, r.asking(key, body)})
}

func (r *Reading) asking(key string, body []byte) []byte {
	return authenticate(derive(r.identity.String(), forAsking), key, string(body))
}

// asked is the body of what a member has asked for at key in this epoch.
func (r *Reading) asked(key string, value []byte) ([]byte, error) {
	var w wrapped
	if err := strict(value, &w); err != nil {
		return nil, damaged(fmt.Sprintf("%s in etcd cannot be read", key), err)
	}
	if w.Epoch != r.number {
		return nil, otherEpoch(key, w.Epoch)
	}
	if !hmac.Equal(w.MAC, r.asking(key, w.Body)) {
		return nil, damaged(fmt.Sprintf("%s in etcd was not written by a member of this fleet", key), nil)
	}
	return w.Body, nil
}

// Format implements fmt.Formatter, so that no verb shows the keys.
func (Reading) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[reading]")) }

// LogValue implements slog.LogValuer without showing the keys.
func (Reading) LogValue() slog.Value { return slog.StringValue("[reading]") }

// strict parses a value that we wrote, and nothing that means the same but is
// written otherwise: what is authenticated is then the value as it stands.
func strict(value []byte, to any) error {
	if len(value) > maxValue {
		return fmt.Errorf("%d bytes", len(value))
	}
	if err := json.Unmarshal(value, to); err != nil {
		return err
	}
	again, err := json.Marshal(to)
	if err == nil && string(again) != string(value) {
		err = fmt.Errorf("it is not written as we write it")
	}
	return err
}
