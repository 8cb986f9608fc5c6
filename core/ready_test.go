package core

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// expiredAndGood makes two accounts, of which the first has expired.
func expiredAndGood(r *rig) (expired, good Account) {
	r.Helper()
	expired = r.account("first")
	r.clock.Advance(16 * time.Minute)
	return expired, r.account("second")
}

// ready returns the account that serves a request now.
func (r *rig) ready() string {
	r.Helper()
	lease, token, err := Ready(r.Context(), r.core, "", PickOptions{}, TokenOptions{})
	if err != nil {
		r.Fatal(err)
	}
	lease.Done()
	if token.Account != lease.Account.ID || !r.portal.IsLive(token.Access.Reveal()) {
		r.Fatalf("the token is not the account's, or is dead: %s", token.Account)
	}
	return lease.Account.ID
}

// standing is how an account stands in its pool.
func (r *rig) standing(id string) pool.Standing {
	r.Helper()
	for _, m := range r.core.Snapshot().Pools(r.clock.Now())[0].Members {
		if m.ID == id {
			return m.Standing
		}
	}
	r.Fatalf("%s is in no pool", id)
	return pool.Standing{}
}

// A refresh that fails lets the next account serve in the same moment, until the
// provider may be asked again; then the first one serves as before.
func TestReady_TheNextServesWhileARefreshFails(t *testing.T) {
	for _, fault := range []string{"503", "429", "reset", "html", "cut"} {
		t.Run(fault, func(t *testing.T) {
			r := newRigWith(t, sandbox.Options{AccessTTL: 15 * time.Minute})
			r.core.state.Hurry = time.Minute // nothing hangs here
			first, second := expiredAndGood(r)
			r.fault(fault)
			for range 200 {
				if got := r.ready(); got != second.ID {
					t.Fatalf("%s served", got)
				}
			}
			if got := r.refreshes(); got < 1 || got > 4 {
				t.Errorf("%d refreshes for 200 requests", got)
			}
			why := r.standing(first.ID)
			h, _ := r.core.state.Folder.ReadHead(first.ID)
			if why.Reason != pool.NotRefreshed || !why.Until.Equal(h.NotBefore) || why.Next || !r.standing(second.ID).Next {
				t.Errorf("%+v, not before %s", why, h.NotBefore)
			}
			if err := r.core.Servable(""); err != nil {
				t.Errorf("the pool cannot serve: %v", err)
			}
			if err := r.core.Servable(first.ID); autherr.KindOf(err) != autherr.Network {
				t.Errorf("the first one alone: %v", err)
			}
			var e *autherr.Error
			if _, _, err := Ready(t.Context(), r.core, first.ID, PickOptions{}, TokenOptions{}); !errors.As(err, &e) || e.Kind != autherr.Network || e.RetryAfter <= 0 {
				t.Errorf("asked for by name: %v", err)
			}
			r.portal.SetFaults()
			r.clock.Advance(h.NotBefore.Sub(r.clock.Now()))
			if got := r.ready(); got != first.ID {
				t.Errorf("the first one is well, and %s served", got)
			}
		})
	}
}

// hanging is a provider whose refreshes do not end before they are let go, then
// with a failure.
type hanging struct {
	oauth.Flow
	sent, letGo chan struct{}
}

// hang lets the refreshes of a Core hang. Its Hurry is over at once.
func hang(c *Core) *hanging {
	h := &hanging{sent: make(chan struct{}, 100), letGo: make(chan struct{})}
	rules := c.engine.Rules
	c.state.Hurry = time.Millisecond
	c.engine.Rules = func(provider, region string) (refresh.Rules, error) {
		r, err := rules(provider, region)
		r.Flow = h
		return r, err
	}
	return h
}

func (h *hanging) Refresh(context.Context, oauth.Binding, secret.Secret, ...secret.Secret) oauth.Answer {
	h.sent <- struct{}{}
	<-h.letGo
	return oauth.Answer{Outcome: oauth.NotSpent, Err: &autherr.Error{Kind: autherr.Network, Code: "timeout", Message: "MiniMax did not answer in time"}}
}

