package record

import (
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// TestTrouble: each state has a sentence and a cure of its own, and signing in is
// advised only where it helps: it would take a shared account from its owner, and
// no plan gets an API by it.
func TestTrouble(t *testing.T) {
	now := time.Date(2026, 5, 20, 10, 8, 0, 0, time.UTC)
	ended, marker := now.Add(-time.Minute), &Note{Code: "refresh_token_reused", Message: "another program had used it"}
	for name, tc := range map[string]struct {
		p           Public
		kind        autherr.Kind
		code, words string
		cure        string
		signIn      bool
	}{
		"dead":        {Public{Status: StatusQuarantined, Marker: marker}, autherr.SignIn, "refresh_token_reused", "work needs to sign in again: another program had used it", "login --account a1", true},
		"no marker":   {Public{Status: StatusQuarantined}, autherr.SignIn, autherr.CodeNotLoggedIn, "work needs to sign in again", "login --account a1", true},
		"signed out":  {Public{SignedOut: true}, autherr.SignIn, autherr.CodeNotLoggedIn, "work is signed out", "login --account a1", true},
		"no API":      {Public{NotIncluded: true}, autherr.Failed, "not_included", "the plan does not include the API", "hermes-tui refresh a1", false},
		"locked":      {Public{Locked: true}, autherr.Keystore, autherr.CodeKeystoreLocked, "the keystore is locked", "unlock it", false},
		"shared":      {Public{Owner: HermesAgent, ExpiresAt: ended}, autherr.SignIn, autherr.CodeShared, "hermes-agent owns this sign-in, and its token has ended", "let hermes-agent refresh it, or take it over with `hermes-tui import --adopt`", false},
		"handed over": {Public{Owner: HermesAgent, HandedOver: true, ExpiresAt: ended}, autherr.SignIn, autherr.CodeHandedOver, "handed over to hermes-agent, and its token has ended", "hermes-tui import --adopt", false},
		"another's":   {Public{Owner: "Codex CLI", ExpiresAt: ended}, autherr.SignIn, autherr.CodeShared, "Codex CLI owns this sign-in", "let Codex CLI refresh it, or take it over with `hermes-tui import FILE --adopt`", false},
	} {
		tc.p.ID, tc.p.Provider = "a1", "minimax-oauth"
		e := tc.p.Trouble("work", now)
		if e == nil {
			t.Errorf("%s: no trouble", name)
			continue
		}
		if e.Kind != tc.kind || e.Code != tc.code || !strings.Contains(e.Message, tc.words) || !strings.Contains(e.Hint, tc.cure) || e.Relogin != tc.signIn {
			t.Errorf("%s: %+v", name, e)
		}
		if text := e.Message + e.Hint; strings.Contains(text, "hermes-tui login") != tc.signIn {
			t.Errorf("%s: %s", name, text)
		}
	}
	for name, p := range map[string]Public{
		"ok": {ExpiresAt: now.Add(time.Hour)}, "ended": {ExpiresAt: ended}, "key": {AuthType: APIKey}, "shared and alive": {Owner: HermesAgent, ExpiresAt: now.Add(time.Hour)},
	} {
		if e := p.Trouble("work", now); e != nil {
			t.Errorf("%s: %v", name, e)
		}
	}
}
