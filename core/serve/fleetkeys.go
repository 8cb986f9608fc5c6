package serve

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// edit changes a table of keys.
type edit func(ctx context.Context, change func(clientkey.Table) (clientkey.Table, error)) error

// shelf is where a key is made: on this host, or in the fleet; and the keys of the other
// of the two, whose names a new one may not have.
func (c *Clients) shelf(ctx context.Context, fleet bool) (edit, clientkey.Table, error) {
	if fleet {
		own, err := c.table(ctx)
		return c.serving.state.Shared.EditClients, own, err
	}
	others, err := c.ofFleet(ctx, glance.Mark{})
	return c.serving.state.Vault.Clients().Edit, others, err
}

// revokeOfFleet takes a key of the fleet away, on every host.
func (c *Clients) revokeOfFleet(ctx context.Context, name string) error {
	s := c.serving.state
	err := s.Shared.EditClients(ctx, func(keys clientkey.Table) (clientkey.Table, error) {
		key, ok := keys.Named(name)
		if !ok {
			return nil, clientkey.NotKnown()
		}
		return keys.Without(key.ID), nil
	})
	if err == nil {
		s.Log.Info("client key of the fleet revoked", "key", name)
	}
	return err
}

// ofFleet returns the keys that every host of the fleet takes, as this one has seen them
// last. They are read again only when they have changed, and nobody else is asked; nothing
// is looked at again behind the moment at; zero: now.
func (c *Clients) ofFleet(ctx context.Context, at glance.Mark) (clientkey.Table, error) {
	s := c.serving.state
	if s.Shared == nil {
		return nil, nil
	}
	c.mu.Lock()
	have := c.fleet
	c.mu.Unlock()
	seen, same := c.serving.still(record.FleetClientsID, have.glimpse, at, s.Clock.Now())
	if !same {
		seen = c.serving.look(record.FleetClientsID)
		if seen.head == nil { // there was none yet
			return nil, nil
		}
		keys, _, err := vault.FleetClients{Vault: s.Vault}.Read(ctx)
		if autherr.CodeOf(err) == autherr.CodeRecordDamaged {
			s.Log.Warn("the client keys of the fleet cannot be read, and open nothing here", "error", err)
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		have.keys = keys.OfFleet()
	}
	if seen != have.glimpse {
		c.mu.Lock()
		c.fleet = cachedClients{have.keys, seen}
		c.mu.Unlock()
	}
	return have.keys, nil
}
