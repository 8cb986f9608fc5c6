// Package secret keeps tokens out of everything that is printed.
//
// A [Secret] holds a token and gives it up only to [Secret.Reveal]: formatting,
// JSON and slog all show "[secret]". Text that came from a server is cleaned
// with a [Scrubber], which cuts known secrets out of it in every spelling a
// server is likely to echo (plain, URL-encoded, base64, hex), and [Clean],
// which removes control sequences and bounds its length.
package secret

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"unique"
)

const masked = "[secret]"

// Secret is a token that does not print. The zero value is an empty secret, and
// two secrets are equal (==) when their tokens are.
//
// The token stands behind a pointer: fmt calls no methods on the unexported
// fields of a struct, and would print a string in one as it is.
type Secret struct{ value unique.Handle[string] }

// New wraps value.
func New(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{unique.Make(value)}
}

// Reveal returns the token. Every call is a place where it can leak: hand the
// result to the wire or to the keystore, to nothing else.
func (s Secret) Reveal() string {
	if s.IsZero() {
		return ""
	}
	return s.value.Value()
}

// IsZero reports whether there is no token.
func (s Secret) IsZero() bool { return s == Secret{} }

// String implements fmt.Stringer without showing the token.
func (s Secret) String() string { return masked }

// GoString implements fmt.GoStringer without showing the token.
func (s Secret) GoString() string { return masked }

// Format implements fmt.Formatter, so that no verb shows the token.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(masked)) }

// LogValue implements slog.LogValuer without showing the token.
func (s Secret) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalJSON hides the token; what seals a record reveals it explicitly.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + masked + `"`), nil }

// Fingerprint returns 12 hex digits that tell one token from another in a log
// or a list, and from which the token cannot be found again. It is empty for an
// empty secret.
func Fingerprint(s Secret) string {
	if s.IsZero() {
		return ""
	}
	sum := sha256.Sum256([]byte(s.Reveal()))
	return hex.EncodeToString(sum[:6])
}
