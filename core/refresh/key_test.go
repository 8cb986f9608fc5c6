package refresh

import (
	"errors"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// key makes the account one with an API key, of the next generation.
func (w *world) key(text string) {
	w.Helper()
	ident, _, err := w.folder.Store.Read()
	if err != nil {
		w.Fatal(err)
	}
	h := w.head()
	blob := &record.Blob{
		StoreID: ident.StoreID, AccountID: w.id, Gen: h.Gen + 1, Why: record.ForLogin, AuthType: record.APIKey,
		Binding: oauth.Binding{Provider: "minimax-oauth"}, Access: secret.New(text), ObtainedAt: w.clock.Now(),
	}
	if err := w.store(h, blob, ""); err != nil {
		w.Fatal(err)
	}
}

// A key that the API refuses can only be given anew: no request is sent, and the
// error says so to programs and people. A key that replaced the refused one is
// taken.
func TestRefresh_AKeyThatTheAPIRefused(t *testing.T) {
	w := newWorld(t)
	w.key("sk-first") // generation 2
	for name, req := range map[string]Request{
		"refused": {Gen: 2, Refused: true}, "refused, forced": {Gen: 2, Refused: true, Asked: true, Force: true},
	} {
		got, err := w.refresh(req)
		var e *autherr.Error
		if !errors.As(err, &e) || e.Kind != autherr.SignIn || e.Code != autherr.CodeKeyRefused || !e.Relogin || e.Provider != "minimax-oauth" {
			t.Fatalf("%s: %+v", name, err)
		}
		if !strings.Contains(e.Hint, "login --account "+w.id+" --api-key") || got.Rotated {
			t.Errorf("%s: hint %q, %+v", name, e.Hint, got)
		}
	}
	for name, req := range map[string]Request{
		"current": {Gen: 2}, "asked": {Gen: 2, Asked: true}, "forced": {Asked: true, Force: true}, "one before was refused": {Gen: 1, Refused: true},
	} {
		got, err := w.refresh(req)
		if err != nil || got.Rotated || !strings.Contains(got.Note, "does not expire") || got.Current.Blob.Access.Reveal() != "sk-first" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	w.key("sk-second")
	if got, err := w.refresh(Request{Gen: 2, Refused: true}); err != nil || got.Current.Blob.Access.Reveal() != "sk-second" {
		t.Errorf("given anew: %+v, %v", got, err)
	}
	if w.script.requests() != 0 || w.head().Quarantined() {
		t.Errorf("%d requests", w.script.requests())
	}
}
