package fleet

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// fullDisk is a host's keystore that can be read and takes nothing.
type fullDisk struct{ *host }

func (d fullDisk) Open(context.Context, keystore.Kind, string) (keystore.Store, error) {
	return unwritable{d.host.store}, nil
}

type unwritable struct{ *keystore.Memory }

func (unwritable) Put(context.Context, string, []byte) error {
	return &keystore.Error{Condition: keystore.Unavailable, Op: "put", Message: "could not write: no space left on device", Hint: "make room"}
}

// A host whose disk is full serves what it has, and says so: else programs got older
// tokens for days, and nobody knew why. What needs the newest ends with what is wrong.
func TestHeads_FullDisk(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	first := b.access(id)
	heads := b.vault.Heads.(*Heads)
	var log bytes.Buffer
	heads.Keystores, heads.Log = fullDisk{b}, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError}))
	if _, err := a.engine.Refresh(t.Context(), id, refresh.Request{Force: true}); err != nil {
		t.Fatal(err)
	}
	if err := heads.Look(t.Context()); err != nil {
		t.Error(err)
	}
	if got := b.access(id); got != first {
		t.Errorf("it serves %q", got)
	}
	if !strings.Contains(log.String(), "this host serves what it has seen last") {
		t.Errorf("it says %q", log.String())
	}
	_, err := b.engine.Refresh(t.Context(), id, refresh.Request{Force: true})
	if autherr.KindOf(err) != autherr.Keystore || autherr.CodeOf(err) != autherr.CodeKeystoreUnavailable {
		t.Errorf("a refresh there: %v", err)
	}
}
