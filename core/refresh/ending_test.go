package refresh

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// kinds are what happened to the account, in any order.
func (w *world) kinds() (kinds []record.EventKind) {
	w.Helper()
	events, err := w.folder.History.Events(w.id)
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// Whatever an answer leaves out stays as it was; what it names is taken.
func TestRefresh_WhatAnAnswerLeavesOutStays(t *testing.T) {
	w := newWorld(t)
	grant := start.Add(30 * 24 * time.Hour)
	first := func(a oauth.Answer) oauth.Answer {
		a.ClockSkew = 2 * time.Minute
		a.Tokens.ID = secret.New("id-token-2")
		a.Tokens.Identity = oauth.Identity{Subject: "ada"}
		return a
	}
	w.expire()
	w.script.then(func(s string) oauth.Answer { return first(w.granted(2)(s)) }, w.granted(3))
	got, err := w.refresh(Request{Gen: 1})
	if err != nil || got.Current.Blob.ID.Reveal() != "id-token-2" || w.head().ClockSkew != 2*time.Minute || w.head().Identity.Subject != "ada" {
		t.Fatalf("%+v, %v", w.head(), err)
	}
	w.endGrant(grant)
	w.expire()
	got, err = w.refresh(Request{})
	if err != nil {
		t.Fatal(err)
	}
	h, b := w.head(), got.Current.Blob
	if b.ID.Reveal() != "id-token-2" || h.Identity.Subject != "ada" || h.ClockSkew != 2*time.Minute || !h.GrantExpiresAt.Equal(grant) {
		t.Errorf("%+v", h)
	}
	if b.Binding.Region != "global" || !slices.Equal(b.Binding.TokenHosts, []string{"account.minimax.io"}) || b.TokenType != "Bearer" || h.Skew != time.Minute {
		t.Errorf("%+v", b.Binding)
	}
}

// endGrant stores the current tokens once more, of a grant that ends.
func (w *world) endGrant(at time.Time) {
	w.Helper()
	s, err := w.vault.Read(w.Context(), w.id)
	if err != nil {
		w.Fatal(err)
	}
	next := *s.Blob
	next.Gen, next.Why, next.GrantExpiresAt = s.Blob.Gen+1, record.ForRefresh, at
	if err := w.store(s.Head, &next, s.Head.Current); err != nil {
		w.Fatal(err)
	}
}

// Doubtful answers count in a row, over turns too; a lost one in between starts
// the count anew.
func TestRefresh_DoubtsCountInARow(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(failing(oauth.Doubtful, "x", 0), failing(oauth.Unknown, "x", 0))
	_, _ = w.refresh(Request{})
	if h := w.head(); h.Doubts != 0 || h.Uncertain == "" {
		t.Fatalf("%d doubts, uncertain %q", h.Doubts, h.Uncertain)
	}
	w.script.then(failing(oauth.Doubtful, "x", 0), failing(oauth.NotSent, "x", 0))
	if _, err := w.refresh(Request{Force: true}); errors.Is(err, autherr.NeedsSignIn) || w.head().Doubts != 1 {
		t.Fatalf("%v, %d doubts", err, w.head().Doubts)
	}
	w.script.then(failing(oauth.Doubtful, "", 0))
	_, err := w.refresh(Request{Force: true})
	var e *autherr.Error
	if !errors.As(err, &e) || e.Kind != autherr.SignIn || e.Code != autherr.CodeRefreshFailed || !e.Relogin || e.Provider != "minimax-oauth" || !strings.Contains(e.Hint, "login --account "+w.id) {
		t.Fatalf("%+v", err)
	}
	if m := w.head().Marker; m == nil || m.Code != autherr.CodeRefreshFailed || !m.Relogin || m.Reason != "refresh_interrupted" {
		t.Errorf("%+v", m)
	}
}

// An interruption of another token's refresh is not to blame.
func TestRefresh_AnInterruptionOfAnotherToken(t *testing.T) {
	w := newWorld(t)
	h := w.head()
	h.Uncertain = "another"
	if err := w.folder.WriteHead(h); err != nil {
		t.Fatal(err)
	}
	w.expire()
	w.script.then(failing(oauth.Terminal, "invalid_grant", 0))
	_, _ = w.refresh(Request{})
	if m := w.head().Marker; m == nil || m.Reason != "runtime_refresh_failure" || strings.Contains(m.Message, "interrupted") {
		t.Errorf("%+v", m)
	}
}

// A quarantine that cannot be written down does not hide the refusal, nor the
// refusal the failure to write.
func TestRefresh_ARefusalThatCannotBeWrittenDown(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(func(s string) oauth.Answer {
		if err := os.Rename(w.folder.BlobDir(), w.folder.BlobDir()+".away"); err != nil {
			t.Error(err)
		}
		return failing(oauth.Terminal, "invalid_grant", 0)(s)
	})
	got, err := w.refresh(Request{})
	if !errors.Is(err, &autherr.Error{Code: "invalid_grant"}) || !errors.Is(err, &autherr.Error{Code: autherr.CodeKeystoreUnavailable}) || got.Current.Blob != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// Failures that leave the tokens alone leave nothing of the planned secret, are
// seen by those who wait, and stand in the history.
func TestRefresh_FailuresThatLeaveTheTokens(t *testing.T) {
	for name, outcome := range map[string]oauth.Outcome{"not included": oauth.NotIncluded, "not spent": oauth.NotSpent} {
		w := newWorld(t)
		w.expire()
		h := w.head()
		h.Failures = 3
		if err := w.folder.WriteHead(h); err != nil {
			t.Fatal(err)
		}
		planned := ""
		w.script.then(func(s string) oauth.Answer {
			if at := w.head(); at.Intent == nil || at.Intent.Hash != at.Current || at.Intent.Why != record.ForRefresh {
				t.Errorf("%s: sent with the intent %+v", name, at.Intent)
			} else {
				planned = at.Intent.Blob.Name
			}
			return failing(outcome, "some_code", 0)(s)
		})
		if _, err := w.refresh(Request{}); err == nil {
			t.Fatal("no failure")
		}
		after := w.head()
		kept, err := w.ring.List(t.Context())
		left := err != nil || planned == "" || slices.Contains(kept, planned) || len(kept) != 1 || len(after.Trash) != 0
		if after.Intent != nil || after.Attempts == h.Attempts || after.LastError == nil || after.LastError.Code != "some_code" || left {
			t.Errorf("%s: %+v; the keystore has %q, %v", name, after, kept, err)
		}
		if fresh := outcome == oauth.NotIncluded; fresh != (after.Failures == 0) || fresh != after.NotBefore.IsZero() {
			t.Errorf("%s: %d failures, not before %s", name, after.Failures, after.NotBefore)
		}
		if noted := slices.Contains(w.kinds(), record.EventFailed); noted != (after.Failures&(after.Failures-1) == 0) {
			t.Errorf("%s: noted %t", name, noted)
		}
	}
}

// Tokens that somebody else fetched are told as taken over.
func TestRefresh_AdoptionIsInTheHistory(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(w.granted(2))
	if _, err := w.refresh(Request{Gen: 1}); err != nil || slices.Contains(w.kinds(), record.EventAdopted) {
		t.Fatalf("%v, %v", w.kinds(), err)
	}
	if got, err := w.refresh(Request{Gen: 1}); err != nil || !got.Adopted || !slices.Contains(w.kinds(), record.EventAdopted) {
		t.Errorf("%+v, %v, %v", got, err, w.kinds())
	}
}

// watched is a provider that looks at the context of a request.
type watched struct {
	*script
	look func(ctx context.Context)
}

func (f watched) Refresh(ctx context.Context, b oauth.Binding, token secret.Secret, more ...secret.Secret) oauth.Answer {
	f.look(ctx)
	return f.script.Refresh(ctx, b, token, more...)
}

// Once the request is under way, a caller that leaves does not end it.
func TestRefresh_ACallerThatLeavesEndsNothing(t *testing.T) {
	w := newWorld(t)
	w.expire()
	ctx, leave := context.WithCancel(t.Context())
	w.engine.Rules = func(string, string) (Rules, error) {
		look := func(ctx context.Context) {
			leave()
			if ctx.Err() != nil {
				t.Error(ctx.Err())
			}
		}
		return Rules{Flow: watched{w.script, look}, Check: func(oauth.Binding) error { return nil }}, nil
	}
	w.script.then(w.granted(2))
	if got, err := w.engine.Refresh(ctx, w.id, Request{Gen: 1}); err != nil || !got.Rotated || w.access() != "access-token-2" {
		t.Errorf("%+v, %v", got, err)
	}
}

// A refresh that takes long is told to everybody while it does.
func TestRefresh_ThatTakesLongIsTold(t *testing.T) {
	w := newWorld(t)
	w.expire()
	told := func() time.Time {
		p, _, err := w.folder.ReadPool()
		if err != nil {
			t.Fatal(err)
		}
		return p.Find(w.id).RefreshingSince
	}
	began := w.clock.Now()
	w.script.then(func(s string) oauth.Answer {
		for told().IsZero() { // after record.Slow
		}
		if !told().Equal(began) {
			t.Errorf("since %s", told())
		}
		return w.granted(2)(s)
	})
	if _, err := w.refresh(Request{Gen: 1}); err != nil || !told().IsZero() {
		t.Errorf("%v, told %s afterwards", err, told())
	}
}

// What those are told who could not have the lock.
func TestWaiting(t *testing.T) {
	w := newWorld(t)
	var e *autherr.Error
	for _, cause := range []error{context.DeadlineExceeded, context.Canceled} {
		if err := w.engine.waiting(w.id, cause); !errors.As(err, &e) || e.Kind != autherr.Network || e.Code != autherr.CodeTimeout || !errors.Is(err, cause) || !strings.Contains(e.Message, "busy") {
			t.Errorf("%v: %v", cause, err)
		}
	}
	other := errors.New("no locks here")
	if err := w.engine.waiting(w.id, other); err != other {
		t.Errorf("%v", err)
	}
	h := w.head()
	w.begin(h, record.ForRefresh, h.Current)
	if err := w.engine.waiting(w.id, context.Canceled); !errors.As(err, &e) || e.Code != autherr.CodeTimeout || !strings.Contains(e.Message, "pid 4711 has not ended") {
		t.Errorf("%v", err)
	}
	h.Intent.Storing = true
	if err := w.folder.WriteHead(h); err != nil {
		t.Fatal(err)
	}
	if err := w.engine.waiting(w.id, context.Canceled); !errors.As(err, &e) || e.Kind != autherr.Keystore || e.Code != autherr.CodeKeystoreLocked || e.Provider != "minimax-oauth" || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := w.engine.waiting("ffffffffff", context.Canceled); !errors.As(err, &e) || e.Code != autherr.CodeTimeout {
		t.Errorf("an account that is gone: %v", err)
	}
}
