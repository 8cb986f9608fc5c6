package core

import (
	"context"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

// Reserve lets a request of a local key through that may come to so many tokens, as
// its limits allow; see [budget.Books.Reserve].
func (c *Core) Reserve(ctx context.Context, key clientkey.Key, tokens uint64) (*budget.Reservation, error) {
	return c.books.Reserve(ctx, key.ID, key.Name, key.Limits, tokens)
}

// RevokeClientKey takes a key away, and forgets what it has used; see
// [serve.Clients.RevokeClientKey].
func (c *Core) RevokeClientKey(ctx context.Context, name string, fleet bool) error {
	err := c.Clients.RevokeClientKey(ctx, name, fleet)
	c.forgetRevoked(ctx)
	return err
}

// RevokeClientKeysOf takes away the keys in a program's file, and forgets what they
// have used; see [serve.Clients.RevokeClientKeysOf].
func (c *Core) RevokeClientKeysOf(ctx context.Context, file string) (names []string, err error) {
	names, err = c.Clients.RevokeClientKeysOf(ctx, file)
	c.forgetRevoked(ctx)
	return names, err
}

// RevokeClientKeys takes away every key that was made for a program, and forgets
// what they have used; see [serve.Clients.RevokeClientKeys].
func (c *Core) RevokeClientKeys(ctx context.Context, fleet bool) error {
	err := c.Clients.RevokeClientKeys(ctx, fleet)
	c.forgetRevoked(ctx)
	return err
}

// forgetRevoked deletes the books of keys that are there no more. The books are
// listed first: whose key is made meanwhile has none yet.
func (c *Core) forgetRevoked(ctx context.Context) {
	books := c.books.Keys()
	if len(books) == 0 {
		return // no keystore is opened for it
	}
	keys, err := c.ClientKeys(ctx)
	if err != nil {
		return
	}
	for _, id := range books {
		if !slices.ContainsFunc(keys, func(k serve.ListedClientKey) bool { return k.ID == id }) {
			c.books.Forget(id)
		}
	}
}

// SpentOf returns what a local key has used of its limits by now, in their order.
func (c *Core) SpentOf(key clientkey.Key) ([]budget.Spent, error) {
	return c.books.Read(key.ID, key.Limits)
}
