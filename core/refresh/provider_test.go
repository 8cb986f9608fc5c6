package refresh

import (
	"errors"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// A plan without the API is no dead grant: the tokens stay, nothing is asked
// again by itself, and a person can ask whether the plan has changed.
func TestNotIncluded(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(failing(oauth.NotIncluded, "xai_oauth_tier_denied", 0))
	_, err := w.refresh(Request{})
	var e *autherr.Error
	if !errors.As(err, &e) || e.Kind != autherr.Failed || e.Code != "xai_oauth_tier_denied" || e.Relogin {
		t.Fatalf("got %v", err)
	}
	h := w.head()
	if !h.NotIncluded || h.Quarantined() || h.Intent != nil || w.secrets() != 1 {
		t.Fatalf("the head is %+v with %d secrets", h, w.secrets())
	}
	for range 3 {
		w.clock.Advance(2 * time.Hour)
		if _, err := w.refresh(Request{}); !errors.As(err, &e) || e.Code != "xai_oauth_tier_denied" {
			t.Fatalf("asked again: %v", err)
		}
	}
	if w.script.requests() != 1 {
		t.Fatalf("%d requests", w.script.requests())
	}

	w.script.then(w.granted(2))
	res, err := w.refresh(Request{Asked: true})
	if err != nil || !res.Rotated || w.head().NotIncluded || w.access() != "access-token-2" {
		t.Errorf("after the plan changed: %+v, %v", res, err)
	}
}

// Tokens that the API would not take are stored first, since the ones before
// are spent, and then put away.
func TestUnfitTokens(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(func(string) oauth.Answer {
		a := w.granted(2)("")
		a.Tokens.Unfit = &autherr.Error{Kind: autherr.SignIn, Code: oauth.CodeNoInvokeScope, Message: "no scope", Relogin: true}
		return a
	})
	_, err := w.refresh(Request{})
	if autherr.KindOf(err) != autherr.SignIn || !errors.Is(err, &autherr.Error{Code: oauth.CodeNoInvokeScope}) {
		t.Fatalf("got %v", err)
	}
	h := w.head()
	if !h.Quarantined() || h.Marker.Code != oauth.CodeNoInvokeScope || h.Gen != 2 || w.secrets() != 0 {
		t.Errorf("the head is %+v with %d secrets", h, w.secrets())
	}
	ident, _, _ := w.folder.Store.Read()
	if !h.WasRefused(record.Hash(ident.StoreID, secret.New("refresh-token-2"))) {
		t.Error("the new refresh token would be sent")
	}
}

// The provider's code stands in the last error of an expiry that is odd.
func TestOddExpiryKeepsItsCode(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(func(string) oauth.Answer {
		a := w.granted(2)("")
		a.Tokens.ExpiresAt, a.Tokens.ExpiryErr = time.Time{}, &autherr.Error{Code: oauth.CodeJWTExpiring, Message: "ended already"}
		return a
	})
	if res, err := w.refresh(Request{}); err != nil || !res.Rotated {
		t.Fatalf("%+v, %v", res, err)
	}
	if h := w.head(); h.LastError == nil || h.LastError.Code != oauth.CodeJWTExpiring || h.ExpiresAt.Sub(h.ObtainedAt) != life {
		t.Errorf("the head is %+v", h)
	}
}

// A token without an end is not refreshed before it is refused.
func TestEndlessToken(t *testing.T) {
	w := newWorld(t)
	w.expire()
	endless := func(n int) func(string) oauth.Answer {
		return func(string) oauth.Answer {
			a := w.granted(n)("")
			a.Tokens.ExpiresAt = time.Time{}
			return a
		}
	}
	w.script.then(endless(2))
	if _, err := w.refresh(Request{}); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(365 * 24 * time.Hour)
	if res, err := w.refresh(Request{MinLife: time.Hour}); err != nil || res.Rotated {
		t.Errorf("refreshed without a reason: %+v, %v", res, err)
	}
	w.script.then(endless(3))
	if res, err := w.refresh(Request{Refused: true, Gen: w.head().Gen}); err != nil || !res.Rotated {
		t.Errorf("not refreshed after a refusal: %+v, %v", res, err)
	}
}

// The skew goes by the life of the token that is there.
func TestSkewGoesByLife(t *testing.T) {
	w := newWorld(t)
	rules := w.engine.Rules
	w.engine.Rules = func(p, r string) (Rules, error) {
		found, err := rules(p, r)
		found.Skew = func(life time.Duration) time.Duration {
			if life <= 45*time.Minute {
				return 2 * time.Minute
			}
			return time.Hour
		}
		return found, err
	}
	for n, tc := range []struct{ life, ahead time.Duration }{
		{30 * time.Minute, 2 * time.Minute},
		{6 * time.Hour, time.Hour},
		{time.Hour, 20 * time.Minute}, // never more than a third
	} {
		w.clock.Set(w.head().ExpiresAt.Add(time.Second))
		w.script.then(func(string) oauth.Answer {
			a := w.granted(n + 2)("")
			a.Tokens.ExpiresAt = a.Tokens.ObtainedAt.Add(tc.life)
			return a
		})
		if _, err := w.refresh(Request{}); err != nil {
			t.Fatal(err)
		}
		if h := w.head(); h.ExpiresAt.Sub(h.RefreshAt()) != tc.ahead {
			t.Errorf("a token of %v is refreshed %v ahead", tc.life, h.ExpiresAt.Sub(h.RefreshAt()))
		}
	}
}
