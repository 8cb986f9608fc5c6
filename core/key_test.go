package core

import (
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

const pastedKey = "sk-FAKE-0123456789abcdef"

func (r *rig) key(o KeyOptions, key string) (Account, error) {
	r.Helper()
	if o.Provider == "" && o.Account == "" {
		o.Provider = "minimax"
	}
	return r.core.AddKey(r.Context(), o, secret.New(key))
}

func TestAddKey(t *testing.T) {
	r := newRig(t)
	r.account("subscription")
	a, err := r.key(KeyOptions{Label: "key"}, "  "+pastedKey+"\n")
	if err != nil {
		t.Fatal(err)
	}
	if a.AuthType != "api_key" || a.Label != "key" || a.Priority != 1 || !a.ExpiresAt.IsZero() || a.State(r.clock.Now()) != OK {
		t.Errorf("the account is %+v", a)
	}
	before := r.refreshes()
	for range 2 {
		token, err := r.token(a.ID)
		if err != nil || token.Access.Reveal() != pastedKey || !token.Expiry.IsZero() || token.API != "anthropic_messages" {
			t.Fatalf("the token is %+v, %v", token, err)
		}
		r.clock.Advance(365 * 24 * time.Hour)
	}
	if token, err := r.core.Token(t.Context(), a.ID, TokenOptions{MinLife: time.Hour}); err != nil || token.Access.Reveal() != pastedKey {
		t.Errorf("with a least life: %+v, %v", token, err)
	}
	result, err := r.core.Refresh(t.Context(), a.ID, RefreshOptions{Force: true})
	if err != nil || result.Rotated || !strings.Contains(result.Note, "does not expire") {
		t.Errorf("a refresh gave %+v, %v", result, err)
	}
	if r.refreshes() != before {
		t.Error("something was sent")
	}
	if now := r.clock.Now(); r.core.Ahead(a, now) != nil || a.State(now) != OK {
		t.Errorf("after two years it is %s", a.State(now))
	}
}

// A pool falls back from a subscription to a key.
func TestAddKey_PoolFallsBack(t *testing.T) {
	r := newRig(t)
	sub := r.account("subscription")
	key, err := r.key(KeyOptions{}, pastedKey)
	if err != nil {
		t.Fatal(err)
	}
	lease, err := r.core.Pick(t.Context(), "minimax", PickOptions{Not: []string{sub.ID}})
	if err != nil || lease.Account.ID != key.ID {
		t.Fatalf("picked %+v, %v", lease, err)
	}
	lease.Done()
}

func TestAddKey_Refused(t *testing.T) {
	r := newRig(t)
	a, err := r.key(KeyOptions{}, pastedKey)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.core.Token(t.Context(), a.ID, TokenOptions{Refused: a.Gen})
	if autherr.KindOf(err) != autherr.SignIn || !strings.Contains(err.(*autherr.Error).Hint, "--api-key") {
		t.Errorf("a refused key gave %v", err)
	}
	// A new key takes its place.
	next, err := r.key(KeyOptions{Account: a.ID}, pastedKey+"-2")
	if err != nil || next.ID != a.ID || next.Label != a.Label {
		t.Fatalf("%+v, %v", next, err)
	}
	if token, err := r.core.Token(t.Context(), a.ID, TokenOptions{Refused: a.Gen}); err != nil || token.Access.Reveal() != pastedKey+"-2" {
		t.Errorf("the token is %+v, %v", token, err)
	}
}

func TestAddKey_Wrong(t *testing.T) {
	r := newRig(t)
	signIn := r.account("subscription")
	key, err := r.key(KeyOptions{}, pastedKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		options KeyOptions
		key     string
		kind    autherr.Kind
	}{
		"empty":                 {KeyOptions{}, " \n", autherr.Usage},
		"short":                 {KeyOptions{}, "sk", autherr.Usage},
		"two lines":             {KeyOptions{}, "sk-0123456789\nsk-0123456789", autherr.Usage},
		"control characters":    {KeyOptions{}, "sk-0123456789\x1b[2J", autherr.Usage},
		"endless":               {KeyOptions{}, strings.Repeat("x", 5000), autherr.Usage},
		"twice":                 {KeyOptions{}, pastedKey, autherr.Failed},
		"Codex":                 {KeyOptions{Provider: "codex"}, pastedKey, autherr.Usage},
		"Qwen":                  {KeyOptions{Provider: "qwen"}, pastedKey, autherr.Usage},
		"another provider":      {KeyOptions{Provider: "nobody"}, pastedKey, autherr.Usage},
		"a sign-in":             {KeyOptions{Account: signIn.ID}, pastedKey + "x", autherr.Usage},
		"a label that is taken": {KeyOptions{Label: "SUBSCRIPTION"}, pastedKey + "x", autherr.Usage},
	} {
		_, err := r.key(tc.options, tc.key)
		if err == nil || autherr.KindOf(err) != tc.kind || strings.Contains(err.Error(), "sk-0") || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if failed, ok := r.signIn(SignInOptions{Account: key.ID}).(SignInFailed); !ok || autherr.KindOf(failed.Err) != autherr.Usage {
		t.Errorf("signing in to a key gave %+v", failed)
	}
	if n := len(r.core.Snapshot().Accounts); n != 2 {
		t.Errorf("%d accounts", n)
	}
}
