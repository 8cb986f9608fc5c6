package serve

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// latched is a keystore that a test locks.
type latched struct {
	state.Keystores
	turn      atomic.Value // a text
	forgotten int
}

func (l *latched) Turn() string                   { turn, _ := l.turn.Load().(string); return turn }
func (l *latched) Locked() (at time.Time, _ bool) { return at, l.Turn() == "locked" }
func (l *latched) Forget()                        { l.forgotten++ }

// memory is that of a program that stays, in which time passes as a test says.
type memory struct {
	*testing.T
	*Serving
	clock *clock.Fake
	store *latched
	said  bytes.Buffer
	told  int // times that copies were to go
}

// inMemory runs a test of what is forgotten.
func inMemory(t *testing.T, do func(*memory)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{T: t, clock: clock.NewFake(time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)), store: &latched{}}
		m.store.turn.Store("open")
		m.Serving = serving(state.Config{Dir: t.TempDir(), Keystores: m.store, Clock: m.clock, Log: slog.New(slog.NewTextHandler(&m.said, nil))})
		ctx, end := context.WithCancel(t.Context())
		defer end()
		go m.Forget(ctx, func() { m.told++ })
		do(m)
	})
}

func (m *memory) keep(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cache[id] = &cached{used: m.clock.Now(), glimpse: glimpse{turn: m.store.Turn()}}
}

func (m *memory) keepKey() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.proxyKey = cachedKey{secret.New("htui_key"), m.clock.Now(), glimpse{turn: m.store.Turn()}}
}

func (m *memory) pass(seconds int) {
	for range seconds {
		synctest.Wait()
		m.clock.Advance(forgetEvery)
	}
	synctest.Wait()
}

func (m *memory) has(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.cache[id]
	return ok
}

func (m *memory) hasKey() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.proxyKey.key.IsZero()
}

func TestForget_WhatNobodyAsksFor(t *testing.T) {
	inMemory(t, func(m *memory) {
		m.keep("busy")
		m.keep("idle")
		m.pass(200)
		m.keep("busy")
		m.pass(99)
		if !m.has("idle") || m.told != 0 {
			t.Errorf("forgotten before its time: %t", !m.has("idle"))
		}
		m.pass(2)
		if m.has("idle") || !m.has("busy") || m.told != 0 {
			t.Errorf("idle kept: %t, busy kept: %t, told %d times", m.has("idle"), m.has("busy"), m.told)
		}
		m.pass(300)
		if m.has("busy") || m.told == 0 || m.store.forgotten != 1 {
			t.Errorf("kept: %t, told %d times, keystore %d times", m.has("busy"), m.told, m.store.forgotten)
		}
	})
}

// A program that asks for the proxy's key alone holds no token.
func TestForget_TheProxysKeyThatNobodyAsksFor(t *testing.T) {
	inMemory(t, func(m *memory) {
		m.keepKey()
		m.pass(299)
		if !m.hasKey() || m.store.forgotten != 0 {
			t.Errorf("forgotten before its time: %t, keystore %d times", !m.hasKey(), m.store.forgotten)
		}
		m.pass(2)
		if m.hasKey() || m.store.forgotten != 1 {
			t.Errorf("kept: %t, keystore %d times", m.hasKey(), m.store.forgotten)
		}
	})
}

// Whoever has copies may have to keep them while an answer is under way.
func TestForget_TellsUntilTheCopiesAreGone(t *testing.T) {
	inMemory(t, func(m *memory) {
		m.keep("busy")
		m.store.turn.Store("locked")
		m.pass(1)
		first := m.told
		m.pass(3)
		if first == 0 || m.told != first+3 {
			t.Errorf("told %d times, then %d", first, m.told)
		}
	})
}

func TestForget_EverythingAtALock(t *testing.T) {
	for name, keep := range map[string]func(*memory){
		"tokens":          func(m *memory) { m.keep("busy") },
		"the proxy's key": func(m *memory) { m.keepKey() },
		"both":            func(m *memory) { m.keep("busy"); m.keepKey() },
		"the keystore's":  func(*memory) {},
	} {
		t.Run(name, func(t *testing.T) {
			inMemory(t, func(m *memory) {
				keep(m)
				m.pass(1)
				m.store.turn.Store("locked")
				m.pass(1)
				if m.has("busy") || m.hasKey() || m.told == 0 || m.store.forgotten != 1 {
					t.Errorf("token kept: %t, key kept: %t, told %d times, keystore %d times", m.has("busy"), m.hasKey(), m.told, m.store.forgotten)
				}
				if !strings.Contains(m.said.String(), "the keystore was locked: its key and the tokens are forgotten") {
					t.Errorf("said: %s", m.said.String())
				}
			})
		})
	}
}

// A token whose record was being read when the keystore was locked comes into
// memory after everything else was forgotten.
func TestForget_WhatComesLateIsOfAnotherTurn(t *testing.T) {
	inMemory(t, func(m *memory) {
		m.store.turn.Store("locked")
		m.pass(1)
		m.store.turn.Store("open")
		m.keep("late")
		m.store.turn.Store("locked")
		m.pass(1)
		if m.has("late") {
			t.Error("it is kept")
		}
	})
}
