package core

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

// A window in which no program can ask says so in the log, once.
func TestAttend_WhereItCannotBeSaid(t *testing.T) {
	r := newRig(t)
	if err := r.core.SetConfirm(t.Context(), r.account("work").ID, true); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(r.core.Desk().Dir(), "window.lock")
	if err := os.MkdirAll(lock, 0o700); err != nil { // no file to lock
		t.Fatal(err)
	}
	var log bytes.Buffer
	fake := clock.NewFake(r.clock.Now())
	r.core.state.Log, r.core.state.Clock = slog.New(slog.NewTextHandler(&log, nil)), fake
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		r.core.Attend(ctx)
		close(over)
	}()
	for range 3 {
		fake.WaitFor(1)
		fake.Advance(attendEvery)
	}
	fake.WaitFor(1)
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	fake.Advance(attendEvery)
	fake.WaitFor(1)
	if !r.core.Desk().Attended() {
		t.Error("it is not said where it can be")
	}
	cancel()
	<-over
	if n := strings.Count(log.String(), "no program can ask"); n != 1 {
		t.Errorf("%d times: %s", n, &log)
	}
}

// What is known about the programs of an account goes with it, also where its secrets
// cannot be deleted yet.
func TestRemove_ForgetsTheProgramsOfAnAccount(t *testing.T) {
	for name, cause := range map[string]error{"removed": nil, "secrets are left": keystore.ErrLocked} {
		r := newRig(t)
		store := keystoretest.Wrap(keystore.NewMemory())
		r.core.state.Keystores = controlled{r.core.state.Keystores, store}
		r.core.state.Vault.Keystores = r.core.state.Keystores
		id := r.account("work").ID
		who := consent.Asker{Name: "claude", Path: "/usr/bin/claude", Key: "/usr/bin/claude"}
		if err := r.core.Desk().Remember(t.Context(), id, who, consent.Always); err != nil {
			t.Fatal(err)
		}
		if cause != nil {
			store.FailNext(keystoretest.Delete, 9, cause)
		}
		if err := r.core.Remove(t.Context(), id); !errors.Is(err, cause) {
			t.Errorf("%s: %v", name, err)
		}
		if known, err := r.core.Desk().Known(id); err != nil || len(known) != 0 {
			t.Errorf("%s: %v, %v", name, known, err)
		}
	}
}