// A refresh that hangs is left alone at once where another account can serve,
// and nobody else begins to wait for it, in this process or another.
func TestReady_TheNextServesWhileARefreshHangs(t *testing.T) {
	r := newRig(t)
	first, second := expiredAndGood(r)
	h := hang(r.core)
	if got := r.ready(); got != second.ID {
		t.Fatalf("%s served", got)
	}
	<-h.sent
	other := r.open()
	other.state.Hurry = time.Hour
	for other.Snapshot().Accounts[0].Public.RefreshingSince.IsZero() { // told after half a second
	}
	r.core.state.Hurry = time.Hour // whoever waits now would do so for good
	r.clock.Advance(time.Second)
	for range 200 {
		if got := r.ready(); got != second.ID {
			t.Fatalf("%s served", got)
		}
		lease, _, err := Ready(t.Context(), other, "", PickOptions{}, TokenOptions{})
		if err != nil || lease.Account.ID != second.ID {
			t.Fatalf("another process: %v", err)
		}
	}
	if why := r.standing(first.ID); why.Reason != pool.NotRefreshed || !why.Until.IsZero() {
		t.Errorf("%+v", why)
	}
	if len(h.sent) > 0 {
		t.Error("sent again")
	}
	close(h.letGo)
	if err := r.core.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if why := r.standing(first.ID); why.Reason != pool.NotRefreshed || why.Until.IsZero() {
		t.Errorf("after it failed: %+v", why)
	}
}

// Where nobody else can serve, even a slow refresh is waited for, and its outcome
// is the answer.
func TestReady_NobodyElse(t *testing.T) {
	r := newRig(t)
	first, second := expiredAndGood(r)
	if err := r.core.Refused(t.Context(), second.ID, Refusal{Status: 429, ResetAt: r.clock.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	h := hang(r.core)
	go func() { <-h.sent; close(h.letGo) }()
	var e *autherr.Error
	if _, _, err := Ready(t.Context(), r.core, "", PickOptions{}, TokenOptions{}); !errors.As(err, &e) || e.Message != "MiniMax did not answer in time" {
		t.Errorf("%v", err)
	}
	if why := r.standing(first.ID); why.Reason != pool.NotRefreshed {
		t.Errorf("%+v", why)
	}
}

// A token that lives is served when its refresh takes long, at once.
func TestToken_ALivingTokenDoesNotWaitForASlowRefresh(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	h := hang(r.core)
	t.Cleanup(func() { close(h.letGo) })
	r.clock.Advance(14*time.Minute + 30*time.Second)
	if got, err := r.token(a.ID); err != nil || got.Gen != 1 {
		t.Fatalf("%v", err)
	}
	<-h.sent
}

// errors that another account does not share lead to it.
func TestReady_PassesOver(t *testing.T) {
	for name, tc := range map[string]struct {
		err  error
		next bool
	}{
		"needs to sign in":    {&autherr.Error{Kind: autherr.SignIn}, true},
		"cannot be refreshed": {&autherr.Error{Kind: autherr.Network}, true},
		"a damaged record":    {&autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged}, true},
		"another host":        {&autherr.Error{Kind: autherr.Usage, Code: autherr.CodeHostNotAllowed}, true},
		"not in the plan":     {&autherr.Error{Kind: autherr.Failed, Code: string(NotIncluded)}, true},
		"the keystore locks":  {&autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeKeystoreLocked}, false},
	} {
		t.Run(name, func(t *testing.T) {
			from := &tokenless{errs: map[string]error{"first": tc.err}}
			lease, _, err := Ready(t.Context(), from, "", PickOptions{}, TokenOptions{})
			if tc.next && (err != nil || lease.Account.ID != "second") || !tc.next && !errors.Is(err, tc.err) {
				t.Errorf("%v", err)
			}
		})
	}
	from := &tokenless{errs: map[string]error{
		"first": &autherr.Error{Kind: autherr.SignIn, Code: "dead"}, "second": &autherr.Error{Kind: autherr.Network, Code: "down"},
	}}
	if _, _, err := Ready(t.Context(), from, "", PickOptions{}, TokenOptions{}); codeOf(err) != "down" {
		t.Errorf("what may pass says more: %v", err)
	}
	if _, _, err := Ready(t.Context(), from, "", PickOptions{Not: []string{"first", "second"}}, TokenOptions{}); codeOf(err) != "none" {
		t.Errorf("%v", err)
	}
}

// tokenless is two accounts, some of which have no token to give.
type tokenless struct{ errs map[string]error }

func (f *tokenless) Pick(_ context.Context, _ string, o PickOptions) (*Lease, error) {
	for i, id := range []string{"first", "second"} {
		if !slices.Contains(o.Not, id) {
			lease := &Lease{Others: i == 0}
			lease.Account.ID = id
			return lease, nil
		}
	}
	return nil, &autherr.Error{Kind: autherr.CoolingDown, Code: "none"}
}

func (f *tokenless) Token(_ context.Context, id string, o TokenOptions) (Token, error) {
	return Token{Account: id}, f.errs[id]
}
