package oauth_test

import (
	"context"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// signedIn signs in to a sandbox whose tokens write their expiry as meaning.
func signedIn(t *testing.T, meaning sandbox.ExpiredIn) (*sandbox.Server, oauth.Flow, oauth.Target, *oauth.Tokens) {
	t.Helper()
	box := sandbox.New(sandbox.Options{AccessTTL: 90 * time.Second, ExpiredIn: meaning, SlowFor: time.Millisecond})
	if err := box.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close(context.Background()) })
	// The sandbox lives by the system's clock, and so do its clients.
	flow := miniMax(t, func(c *oauth.Config) { c.Clock = clock.System{} })
	target := targetAt(t, box.URL())
	code, err := flow.RequestCode(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if !code.PageTrusted || !code.Complete {
		t.Errorf("the page %s is trusted %v, complete %v", code.VerificationURI, code.PageTrusted, code.Complete)
	}
	if a := flow.Poll(t.Context(), code); a.Outcome != oauth.Pending {
		t.Fatalf("before the approval: %+v", a)
	}
	if err := box.Approve(code.UserCode); err != nil {
		t.Fatal(err)
	}
	a := flow.Poll(t.Context(), code)
	if a.Outcome != oauth.Granted {
		t.Fatalf("after the approval: %+v", a)
	}
	return box, flow, target, a.Tokens
}

func TestSandbox_LifeOfAGrant(t *testing.T) {
	for _, meaning := range []sandbox.ExpiredIn{sandbox.Millis, sandbox.TTL, sandbox.Epoch} {
		t.Run(string(meaning), func(t *testing.T) {
			box, flow, target, first := signedIn(t, meaning)
			// Milliseconds and seconds cut the moment of issue off differently.
			if life := first.ExpiresAt.Sub(first.ObtainedAt); life < 88*time.Second || life > 150*time.Second {
				t.Errorf("the token lives %v", life)
			}
			second := flow.Refresh(t.Context(), target.Binding, first.Refresh)
			if second.Outcome != oauth.Granted || second.Tokens.Refresh == first.Refresh || !box.IsLive(second.Tokens.Access.Reveal()) {
				t.Fatalf("the refresh: %+v", second)
			}
			// The first token again: the sandbox takes it for stolen and ends all.
			reused := flow.Refresh(t.Context(), target.Binding, first.Refresh)
			if reused.Outcome != oauth.Terminal || codeOf(reused.Err) != "refresh_token_reused" {
				t.Errorf("a spent token: %+v", reused.Err)
			}
			revoked := flow.Refresh(t.Context(), target.Binding, second.Tokens.Refresh)
			if revoked.Outcome != oauth.Terminal || codeOf(revoked.Err) != "invalid_grant" {
				t.Errorf("its family: %+v", revoked.Err)
			}
		})
	}
}

func TestSandbox_Denied(t *testing.T) {
	box, flow, target, _ := signedIn(t, sandbox.Millis)
	code, err := flow.RequestCode(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Deny(code.UserCode); err != nil {
		t.Fatal(err)
	}
	if a := flow.Poll(t.Context(), code); a.Outcome != oauth.Terminal || codeOf(a.Err) != "authorization_denied" {
		t.Errorf("got %+v", a)
	}
}

// Every trouble that the sandbox can make has the outcome that says whether the
// token was spent.
func TestSandbox_Faults(t *testing.T) {
	outcomes := map[string]oauth.Outcome{
		"503": oauth.Unknown, "503-invalid-grant": oauth.Unknown, "429": oauth.NotSpent, "html": oauth.Unknown,
		"cut": oauth.Unknown, "reset": oauth.Unknown, "lost": oauth.Unknown, "slow": oauth.Granted,
		"redirect": oauth.NotSpent, "status-error": oauth.Doubtful, "no-status": oauth.Granted,
		"bad-expiry": oauth.Granted, "no-refresh-token": oauth.Granted, "big-token": oauth.Granted,
	}
	for name, want := range outcomes {
		t.Run(name, func(t *testing.T) {
			box, flow, target, tokens := signedIn(t, sandbox.Millis)
			fault, err := sandbox.ParseFault(name + ":1")
			if err != nil {
				t.Fatal(err)
			}
			box.SetFaults(fault)
			a := flow.Refresh(t.Context(), target.Binding, tokens.Refresh)
			if a.Outcome != want {
				t.Errorf("got outcome %d (%v), want %d", a.Outcome, a.Err, want)
			}
			if name == "bad-expiry" && a.Tokens.ExpiryErr == nil {
				t.Errorf("the expiry is %v", a.Tokens.ExpiresAt)
			}
		})
	}
	t.Run("a token that never was", func(t *testing.T) {
		_, flow, target, _ := signedIn(t, sandbox.Millis)
		if a := flow.Refresh(t.Context(), target.Binding, secret.New("made-up-token")); a.Outcome != oauth.Terminal {
			t.Errorf("got outcome %d (%v)", a.Outcome, a.Err)
		}
	})
}
