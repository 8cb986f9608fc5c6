package core

import (
	"context"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// turning is a keystore that was locked and unlocked while a program runs.
type turning struct {
	state.Keystores
	turn  string
	opens int
	meant string // turn that comes when a store is opened next; empty: none
}

func (k *turning) Turn() string { return k.turn }

func (k *turning) Open(ctx context.Context, kind keystore.Kind, id string) (keystore.Store, error) {
	k.opens++
	if k.meant != "" {
		k.turn, k.meant = k.meant, ""
	}
	return k.Keystores.Open(ctx, kind, id)
}

// What was read before a lock is not served from memory after it, even before the
// program has noticed.
func TestToken_IsReadAgainAfterALock(t *testing.T) {
	r := newRig(t)
	id := r.account("work").ID
	store := &turning{Keystores: r.core.state.Keystores, turn: "one"}
	r.core.state.Keystores, r.core.state.Vault.Keystores = store, store
	for _, call := range []struct {
		name string
		do   func() error
	}{
		{"token", func() error { _, err := r.token(id); return err }},
		{"the proxy's key", func() error { _, err := r.core.ProxyKey(t.Context()); return err }},
	} {
		for range 2 {
			if err := call.do(); err != nil {
				t.Fatal(err)
			}
		}
		before := store.opens
		if err := call.do(); err != nil || store.opens != before {
			t.Errorf("%s: %v; opened %d times more although it is in memory", call.name, err, store.opens-before)
		}
		store.turn += " more"
		if err := call.do(); err != nil || store.opens == before {
			t.Errorf("%s: %v; served from memory after the lock", call.name, err)
		}
		store.turn, store.meant = store.turn+" more", "while it was read"
		if err := call.do(); err != nil || store.meant != "" {
			t.Fatalf("%s: %v; not read", call.name, err)
		}
		before = store.opens
		if err := call.do(); err != nil || store.opens == before {
			t.Errorf("%s: %v; served from memory although the lock came while it was read", call.name, err)
		}
	}
}
