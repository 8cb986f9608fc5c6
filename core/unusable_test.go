package core

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// TestUnusable_SharedNeverAdvisesToSignIn: whoever signs in to a shared account
// here loses the sharing, so that no way to its token says so once it has ended.
func TestUnusable_SharedNeverAdvisesToSignIn(t *testing.T) {
	a := newAgent(newRig(t), 2)
	id := a.imports(ImportOptions{}).Imported[0].ID
	a.clock.Advance(20 * time.Minute)
	_, refreshed := a.core.Refresh(t.Context(), id, RefreshOptions{Force: true})
	_, picked := a.core.Pick(t.Context(), id, PickOptions{})
	_, pooled := a.core.Pick(t.Context(), "", PickOptions{})
	_, token := a.token(id)
	for way, err := range map[string]error{
		"refresh": refreshed, "pick": picked, "pick of the pool": pooled, "token": token, "servable": a.core.Servable(id), "servable pool": a.core.Servable(""),
	} {
		var e *autherr.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", way, err)
			continue
		}
		if e.Code != autherr.CodeShared || e.Relogin || strings.Contains(e.Message+e.Hint, "login") || !strings.Contains(e.Hint, "let hermes-agent refresh it, or take it over") {
			t.Errorf("%s: %s; %s (%s)", way, e.Message, e.Hint, e.Code)
		}
	}
}
