package refresh

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// grace lets the provider take a used refresh token again for d.
func (w *world) grace(d time.Duration) {
	rules := w.engine.Rules
	w.engine.Rules = func(provider, region string) (Rules, error) {
		r, err := rules(provider, region)
		r.Grace = d
		return r, err
	}
}

// An answer that was lost while the access token is good is asked for again once
// the token is due, and not before: at a provider that sees a token used twice,
// the repeat would end the good token as well.
func TestRefresh_ALostAnswerIsAskedForOnceTheTokenIsDue(t *testing.T) {
	for name, outcome := range map[string]oauth.Outcome{"lost": oauth.Unknown, "doubtful": oauth.Doubtful} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.script.then(failing(outcome, "refresh_failed", 0))
			if _, err := w.refresh(Request{Gen: 1, Asked: true}); autherr.KindOf(err) != autherr.Network {
				t.Fatalf("%v", err)
			}
			for at := w.head().NotBefore; at.Before(w.head().RefreshAt()); at = at.Add(time.Minute) {
				w.clock.Set(at)
				for _, req := range []Request{{Gen: 1}, {Gen: 1, Asked: true}, {Gen: 1, MinLife: 14*time.Minute + 59*time.Second}} {
					got, err := w.refresh(req)
					if err != nil || got.Rotated || got.Note == "" || got.Current.Blob.Access.Reveal() != "access-token-1" {
						t.Fatalf("%+v: %+v, %v", req, got, err)
					}
				}
			}
			if w.script.requests() != 1 {
				t.Fatalf("%d requests before the token is due", w.script.requests())
			}
			w.clock.Set(w.head().RefreshAt())
			w.script.then(w.granted(2))
			if got, err := w.refresh(Request{Gen: 1}); err != nil || !got.Rotated {
				t.Fatalf("at the skew: %+v, %v", got, err)
			}
		})
	}
}

// What may not wait: a token that has ended or was refused, a provider that
// forgives, and a person who forces it.
func TestRefresh_ALostAnswerThatIsAskedForAtOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		before func(w *world)
		req    Request
	}{
		"ended":    {func(w *world) { w.expire() }, Request{Gen: 1}},
		"refused":  {func(*world) {}, Request{Gen: 1, Refused: true}},
		"forgiven": {func(w *world) { w.grace(30 * time.Second) }, Request{Gen: 1, Asked: true}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			tc.before(w)
			w.script.then(failing(oauth.Unknown, "refresh_failed", 0), w.granted(2))
			if got, err := w.refresh(tc.req); err != nil || !got.Rotated || w.script.requests() != 2 {
				t.Errorf("%+v, %v after %d requests", got, err, w.script.requests())
			}
		})
	}
	w := newWorld(t)
	w.script.then(failing(oauth.Unknown, "refresh_failed", 0))
	_, _ = w.refresh(Request{Gen: 1, Asked: true})
	w.script.then(w.granted(2))
	if got, err := w.refresh(Request{Asked: true, Force: true}); err != nil || !got.Rotated {
		t.Errorf("forced: %+v, %v", got, err)
	}
}
