package serve

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// latched is a keystore that a test locks.
type latched struct {
	state.Keystores
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
		c := serving(state.Config{Dir: t.TempDir(), Keystores: store, Clock: fake, Log: slog.New(slog.NewTextHandler(&said, nil))})
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
