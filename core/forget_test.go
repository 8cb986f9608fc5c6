package core

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// latched is a keystore that a test locks.
type latched struct {
	noKeystore
	turn      string
	forgotten int
}

func (l *latched) Turn() string                   { return l.turn }
func (l *latched) Locked() (at time.Time, _ bool) { return at, l.turn == "locked" }
func (l *latched) Forget()                        { l.forgotten++ }

func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := clock.NewFake(time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC))
		var said bytes.Buffer
		store := &latched{turn: "open"}
		c := Open(Config{Dir: t.TempDir(), Keystores: store, Clock: fake, Log: slog.New(slog.NewTextHandler(&said, nil))})
		ctx, end := context.WithCancel(t.Context())
		defer end()
		told := 0
		go c.Forget(ctx, func() { told++ })
		keep := func(id string) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.cache[id] = cached{used: fake.Now()}
			c.proxyKey.turn = "kept"
		}
		pass := func(seconds int) {
			for range seconds {
				synctest.Wait()
				fake.Advance(forgetEvery)
			}
			synctest.Wait()
		}
		has := func(id string) bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			_, ok := c.cache[id]
			return ok
		}
		keep("busy")
		keep("idle")
		pass(200)
		keep("busy")
		pass(99)
		if !has("idle") || told != 0 {
			t.Errorf("forgotten before its time: %t", !has("idle"))
		}
		pass(2)
		if has("idle") || !has("busy") || told != 0 {
			t.Errorf("idle kept: %t, busy kept: %t, told %d times", has("idle"), has("busy"), told)
		}
		pass(300)
		if has("busy") || told != 1 || store.forgotten != 1 || c.proxyKey.turn != "" {
			t.Errorf("kept: %t, told %d times, keystore %d times, proxy's key %q", has("busy"), told, store.forgotten, c.proxyKey.turn)
		}
		keep("busy")
		store.turn = "locked"
		pass(1)
		if has("busy") || told != 2 || store.forgotten != 2 {
			t.Errorf("locked: kept: %t, told %d times", has("busy"), told)
		}
		if !strings.Contains(said.String(), "the keystore was locked: its key and the tokens are forgotten") {
			t.Errorf("said: %s", said.String())
		}
	})
}

// turning is a keystore that was locked and unlocked while a program runs.
type turning struct {
	Keystores
	turn  string
	opens int
}

func (k *turning) Turn() string { return k.turn }

func (k *turning) Open(ctx context.Context, kind keystore.Kind, id string) (keystore.Store, error) {
	k.opens++
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
	}
}
