package core

import (
	"errors"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// A token source looks again at every call: what another process has refreshed is
// served at once, and so is what another process has quarantined or removed not.
func TestTokenSource_LooksAgainAtEveryCall(t *testing.T) {
	r := newRig(t)
	if _, err := r.core.Pick(t.Context(), "", PickOptions{}); !errors.Is(err, &autherr.Error{Code: autherr.CodeNotLoggedIn}) {
		t.Errorf("without an account: %v", err)
	}
	a, b := r.account("a"), r.account("b")
	other := r.open() // another process
	source := r.core.TokenSource(t.Context(), a.ID)
	first, err := source.Token()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Refresh(t.Context(), a.ID, RefreshOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	second, err := source.Token()
	if err != nil || second.AccessToken == first.AccessToken || !r.portal.IsLive(second.AccessToken) || r.refreshes() != 1 {
		t.Errorf("after another process has refreshed: %v, %d refreshes", err, r.refreshes())
	}
	if err := other.Refused(t.Context(), a.ID, Refusal{Status: 401, Code: "token_revoked"}); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Token(); !errors.Is(err, autherr.NeedsSignIn) {
		t.Errorf("after another process has quarantined: %v", err)
	}
	if err := other.Remove(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.core.TokenSource(t.Context(), b.ID).Token(); !errors.Is(err, autherr.NotFound) {
		t.Errorf("after another process has removed: %v", err)
	}
}
