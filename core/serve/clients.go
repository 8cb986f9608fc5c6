package serve

import (
	"context"
	"crypto/subtle"
	"sync"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// Clients are the keys that programs show to the proxy: the default one, which
// all may share, and those that were made for one program each. It is safe for
// concurrent use.
type Clients struct {
	serving *Serving

	mu    sync.Mutex
	have  cachedClients
	fleet cachedClients // those that every host of the fleet takes
}

// cachedClients is what is kept of the keys, valid until its head changes. There
// is no secret in it.
type cachedClients struct {
	keys clientkey.Table
	glimpse
}

// NewClients returns the keys of the accounts that sv serves.
func NewClients(sv *Serving) *Clients {
	return &Clients{serving: sv}
}

// defaultID is under which the use of the default key is counted.
const defaultID = "key-default"

// Opens returns the first key, of those that a program shows, that opens the
// proxy now, and counts the request. Else the error says why none does: a wrong or
// revoked key has code key_unknown or key_revoked, one whose time is over
// key_expired. Nothing is looked at again behind the moment at; zero: now.
func (c *Clients) Opens(ctx context.Context, shown []string, at glance.Mark) (clientkey.Key, error) {
	var why error
	for _, text := range shown {
		key, err := c.keyAt(ctx, text, at)
		if err == nil {
			c.serving.ledger.count(key.ID, c.serving.state.Clock.Now())
			return key, nil
		}
		if autherr.CodeOf(err) != autherr.CodeKeyUnknown {
			why = err
		}
	}
	if why == nil {
		why = clientkey.NotKnown()
	}
	return clientkey.Key{}, why
}

// Still returns an error when a key that opened the proxy opens it no more: with
// one of the codes of [Clients.Opens], or that of a keystore that cannot be read.
func (c *Clients) Still(ctx context.Context, key clientkey.Key) error {
	if key.ID == defaultID {
		now, err := c.serving.ProxyKey(ctx)
		if err == nil && subtle.ConstantTimeCompare(clientkey.HashOf(now.Reveal()), key.Hash) != 1 {
			err = clientkey.NotKnown()
		}
		return err
	}
	_, err := c.hashed(ctx, key.Hash, glance.Mark{})
	return err
}

// ClientKey returns what is kept of a key, such as one that stands in a program's
// file. Errors are those of [Clients.Opens]; it is not counted.
func (c *Clients) ClientKey(ctx context.Context, text string) (clientkey.Key, error) {
	return c.keyAt(ctx, text, glance.Mark{})
}

func (c *Clients) keyAt(ctx context.Context, text string, at glance.Mark) (clientkey.Key, error) {
	if clientkey.Shaped(text) {
		return c.hashed(ctx, clientkey.HashOf(text), at)
	}
	key, ok := c.serving.cheapKey(at)
	if !ok {
		var err error
		if key, err = c.serving.ProxyKey(ctx); err != nil {
			return clientkey.Key{}, err
		}
	}
	if key.IsZero() || subtle.ConstantTimeCompare([]byte(text), []byte(key.Reveal())) != 1 {
		return clientkey.Key{}, clientkey.NotKnown()
	}
	return clientkey.Key{ID: defaultID, Name: clientkey.Default, Hash: clientkey.HashOf(text), Allow: []clientkey.Right{clientkey.Proxy}}, nil
}

// hashed returns the key with this hash, if its time is not over.
func (c *Clients) hashed(ctx context.Context, hash []byte, at glance.Mark) (clientkey.Key, error) {
	keys, err := c.tableAt(ctx, at)
	if err != nil {
		return clientkey.Key{}, err
	}
	key, ok := keys.Find(hash)
	if !ok {
		if keys, err = c.ofFleet(ctx, at); err != nil {
			return key, err
		}
		key, ok = keys.Find(hash)
	}
	if !ok {
		return key, clientkey.NotKnown()
	}
	if now := c.serving.state.Clock.Now(); key.Expired(now) {
		return key, key.Over(now)
	}
	return key, nil
}

// table returns what is kept of the keys. It reads that only when it has changed.
func (c *Clients) table(ctx context.Context) (clientkey.Table, error) {
	return c.tableAt(ctx, glance.Mark{})
}

func (c *Clients) tableAt(ctx context.Context, at glance.Mark) (clientkey.Table, error) {
	c.mu.Lock()
	have := c.have
	c.mu.Unlock()
	if seen, same := c.serving.still(record.ClientKeysID, have.glimpse, at, c.serving.state.Clock.Now()); same {
		if seen != have.glimpse {
			c.keep(have.keys, seen)
		}
		return have.keys, nil
	}
	seen := c.serving.look(record.ClientKeysID)
	keys, err := c.serving.state.Vault.Clients().All(ctx)
	if err != nil {
		return nil, err
	}
	c.keep(keys, seen)
	return keys, nil
}

func (c *Clients) keep(keys clientkey.Table, seen glimpse) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.have = cachedClients{keys, seen}
}
