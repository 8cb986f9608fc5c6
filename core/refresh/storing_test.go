package refresh

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

func TestRefresh_SendsNothingWhereTheAnswerCouldNotBeKept(t *testing.T) {
	locked := &keystore.Error{Condition: keystore.Locked, Message: "the keyring is locked"}
	for name, c := range map[string]struct {
		spoil func(*world)
		kind  autherr.Kind
		code  string
	}{
		"keyring locked": {func(w *world) { w.ring.get = locked }, autherr.Keystore, autherr.CodeKeystoreLocked},
		"another machine": {func(w *world) {
			w.vault.Folder = record.Open(record.Options{Dir: w.folder.Dir(), Machine: "another"})
		}, autherr.Keystore, autherr.CodeForeignStore},
		"hosts differ": {func(w *world) {
			w.check = func(oauth.Binding) error {
				return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeHostNotAllowed}
			}
		}, autherr.Usage, autherr.CodeHostNotAllowed},
		"shared": {func(w *world) {
			h := w.head()
			h.Owner = "hermes-agent"
			_ = w.folder.WriteHead(h)
		}, autherr.SignIn, autherr.CodeShared},
		"newer format": {func(w *world) {
			writeFile(w, w.folder.HeadPath(w.id), `{"version":99,"id":"`+w.id+`","status":"ok"}`)
		}, autherr.Keystore, autherr.CodeNewerStore},
		"lock cannot be taken": {func(w *world) {
			lock := filepath.Join(w.folder.BlobDir(), w.id+".lock")
			if err := errors.Join(os.RemoveAll(lock), os.Mkdir(lock, 0o700)); err != nil {
				w.Fatal(err)
			}
		}, autherr.Keystore, autherr.CodeKeystoreUnavailable},
		"damaged head": {func(w *world) { writeFile(w, w.folder.HeadPath(w.id), `{"version":1`) }, autherr.Keystore, autherr.CodeRecordDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.expire()
			c.spoil(w)
			_, err := w.refresh(Request{})
			var e *autherr.Error
			if !errors.As(err, &e) || e.Kind != c.kind || e.Code != c.code {
				t.Fatalf("%v, want %s", err, c.code)
			}
			if w.script.requests() != 0 || w.secrets() != 1 {
				t.Fatalf("%d requests, %d secrets", w.script.requests(), w.secrets())
			}
		})
	}
}

func TestRefresh_LockedKeyringIsMarkedAndCleared(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.ring.get = &keystore.Error{Condition: keystore.Locked, Message: "locked"}
	if _, err := w.refresh(Request{}); err == nil || !w.head().Locked {
		t.Fatalf("%v, locked %v", err, w.head().Locked)
	}
	w.ring.get = nil
	w.script.then(w.granted(2))
	if _, err := w.refresh(Request{}); err != nil || w.head().Locked {
		t.Fatalf("%v, locked %v", err, w.head().Locked)
	}
}

func TestRefresh_StoringIsTriedUntilItWorks(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(w.granted(2))
	broken := &keystore.Error{Condition: keystore.Locked, Message: "locked"}
	w.ring.put = []error{broken, broken, broken}
	if _, err := w.refresh(Request{}); err != nil || w.access() != "access-token-2" {
		t.Fatalf("%v", err)
	}
}

func TestRefresh_OneShotGivesUpStoringAndGivesNoToken(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.vault.Patience = 30 * time.Second
	w.script.then(w.granted(2))
	for range 100 {
		w.ring.put = append(w.ring.put, &keystore.Error{Condition: keystore.Locked, Message: "locked"})
	}
	got, err := w.refresh(Request{})
	if autherr.KindOf(err) != autherr.Keystore || got.Current.Blob != nil {
		t.Fatalf("%+v, %v", got, err)
	}
	h := w.head()
	if h.Intent == nil || !h.Intent.Storing || h.Gen != 1 {
		t.Fatalf("the intent is gone: %+v", h)
	}
	if err := w.engine.waiting(w.id, context.DeadlineExceeded); !strings.Contains(err.Error(), "pid 4711") {
		t.Fatalf("those who wait are told %q", err)
	}
}

// Tokens that were granted and could not be stored are what the marker speaks of,
// when the provider refuses the token that they had replaced.
func TestRefresh_TokensThatCouldNotBeStoredAreSaidAsSuch(t *testing.T) {
	w := newWorld(t)
	w.vault.Patience = time.Second
	w.expire()
	w.script.then(w.granted(2))
	full := errors.New("no space left on device")
	w.ring.put = []error{full, full, full, full, full, full, full, full, full}
	if _, err := w.refresh(Request{Gen: 1}); err == nil {
		t.Fatal("stored")
	}
	if h := w.head(); h.Intent == nil || !h.Intent.Storing {
		t.Fatalf("%+v", h.Intent)
	}
	w.ring.put = nil
	w.script.then(failing(oauth.Terminal, "refresh_token_reused", 0))
	if _, err := w.refresh(Request{Gen: 1}); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatal(err)
	}
	if m := w.head().Marker; m == nil || !strings.Contains(m.Message, "granted, and its tokens could not be stored") || strings.Contains(m.Message, "lost") {
		t.Errorf("%+v", m)
	}
}
