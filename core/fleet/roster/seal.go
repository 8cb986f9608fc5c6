package roster

import (
	"bytes"
	"errors"
	"io"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// maxValue bounds what is opened of one value.
const maxValue = 1 << 20

// errNotForUs says that something is sealed to others.
var errNotForUs = errors.New("it is sealed to others")

// NewIdentity makes the identity of a host. It is secret, and never leaves the
// host.
func NewIdentity() (secret.Secret, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return secret.Secret{}, err
	}
	return secret.New(id.String()), nil
}

// identity parses what NewIdentity made. Its error quotes nothing.
func identity(s secret.Secret) (*age.X25519Identity, error) {
	id, err := age.ParseX25519Identity(s.Reveal())
	if err != nil {
		return nil, usage("this is no key of a host or of a fleet's recovery", "such a key begins with AGE-SECRET-KEY-1")
	}
	return id, nil
}

// sealTo seals data to each of the recipients.
func sealTo(data []byte, recipients ...string) ([]byte, error) {
	to := make([]age.Recipient, 0, len(recipients))
	for _, text := range recipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, damaged("a member's public key cannot be read", nil)
		}
		to = append(to, r)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to...)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	return sealed.Bytes(), err
}

// openWith opens what sealTo made.
func openWith(sealed []byte, id *age.X25519Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	var others *age.NoIdentityMatchError
	if errors.As(err, &others) {
		return nil, errNotForUs
	}
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxValue+1))
	if err == nil && len(data) > maxValue {
		err = errors.New("it is too large")
	}
	return data, err
}

func validRecipient(text string) bool {
	r, err := age.ParseX25519Recipient(text)
	return err == nil && r.String() == text
}
