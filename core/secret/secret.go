// Package secret keeps tokens out of everything that is printed.
//
// A [Secret] holds a token and gives it up only to [Secret.Reveal]: formatting,
// JSON and slog all show "[secret]". Text that came from a server is cleaned
// with a [Scrubber], which cuts known secrets out of it in every spelling a
// server is likely to echo (plain, URL-encoded, base64, hex), and [Clean],
// which removes control sequences and bounds its length.
package secret

import (
	"fmt"
	"log/slog"
)

const masked = "[secret]"

// Secret is a token that does not print. The zero value is an empty secret.
type Secret struct{ value string }

// New wraps value.
func New(value string) Secret { return Secret{value} }

// Reveal returns the token. Every call is a place where it can leak: hand the
// result to the wire or to the keystore, to nothing else.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether there is no token.
func (s Secret) IsZero() bool { return s.value == "" }

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
