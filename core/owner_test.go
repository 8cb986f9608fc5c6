package core

import (
	"context"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/internal/openidtest"
)

// signInAs signs in with a user of the independent server, answering a question
// with d.
func (r *rig) signInAs(o *openidtest.Server, user string, options SignInOptions, d Decision) (last SignInEvent, asked *Asking) {
	r.Helper()
	o.AutoApprove(user)
	if options.Account == "" {
		options.Provider = "acme"
	}
	known := false
	for e := range r.core.SignIn(r.Context(), options) {
		if who, ok := e.(Identified); ok {
			known = who.Owner.Subject == user
		}
		if _, ok := e.(SignedIn); ok && !known {
			r.Error("stored before anybody knew whose it is")
		}
		if q, ok := e.(Asking); ok {
			asked = &q
			q.Answer(d)
		}
		last = e
	}
	return last, asked
}

func (r *rig) signedInAs(o *openidtest.Server, user string) Account {
	r.Helper()
	last, asked := r.signInAs(o, user, SignInOptions{}, Discard)
	done, ok := last.(SignedIn)
	if !ok || asked != nil {
		r.Fatalf("%s: %+v, asked %+v", user, last, asked)
	}
	return done.Account
}

func TestOwner_Duplicate(t *testing.T) {
	for name, tc := range map[string]struct {
		decision Decision
		accounts int
	}{
		"discard": {Discard, 1},
		"save":    {Save, 2},
		"replace": {Replace, 1},
	} {
		t.Run(name, func(t *testing.T) {
			o, r := newOpenID(t)
			first := r.signedInAs(o, "id1")
			last, asked := r.signInAs(o, "id1", SignInOptions{}, tc.decision)
			if asked == nil || asked.Another || asked.Account.ID != first.ID || asked.Owner.Subject != "id1" {
				t.Fatalf("asked %+v", asked)
			}
			accounts := r.core.Snapshot().Accounts
			if len(accounts) != tc.accounts {
				t.Errorf("%d accounts", len(accounts))
			}
			switch tc.decision {
			case Discard:
				if failed, ok := last.(SignInFailed); !ok || failed.Err.Code != autherr.CodeDuplicateOwner || accounts[0].Gen != first.Gen {
					t.Errorf("ended with %+v", last)
				}
			case Replace:
				if done, ok := last.(SignedIn); !ok || done.Account.ID != first.ID || done.Account.Gen != first.Gen+1 || done.Account.Label != first.Label {
					t.Errorf("ended with %+v", last)
				}
			}
		})
	}
}

func TestOwner_Another(t *testing.T) {
	o, r := newOpenID(t)
	first := r.signedInAs(o, "id1")
	again := SignInOptions{Account: first.ID}
	if _, asked := r.signInAs(o, "id1", again, Discard); asked != nil {
		t.Errorf("asked about the same owner: %+v", asked)
	}
	last, asked := r.signInAs(o, "id2", again, Discard)
	if failed, ok := last.(SignInFailed); !ok || asked == nil || !asked.Another || failed.Err.Code != autherr.CodeAnotherOwner {
		t.Fatalf("ended with %+v, asked %+v", last, asked)
	}
	if a, _ := r.core.Snapshot().Find(first.ID); a.Identity.Subject != "id1" || a.Gen != first.Gen+1 {
		t.Errorf("the account is %+v", a)
	}
	if _, asked = r.signInAs(o, "id2", again, Save); asked == nil {
		t.Fatal("not asked")
	}
	if a, _ := r.core.Snapshot().Find(first.ID); a.Identity.Subject != "id2" {
		t.Errorf("the account is %+v", a)
	}
}

// Whoever leaves while a question is open gets nothing stored.
func TestOwner_CancelledWhileAsking(t *testing.T) {
	o, r := newOpenID(t)
	r.signedInAs(o, "id1")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last SignInEvent
	for e := range r.core.SignIn(ctx, SignInOptions{Provider: "acme"}) {
		if _, ok := e.(Asking); ok {
			cancel()
		}
		last = e
	}
	if failed, ok := last.(SignInFailed); !ok || failed.Err.Code != autherr.CodeCanceled || len(r.core.Snapshot().Accounts) != 1 {
		t.Errorf("ended with %+v", last)
	}
}

// MiniMax's tokens name nobody, so that nothing can be asked.
func TestOwner_Unknown(t *testing.T) {
	r := newRig(t)
	if a, b := r.account("one"), r.account("two"); a.Identity.Known() || b.ID == a.ID {
		t.Errorf("%+v and %+v", a, b)
	}
}

// Where the provider ends the older sign-in, the question says so.
func TestOwner_OneSignIn(t *testing.T) {
	q := Asking{Ended: true, Owner: oauth.Identity{Label: "me@x.example", Account: "acc-1"}, Account: Account{Label: "work", ProviderName: "OpenAI Codex"}}
	want := `this sign-in's owner, me@x.example (acc-1), is here already as "work"; OpenAI Codex has ended that older sign-in`
	if q.Sentence() != want {
		t.Errorf("asks %q", q.Sentence())
	}
	for id, ends := range map[string]bool{"openai-codex": true, "nous": false, "xai-oauth": false, "minimax-oauth": false} {
		if p, _, err := provider.Default().Find(id); err != nil || p.OneSignIn != ends {
			t.Errorf("%s: %v %v", id, p.OneSignIn, err)
		}
	}
}
