package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// FleetClients are the keys of programs that every host of the fleet takes, as this one
// has seen them last. They are kept as this host's own are, so that who can write the
// state folder and has not the keystore adds none.
type FleetClients struct{ Vault *Vault }

func (c FleetClients) keys() keys { return keys{c.Vault, record.FleetClientsID} }

// Read returns what was seen last, and how often the keys were changed by then; nothing
// where none was made.
func (c FleetClients) Read(ctx context.Context) (clientkey.Table, uint64, error) {
	s, err := c.Vault.read(ctx, record.FleetClientsID)
	switch {
	case errors.Is(err, autherr.NotFound):
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	}
	return s.Blob.Clients, s.Blob.Serial, nil
}

// Keep writes down what was seen, unless that is older than what is there. A damaged
// record is made anew. It reports whether another one is there by now.
func (c FleetClients) Keep(ctx context.Context, serial uint64, table clientkey.Table) (changed bool, err error) {
	err = c.keys().change(ctx, true, func(t *Txn) error {
		changed = false
		if t.Head.Ref != nil {
			if blob, err := t.Unseal(ctx); err == nil && (blob.Serial > serial || blob.Serial == serial && same(blob.Clients, table)) {
				return nil
			} else if err != nil && autherr.CodeOf(err) != autherr.CodeRecordDamaged {
				return err
			}
		}
		changed = true
		return t.keep(ctx, record.ClientsBlob(t.Store.Space(), record.FleetClientsID, serial, table))
	})
	return changed && err == nil, err
}

func same(a, b clientkey.Table) bool {
	x, failed := json.Marshal(a)
	y, err := json.Marshal(b)
	return failed == nil && err == nil && bytes.Equal(x, y)
}

// Forget deletes them.
func (c FleetClients) Forget(ctx context.Context) error { return c.keys().clear(ctx, false) }
