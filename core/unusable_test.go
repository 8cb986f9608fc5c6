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
		if e.Code != autherr.CodeShared || e.Relogin || strings.Contains(e.Message+e.Hint, "login") || !strings.Contains(e.Hint, "let hermes-agent renew it, or take it over") {
			t.Errorf("%s: %s; %s (%s)", way, e.Message, e.Hint, e.Code)
		}
	}
}

// TestUnusable_SaysEachReason: accounts of one pool that cannot serve for several
// reasons say each of them, and the cure is that of the most urgent one.
func TestUnusable_SaysEachReason(t *testing.T) {
	r := newRig(t)
	now := r.clock.Now()
	account := func(label string, change func(a *Account)) Account {
		a := Account{Label: label}
		a.ID, a.ExpiresAt = label, now.Add(-time.Minute)
		change(&a)
		return a
	}
	plan := account("plan", func(a *Account) { a.NotIncluded = true })
	theirs := account("theirs", func(a *Account) { a.Owner = "hermes-agent" })
	dead := account("dead", func(a *Account) { a.Status = "quarantined" })
	locked := account("locked", func(a *Account) { a.Locked = true })
	for _, tc := range []struct {
		accounts []Account
		kind     autherr.Kind
		words    []string
	}{
		{[]Account{plan}, autherr.Failed, []string{"plan is signed in, but the plan does not include the API", "signing in again cannot help"}},
		{[]Account{plan, theirs}, autherr.SignIn, []string{"none of the 2 accounts can serve", "does not include the API", "hermes-agent owns this sign-in", "let hermes-agent renew it"}},
		{[]Account{theirs, dead}, autherr.SignIn, []string{"hermes-agent owns this sign-in", "dead needs to sign in again", "login --account dead"}},
		{[]Account{dead, locked}, autherr.Keystore, []string{"dead needs to sign in again", "keystore is locked", "unlock it"}},
	} {
		var e *autherr.Error
		if err := unusable(tc.accounts, now); !errors.As(err, &e) || e.Kind != tc.kind {
			t.Errorf("%v: %v", tc.accounts, err)
		}
		for _, words := range tc.words {
			if !strings.Contains(e.Message+"; "+e.Hint, words) {
				t.Errorf("%q is not in %s; %s", words, e.Message, e.Hint)
			}
		}
	}
}
