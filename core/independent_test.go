package core

import (
	"context"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/internal/openidtest"
)

// newOpenID starts a server that was not written here, and returns accounts
// whose configuration names its issuer.
func newOpenID(t *testing.T) (*openidtest.Server, *rig) {
	t.Helper()
	o := openidtest.New(t)
	r := &rig{T: t, dir: t.TempDir(), clock: &rushing{}}
	c := config(r.dir, o.URL, r.clock)
	table, err := c.Providers.With("acme", provider.Custom{
		Name: "Acme", Issuer: o.URL, ClientID: openidtest.ClientID, PKCE: true,
		Scopes: []string{"openid", "profile", "email", "offline_access"}, BaseURL: o.URL + "/v1",
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Providers = table
	r.core = Open(c)
	t.Cleanup(func() { _ = r.core.Close(context.Background()) })
	return o, r
}

// signInAt signs in, and decides once a poll has found that nobody did yet.
func (r *rig) signInAt(o *openidtest.Server, decide func(userCode string) error) (last SignInEvent, slowed int) {
	r.Helper()
	var code CodeIssued
	shown := make(chan string, 1)
	o.OnPending(func() {
		if err := decide(<-shown); err != nil {
			r.Error(err)
		}
	})
	for e := range r.core.SignIn(r.Context(), SignInOptions{Provider: "acme"}) {
		switch e := e.(type) {
		case CodeIssued:
			code = e
			shown <- e.UserCode
		case PollScheduled:
			if e.Reason == "Acme asked to slow down" {
				slowed++
			}
		}
		last = e
	}
	if !code.PageTrusted || !code.Complete || code.UserCode == "" {
		r.Errorf("the code is %+v", code)
	}
	return last, slowed
}

func TestIndependentServer_SignInRefreshReuse(t *testing.T) {
	o, r := newOpenID(t)
	o.SlowDown(2)
	last, slowed := r.signInAt(o, func(code string) error { return o.Approve(code, "id1") })
	signedIn, ok := last.(SignedIn)
	if !ok {
		t.Fatalf("not signed in: %+v", signedIn)
	}
	if o.Polls() != 4 || slowed != 2 {
		t.Errorf("%d polls, %d waits were longer because the server asked", o.Polls(), slowed)
	}
	a := signedIn.Account
	if a.Provider != "acme" || a.ProviderName != "Acme" || a.Identity.Subject != "id1" || a.ExpiresAt.IsZero() {
		t.Errorf("the account is %+v", a)
	}

	first, err := r.core.state.Vault.Read(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	result, err := r.core.Refresh(t.Context(), a.ID, RefreshOptions{Force: true})
	if err != nil || !result.Rotated {
		t.Fatalf("not refreshed: %+v, %v", result, err)
	}
	second, err := r.core.state.Vault.Read(t.Context(), a.ID)
	if err != nil || second.Blob.Refresh == first.Blob.Refresh || second.Blob.Access == first.Blob.Access {
		t.Fatalf("the tokens did not rotate: %v", err)
	}
	if second.Blob.Identity != first.Blob.Identity || second.Blob.Binding.TokenURL == "" {
		t.Errorf("the record lost %+v", second.Blob)
	}

	// Another program uses the refresh token that is ours.
	p, _, err := r.core.state.Providers.Find("acme")
	if err != nil {
		t.Fatal(err)
	}
	flow, err := p.Flow(r.core.state.OAuth)
	if err != nil {
		t.Fatal(err)
	}
	if thief := flow.Refresh(t.Context(), second.Blob.Binding, second.Blob.Refresh); thief.Tokens == nil {
		t.Fatalf("the thief got nothing: %v", thief.Err)
	}
	_, err = r.core.Refresh(t.Context(), a.ID, RefreshOptions{Force: true})
	if autherr.KindOf(err) != autherr.SignIn {
		t.Fatalf("the reuse gave %v", err)
	}
	before := o.Refreshes()
	if _, err := r.token(a.ID); autherr.KindOf(err) != autherr.SignIn {
		t.Errorf("a quarantined account gave %v", err)
	}
	after, _ := r.core.Snapshot().Find(a.ID)
	if !after.Quarantined() || after.Marker.Code != "invalid_grant" || o.Refreshes() != before {
		t.Errorf("the account is %+v", after)
	}
}

func TestIndependentServer_Denied(t *testing.T) {
	o, r := newOpenID(t)
	last, _ := r.signInAt(o, o.Deny)
	failed, ok := last.(SignInFailed)
	if !ok || failed.Err.Code != autherr.CodeAuthorizationDenied {
		t.Errorf("a denied sign-in ended with %+v", failed)
	}
	if n := len(r.core.Snapshot().Accounts); n != 0 {
		t.Errorf("%d accounts", n)
	}
}

func TestIndependentServer_Expired(t *testing.T) {
	o, r := newOpenID(t)
	last, _ := r.signInAt(o, func(string) error { r.clock.Advance(time.Hour); return nil })
	failed, ok := last.(SignInFailed)
	if !ok || failed.Err.Code != autherr.CodeTimeout {
		t.Errorf("an expired code ended with %+v", failed)
	}
}
