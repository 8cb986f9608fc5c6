package roster

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Life is how long an invitation holds. Etcd's clock counts it.
const Life = 10 * time.Minute

// invitationHead begins every invitation; the number is that of its form.
const (
	invitationName = "htfleet"
	invitationHead = invitationName + "1-"
	sumLength      = 4
)

// Invitation is what one person hands to another, so that a host can join. Whoever
// has it can ask to join, until a person says yes or no.
type Invitation struct {
	Endpoints []string // of the etcd
	CA        []byte   // SHA-256 of the public key of its CA's certificate; may be empty
	Fleet     string
	Secret    secret.Secret // 16 bytes
}

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Text is the invitation in one line. It is secret.
func (i Invitation) Text() string {
	b := []byte(i.Secret.Reveal())
	b = append(b, byte(len(i.CA)))
	b = append(b, i.CA...)
	b = append(b, byte(len(i.Fleet)))
	b = append(b, i.Fleet...)
	b = append(b, byte(len(i.Endpoints)))
	for _, e := range i.Endpoints {
		b = append(b, byte(len(e)))
		b = append(b, e...)
	}
	sum := sha256.Sum256(b)
	return invitationHead + letters.EncodeToString(append(b, sum[:sumLength]...))
}

// ParseInvitation reads what [Invitation.Text] wrote. Its errors quote nothing.
func ParseInvitation(text string) (Invitation, error) {
	const again = "copy the whole line that `hermes-tui fleet invite` printed"
	text = strings.ToLower(strings.Join(strings.Fields(text), "")) // a terminal may have broken the line
	form, code, ok := strings.Cut(text, "-")
	switch {
	case !ok || !strings.HasPrefix(form, invitationName):
		return Invitation{}, usage("this is no invitation to a fleet", again)
	case form+"-" != invitationHead:
		return Invitation{}, usage("this invitation was written by another version of hermes-tui", "use the same version on both sides")
	}
	b, err := letters.DecodeString(code)
	if err != nil || len(b) < sumLength {
		return Invitation{}, usage("the invitation is cut, or has a letter that it cannot have", again)
	}
	body := b[:len(b)-sumLength]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:sumLength], b[len(body):]) {
		return Invitation{}, usage("the invitation is cut or mistyped", again)
	}
	i, ok := readInvitation(body)
	if ok && i.Text() != text {
		return Invitation{}, usage("the invitation is cut or mistyped", again) // by what base32 does not look at
	}
	if !ok || i.check() != nil {
		return Invitation{}, usage("the invitation does not say where the fleet is", again)
	}
	return i, nil
}

func readInvitation(b []byte) (i Invitation, whole bool) {
	whole = true
	take := func(n int) []byte {
		if n > len(b) {
			whole = false
			return nil
		}
		part := b[:n]
		b = b[n:]
		return part
	}
	length := func() int {
		if one := take(1); len(one) == 1 {
			return int(one[0])
		}
		return 0
	}
	i.Secret = secret.New(string(take(secretLength)))
	i.CA = bytes.Clone(take(length()))
	i.Fleet = string(take(length()))
	for range length() {
		i.Endpoints = append(i.Endpoints, string(take(length())))
	}
	return i, whole && len(b) == 0
}

const secretLength = 16

// check says whether there can be such an invitation.
func (i Invitation) check() error {
	if !validFleet(i.Fleet) || len(i.Secret.Reveal()) != secretLength || len(i.CA) != 0 && len(i.CA) != sha256.Size {
		return usage("the invitation would not be whole", "")
	}
	if len(i.Endpoints) == 0 || len(i.Endpoints) > 16 {
		return usage("an invitation names 1 to 16 endpoints, not %d", "name the members of the etcd", len(i.Endpoints))
	}
	for _, e := range i.Endpoints {
		if e == "" || len(e) > 200 || strings.ContainsFunc(e, func(c rune) bool { return c <= ' ' || c > '~' }) {
			return usage("%q cannot be an endpoint", "an endpoint is written as https://HOST:2379", clean(e))
		}
	}
	return nil
}

// id is where in etcd the invitation is answered. The secret does not follow from
// it.
func (i Invitation) id() string { return hex.EncodeToString(derive(i.Secret.Reveal(), forInvite)[:16]) }
