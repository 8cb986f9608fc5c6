package serve

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// TestUnusable_SaysEachReason: accounts of one pool that cannot serve for several
// reasons say each of them, and the cure is that of the most urgent one.
func TestUnusable_SaysEachReason(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	account := func(label string, change func(a *accounts.Account)) accounts.Account {
		a := accounts.Account{Label: label}
		a.ID, a.ExpiresAt = label, now.Add(-time.Minute)
		change(&a)
		return a
	}
	plan := account("plan", func(a *accounts.Account) { a.NotIncluded = true })
	theirs := account("theirs", func(a *accounts.Account) { a.Owner = "hermes-agent" })
	dead := account("dead", func(a *accounts.Account) { a.Status = "quarantined" })
	locked := account("locked", func(a *accounts.Account) { a.Locked = true })
	for _, tc := range []struct {
		accounts []accounts.Account
		kind     autherr.Kind
		words    []string
	}{
		{[]accounts.Account{plan}, autherr.Failed, []string{"plan is signed in, but the plan does not include the API", "signing in again cannot help"}},
		{[]accounts.Account{plan, theirs}, autherr.SignIn, []string{"none of the 2 accounts can serve", "does not include the API", "hermes-agent owns this sign-in", "let hermes-agent refresh it"}},
		{[]accounts.Account{theirs, dead}, autherr.SignIn, []string{"hermes-agent owns this sign-in", "dead needs to sign in again", "login --account dead"}},
		{[]accounts.Account{dead, locked}, autherr.Keystore, []string{"dead needs to sign in again", "keystore is locked", "unlock it"}},
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
