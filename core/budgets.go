package core

import (
	"context"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
)

// Reserve lets a request of a local key through that may come to so many tokens, as
// its limits allow; see [budget.Books.Reserve].
func (c *Core) Reserve(ctx context.Context, key clientkey.Key, tokens uint64) (*budget.Reservation, error) {
	return c.books.Reserve(ctx, key.ID, key.Name, key.Limits, tokens)
}

// RevokeClientKey takes a key away, and forgets what it has used; see
// [serve.Clients.RevokeClientKey].
func (c *Core) RevokeClientKey(ctx context.Context, name string) error {
	keys, _ := c.ClientKeys(ctx)
	err := c.Clients.RevokeClientKey(ctx, name)
	for _, k := range keys {
		if err == nil && strings.EqualFold(k.Name, name) {
			c.books.Forget(k.ID)
		}
	}
	return err
}

// SpentOf returns what a local key has used of its limits by now, in their order.
func (c *Core) SpentOf(key clientkey.Key) ([]budget.Spent, error) {
	return c.books.Read(key.ID, key.Limits)
}
