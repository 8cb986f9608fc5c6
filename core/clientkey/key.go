// Package clientkey is the keys that programs show to the proxy: what each opens,
// until when, and which of them a program has shown. A key itself is seen once,
// when it is made; what is kept is its hash. The rules here are pure functions;
// core/vault keeps the table, sealed like a token.
package clientkey

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Default is the name of the one key that every program may share. It is kept by
// itself, and opens everything until it is revoked.
const Default = "default"

// Right is what a key may be used for.
type Right string

// The rights.
const (
	Proxy  Right = "proxy"  // to send requests through the proxy
	Tokens Right = "tokens" // to be given access tokens
)

// Rights are all of them.
func Rights() []Right { return []Right{Proxy, Tokens} }

// Key is what is kept of a key: never the key itself.
type Key struct {
	ID   string `json:"id"`   // of its counters; never used again
	Name string `json:"name"` // what people and logs call it
	Hash []byte `json:"hash"` // SHA-256 of the key, see [HashOf]
	// Account is the id of the one account that it opens, Pool the pool
	// ("minimax-oauth/global"). Both empty: whatever the proxy serves.
	Account   string         `json:"account,omitempty"`
	Pool      string         `json:"pool,omitempty"`
	Model     string         `json:"model,omitempty"` // pattern of the models, see [Match]; empty: any
	Allow     []Right        `json:"allow"`
	Limits    []budget.Limit `json:"limits,omitempty"` // how much may be used in a time
	MadeAt    time.Time      `json:"made_at"`
	ExpiresAt time.Time      `json:"expires_at,omitzero"` // zero: never
	// File is the configuration of a program that `connect` wrote it into, and Entry
	// what the account is called there.
	File  string `json:"file,omitempty"`
	Entry string `json:"entry,omitempty"`
	// Fleet says that every host of the fleet takes it, and not this one alone: where it
	// is kept says so.
	Fleet bool `json:"-"`
}

// prefix begins every key, so that people and secret scanners know it, and so
// that it is not looked for where the default key is kept.
const prefix = "htui_key_"

// keyLength is the length of a key: the prefix and 256 random bits.
const keyLength = len(prefix) + 64

// New returns a new key.
func New(random io.Reader) (secret.Secret, error) { return newKey(random, prefix) }

// NewRun returns a new key for one run of a program, which is in no table.
func NewRun(random io.Reader) (secret.Secret, error) { return newKey(random, "htui_run_") }

func newKey(random io.Reader, prefix string) (secret.Secret, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(random, b); err != nil {
		return secret.Secret{}, err
	}
	return secret.New(prefix + hex.EncodeToString(b)), nil
}

// NewID returns a new id of counters, which no account can have.
func NewID(random io.Reader) (string, error) {
	b := make([]byte, 8)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	return "key-" + hex.EncodeToString(b), nil
}

// Shaped reports whether a text has the form of a key of this package.
func Shaped(text string) bool { return len(text) == keyLength && strings.HasPrefix(text, prefix) }

// In returns the keys that stand in a text, such as a program's configuration.
func In(text []byte) (found []string) {
	for rest := string(text); ; {
		at := strings.Index(rest, prefix)
		if at < 0 {
			return found
		}
		rest = rest[at:]
		end := len(prefix)
		for end < len(rest) && (rest[end] >= '0' && rest[end] <= '9' || rest[end] >= 'a' && rest[end] <= 'f') {
			end++
		}
		if Shaped(rest[:end]) {
			found = append(found, rest[:end])
		}
		rest = rest[end:]
	}
}

// HashOf is what is kept of a key. A key has 256 random bits, so that one round
// of a fast hash is enough: there is no smaller set to try.
func HashOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// Bound is the one account or the pool that the key opens, as Select takes a
// name; empty: whatever the proxy serves.
func (k Key) Bound() string { return k.Account + k.Pool }

// Covers reports whether the key opens an account of a pool.
func (k Key) Covers(account, pool string) bool {
	switch {
	case k.Account != "":
		return k.Account == account
	case k.Pool != "":
		return k.Pool == pool
	}
	return true
}

// May reports whether the key has a right.
func (k Key) May(right Right) bool { return slices.Contains(k.Allow, right) }

// Serves reports whether a model may be asked with the key.
func (k Key) Serves(model string) bool { return k.Model == "" || Match(k.Model, model) }

// Expired reports whether the key's time is over.
func (k Key) Expired(now time.Time) bool { return !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt) }
