package clientkey

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// NotKnown says that a key is none of those that there are: it is wrong, or was
// revoked.
func NotKnown() error {
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeKeyUnknown,
		Message: "the local key is wrong, or was revoked",
		Hint:    "`hermes-tui key add NAME` makes one, `hermes-tui serve --show-key` prints the default one",
	}
}

// Over says that the key's time is over.
func (k Key) Over(now time.Time) error {
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeKeyExpired,
		Message: fmt.Sprintf("the key %q expired at %s", k.Name, k.ExpiresAt.In(now.Location()).Format(time.DateTime)),
		Hint:    "`hermes-tui key add NAME` makes a new one",
	}
}

// One is a single key that is in no table: it is known to one proxy, and gone
// with it.
type One struct{ Key Key }

// Opens returns the key if it is among those that a program shows.
func (o One) Opens(_ context.Context, shown []string, _ glance.Mark) (Key, error) {
	right := 0
	for _, text := range shown {
		right |= subtle.ConstantTimeCompare(HashOf(text), o.Key.Hash)
	}
	if right != 1 {
		return Key{}, NotKnown()
	}
	return o.Key, nil
}

// Still returns nil: the key opens for as long as its proxy runs.
func (o One) Still(context.Context, Key) error { return nil }
