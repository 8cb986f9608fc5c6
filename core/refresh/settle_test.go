package refresh

import (
	"errors"
	"os"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
)

func writeFile(w *world, path, text string) {
	w.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

// crash is what a kill -9 looks like from inside: nothing more is written, and
// the kernel gives the lock back.
type crash struct{}

// crashing runs a refresh that is killed when the provider has answered.
func (w *world) crashing(answer func(string) oauth.Answer, before bool) {
	w.Helper()
	w.script.then(func(sent string) oauth.Answer {
		if !before {
			answer(sent)
		}
		panic(crash{})
	})
	defer func() {
		if recover() != (crash{}) {
			w.Fatal("the refresh was not killed")
		}
	}()
	_, _ = w.refresh(Request{})
}

func TestSettle_KilledWhileAskingIsUncertainAndTriedAgain(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.crashing(w.granted(2), true)
	if h := w.head(); h.Intent == nil || !h.Interrupted {
		t.Fatalf("no intent was left: %+v", h)
	}
	w.script.then(w.granted(2))
	if got, err := w.refresh(Request{}); err != nil || !got.Rotated {
		t.Fatalf("%+v, %v", got, err)
	}
	if h := w.head(); h.Interrupted || h.Uncertain != "" || w.secrets() != 1 {
		t.Fatalf("%+v, %d secrets", h, w.secrets())
	}
}

func TestSettle_KilledAfterTheProviderRotatedIsQuarantinedWithTheReason(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.crashing(w.granted(2), false)
	w.script.then(failing(oauth.Terminal, "refresh_token_reused", 0))
	if _, err := w.refresh(Request{}); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatal(err)
	}
	if m := w.head().Marker; m.Reason != "refresh_interrupted" {
		t.Fatalf("marker %+v", m)
	}
}

func TestSettle_StoredButNotCommittedRollsForwardWithoutARequest(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.crashing(w.granted(2), true)
	// The keyring finishes the write of the killed process late.
	h := w.head()
	ident, _, _ := w.folder.Store.Read()
	s, err := w.vault.Unseal(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	late := *s
	got := w.granted(2)("").Tokens
	late.Gen, late.Why, late.Replaces = 2, record.ForRefresh, record.Hash(ident.StoreID, s.Refresh)
	late.Access, late.Refresh, late.ObtainedAt, late.ExpiresAt = got.Access, got.Refresh, got.ObtainedAt, got.ExpiresAt
	data, _ := late.Seal()
	if err := w.ring.Memory.Put(t.Context(), h.Intent.Blob.Name, data); err != nil {
		t.Fatal(err)
	}
	before := w.script.requests()
	res, err := w.refresh(Request{Gen: 1})
	if err != nil || res.Current.Blob.Access.Reveal() != "access-token-2" {
		t.Fatalf("%+v, %v", res, err)
	}
	if w.script.requests() != before || w.secrets() != 1 || w.head().Gen != 2 {
		t.Fatalf("%d requests, %d secrets, generation %d", w.script.requests()-before, w.secrets(), w.head().Gen)
	}
}

func TestSettle_ForeignBlobUnderThePlannedNameIsNotTaken(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.crashing(w.granted(2), true)
	h := w.head()
	s, err := w.vault.Unseal(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	other := *s // right generation, but it replaces another token
	other.Gen, other.Why, other.Replaces = 2, record.ForRefresh, "0123"
	data, _ := other.Seal()
	if err := w.ring.Memory.Put(t.Context(), h.Intent.Blob.Name, data); err != nil {
		t.Fatal(err)
	}
	w.script.then(w.granted(2))
	if _, err := w.refresh(Request{}); err != nil || w.access() != "access-token-2" || w.secrets() != 1 {
		t.Fatalf("%v, %d secrets", err, w.secrets())
	}
}

func TestRefresh_RefusedTokenIsNeverSentAgain(t *testing.T) {
	w := newWorld(t)
	h := w.head()
	h.Refuse(h.Current)
	if err := w.folder.WriteHead(h); err != nil {
		t.Fatal(err)
	}
	w.expire()
	if _, err := w.refresh(Request{Force: true}); !errors.Is(err, autherr.NeedsSignIn) || w.script.requests() != 0 {
		t.Fatalf("%v after %d requests", err, w.script.requests())
	}
}

func TestSettle_DeadAccountWithAnInterruptedSignInIsAskedOnce(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(failing(oauth.Terminal, "invalid_grant", 0))
	if _, err := w.refresh(Request{}); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatal(err)
	}
	w.begin(w.head(), record.ForLogin, "")
	for range 2 {
		if _, err := w.refresh(Request{}); !errors.Is(err, autherr.NeedsSignIn) {
			t.Fatal(err)
		}
		if h := w.head(); h.Intent != nil || !h.Quarantined() {
			t.Fatalf("the next reader takes the lock, too: %+v", h.Intent)
		}
	}
}
