package refresh

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

func TestRefresh_RotatesAndKeepsOnlyTheNewTokens(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(w.granted(2))
	got, err := w.refresh(Request{Gen: 1})
	if err != nil || !got.Rotated || got.Current.Blob.Access.Reveal() != "access-token-2" {
		t.Fatalf("%+v, %v", got, err)
	}
	h := w.head()
	if h.Gen != 2 || h.Intent != nil || h.Status != record.StatusOK || h.LastError != nil || h.LastRefreshAt.IsZero() {
		t.Fatalf("head %+v", h)
	}
	if w.secrets() != 1 {
		t.Fatalf("%d secrets, want the new one only", w.secrets())
	}
	pool, _, err := w.folder.ReadPool()
	if err != nil || pool.Find(w.id).Gen != 2 {
		t.Fatalf("the pool file does not know: %v", err)
	}
	w.expire()
	w.script.then(w.granted(3))
	if _, err := w.refresh(Request{Gen: 2}); err != nil {
		t.Fatal(err)
	}
	if w.script.sent[1] != "refresh-token-2" {
		t.Fatalf("sent %q, want the rotated token", w.script.sent[1])
	}
}

func TestRefresh_KeepsTheOldRefreshTokenWhenNoneIsSent(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(func(s string) oauth.Answer {
		a := w.granted(2)(s)
		a.Tokens.Refresh = secret.Secret{}
		return a
	}, w.granted(3))
	if _, err := w.refresh(Request{Gen: 1}); err != nil {
		t.Fatal(err)
	}
	w.expire()
	if _, err := w.refresh(Request{Gen: 2}); err != nil {
		t.Fatal(err)
	}
	if got := w.script.sent; got[0] != "refresh-token-1" || got[1] != "refresh-token-1" {
		t.Fatalf("sent %q", got)
	}
}

func TestRefresh_OddAnswersKeepTheirTokens(t *testing.T) {
	for name, change := range map[string]func(*oauth.Tokens){
		"unreadable expiry": func(k *oauth.Tokens) { k.ExpiryErr, k.ExpiresAt = errors.New(`"soon" is no time`), time.Time{} },
		"20 kB token":       func(k *oauth.Tokens) { k.Access = secret.New(strings.Repeat("x", 20_000)) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.expire()
			w.script.then(func(s string) oauth.Answer {
				a := w.granted(2)(s)
				change(a.Tokens)
				return a
			}, w.granted(3))
			got, err := w.refresh(Request{Gen: 1})
			if err != nil || !got.Rotated {
				t.Fatalf("%v", err)
			}
			if left := w.head().ExpiresAt.Sub(w.clock.Now()); left != life {
				t.Fatalf("lives %v, want the previous life %v", left, life)
			}
			if name == "unreadable expiry" && (w.head().LastError == nil || !strings.Contains(w.head().LastError.Message, "soon")) {
				t.Fatalf("the last error does not name the value: %+v", w.head().LastError)
			}
			w.expire()
			if _, err := w.refresh(Request{Gen: 2}); err != nil || w.script.sent[1] != "refresh-token-2" {
				t.Fatalf("the next refresh sent %q, %v", w.script.sent, err)
			}
		})
	}
}

func TestRefresh_TerminalQuarantines(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(failing(oauth.Terminal, "refresh_token_reused", 0))
	_, err := w.refresh(Request{Gen: 1})
	var e *autherr.Error
	if !errors.As(err, &e) || e.Kind != autherr.SignIn || e.Code != "refresh_token_reused" || !e.Relogin {
		t.Fatalf("%v", err)
	}
	h := w.head()
	want := record.Note{
		Provider: "minimax-oauth", Code: "refresh_token_reused", Message: "MiniMax answered: refresh_token_reused",
		Reason: "runtime_refresh_failure", Relogin: true, At: w.clock.Now().UTC(),
	}
	if h.Status != record.StatusQuarantined || h.Marker == nil || *h.Marker != want || h.Ref != nil || h.Intent != nil {
		t.Fatalf("head %+v, marker %+v", h, h.Marker)
	}
	if w.secrets() != 0 {
		t.Fatalf("%d secrets are left", w.secrets())
	}
	if _, err := w.refresh(Request{}); !errors.Is(err, autherr.NeedsSignIn) || w.script.requests() != 1 {
		t.Fatalf("the second call: %v after %d requests", err, w.script.requests())
	}
}

func TestRefresh_SameTokenAgainAfterReloginWorks(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(failing(oauth.Terminal, "invalid_grant", 0))
	if _, err := w.refresh(Request{Gen: 1}); err == nil {
		t.Fatal("not refused")
	}
	w.signIn() // the provider gives the same refresh token again
	w.expire()
	w.script.then(w.granted(2))
	if _, err := w.refresh(Request{}); err != nil {
		t.Fatalf("the token of a new sign-in is not the dead one: %v", err)
	}
}

func TestRefresh_TransientQuarantinesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		answer    func(string) oauth.Answer
		requests  int // with the one repeat where the answer was lost
		uncertain bool
	}{
		"not reached":  {failing(oauth.NotSent, "unreachable", 0), 1, false},
		"429":          {failing(oauth.NotSpent, "refresh_failed", 30*time.Second), 1, false},
		"answer lost":  {failing(oauth.Unknown, "refresh_failed", 0), 2, true},
		"doubtful 200": {failing(oauth.Doubtful, "refresh_failed", 0), 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.clock.Set(w.head().ExpiresAt.Add(-30 * time.Second)) // inside the skew, still valid
			w.script.then(c.answer, c.answer)
			if name == "doubtful 200" {
				w.script.answers[1] = failing(oauth.NotSpent, "refresh_failed", 0)
			}
			got, err := w.refresh(Request{Gen: 1})
			if err == nil || errors.Is(err, autherr.NeedsSignIn) {
				t.Fatalf("%v", err)
			}
			if got.Current.Blob == nil || got.Current.Blob.Access.Reveal() != "access-token-1" {
				t.Fatal("the token that is still valid is not handed back")
			}
			h := w.head()
			if h.Status != record.StatusOK || h.LastError == nil || w.access() != "access-token-1" {
				t.Fatalf("head %+v", h)
			}
			if w.script.requests() != c.requests || (h.Uncertain != "") != c.uncertain {
				t.Fatalf("%d requests, uncertain %q", w.script.requests(), h.Uncertain)
			}
			if wait := h.NotBefore.Sub(w.clock.Now()); wait <= 0 || wait > time.Hour || name == "429" && wait < 30*time.Second {
				t.Fatalf("backs off for %v", wait)
			}
			if _, err := w.refresh(Request{Gen: 1}); err == nil || w.script.requests() != c.requests {
				t.Fatalf("asked again before its time: %v, %d requests", err, w.script.requests())
			}
			w.script.answers = nil
			w.script.then(w.granted(2))
			if _, err := w.refresh(Request{Gen: 1, Force: true}); err != nil {
				t.Fatalf("forced: %v", err)
			}
			if h := w.head(); h.Failures != 0 || h.Uncertain != "" || h.LastError != nil {
				t.Fatalf("a success does not clear the past: %+v", h)
			}
		})
	}
}

func TestRefresh_TwoDoubtfulAnswersAreTerminal(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(failing(oauth.Doubtful, "refresh_failed", 0), failing(oauth.Doubtful, "refresh_failed", 0))
	if _, err := w.refresh(Request{}); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatalf("%v", err)
	}
	if m := w.head().Marker; m == nil || m.Code != "refresh_failed" {
		t.Fatalf("marker %+v", m)
	}
}

func TestRefresh_RefusalAfterALostAnswerBlamesTheInterruption(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.script.then(failing(oauth.Unknown, "refresh_failed", 0), failing(oauth.Terminal, "refresh_token_reused", 0))
	if _, err := w.refresh(Request{}); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatal(err)
	}
	if m := w.head().Marker; m.Reason != "refresh_interrupted" || !strings.Contains(m.Message, "answer was lost") || m.Code != "refresh_token_reused" {
		t.Fatalf("marker %+v", m)
	}
}

func TestRefresh_BackOffGrowsAndIsBounded(t *testing.T) {
	w := newWorld(t)
	w.expire()
	last := time.Duration(0)
	for range 12 {
		w.script.then(failing(oauth.NotSent, "unreachable", 0))
		if _, err := w.refresh(Request{Force: true}); err == nil {
			t.Fatal("no failure")
		}
		wait := w.head().NotBefore.Sub(w.clock.Now())
		if wait < last || wait > 7*time.Minute {
			t.Fatalf("waits %v after %v", wait, last)
		}
		last = wait
	}
	w.script.then(failing(oauth.NotSpent, "refresh_failed", 48*time.Hour))
	_, _ = w.refresh(Request{Force: true})
	if wait := w.head().NotBefore.Sub(w.clock.Now()); wait > time.Hour {
		t.Fatalf("a provider made the account wait %v", wait)
	}
}

func TestRefresh_NothingToDo(t *testing.T) {
	w := newWorld(t)
	w.script.then(w.granted(2))
	if got, err := w.refresh(Request{Gen: 1, Asked: true}); err != nil || !got.Rotated {
		t.Fatalf("asked right after a sign-in, which is no rotation: %+v, %v", got, err)
	}
	w.clock.Advance(17 * time.Second)
	for name, r := range map[string]Request{
		"fresh":                  {Gen: 2},
		"asked within a minute":  {Gen: 2, Asked: true},
		"min life beyond a life": {Gen: 2, MinLife: time.Hour},
	} {
		got, err := w.refresh(r)
		if err != nil || got.Rotated || got.Note == "" || w.script.requests() != 1 {
			t.Errorf("%s: %+v, %v, %d requests", name, got, err, w.script.requests())
		}
		if r.Asked && got.Note != "nothing done: refreshed 17 s ago" {
			t.Errorf("%s: note %q", name, got.Note)
		}
	}
	w.clock.Advance(2 * time.Minute)
	w.script.then(w.granted(3))
	if got, err := w.refresh(Request{Gen: 2, Asked: true}); err != nil || !got.Rotated {
		t.Errorf("asked after two minutes: %+v, %v", got, err)
	}
	w.clock.Advance(6 * time.Minute)
	w.script.then(w.granted(4))
	if got, err := w.refresh(Request{Gen: 3, MinLife: 10 * time.Minute}); err != nil || !got.Rotated {
		t.Errorf("min life that the provider can give: %+v, %v", got, err)
	}
}

func TestRefresh_HundredRefusalsRotateOnce(t *testing.T) {
	w := newWorld(t)
	w.script.then(w.granted(2))
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			got, err := w.refresh(Request{Gen: 1, Refused: true})
			if err != nil || got.Current.Blob.Access.Reveal() != "access-token-2" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	wg.Wait()
	if w.script.requests() != 1 {
		t.Fatalf("%d requests", w.script.requests())
	}
}

func TestRefresh_HundredWaitersAtADeadServerSendTwoRequests(t *testing.T) {
	w := newWorld(t)
	w.expire()
	gate, inside := make(chan struct{}), make(chan struct{}, 1)
	w.script.then(func(string) oauth.Answer {
		inside <- struct{}{}
		<-gate
		return failing(oauth.Unknown, "refresh_failed", 0)("")
	}, failing(oauth.Unknown, "refresh_failed", 0))
	var began, wg sync.WaitGroup
	wg.Go(func() { _, _ = w.refresh(Request{Gen: 1}) })
	<-inside
	for range 99 {
		began.Add(1)
		wg.Go(func() {
			began.Done()
			if _, err := w.refresh(Request{Gen: 1}); err == nil {
				t.Error("a dead server gave a token")
			}
		})
	}
	began.Wait()
	close(gate)
	wg.Wait()
	if w.script.requests() != 2 {
		t.Fatalf("%d requests, want 2", w.script.requests())
	}
}

func TestRefresh_TakenLockWithoutWaitingIsBusy(t *testing.T) {
	w := newWorld(t)
	lock, err := w.folder.Lock(t.Context(), w.id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Unlock() }()
	if got, err := w.refresh(Request{NoWait: true}); err != nil || !got.Busy {
		t.Fatalf("%+v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.engine.Refresh(ctx, w.id, Request{}); autherr.KindOf(err) != autherr.Network {
		t.Fatalf("a caller that left: %v", err)
	}
}

func TestRefresh_NoRefreshTokenNeedsSignIn(t *testing.T) {
	w := newWorld(t)
	s, err := w.vault.Read(t.Context(), w.id)
	if err != nil {
		t.Fatal(err)
	}
	bare := *s.Blob
	bare.Refresh, bare.Gen, bare.Why = secret.Secret{}, 2, record.ForRefresh
	if err := w.store(s.Head, &bare, ""); err != nil {
		t.Fatal(err)
	}
	w.expire()
	_, err = w.refresh(Request{})
	var e *autherr.Error
	if !errors.As(err, &e) || e.Code != autherr.CodeNoRefreshToken || w.script.requests() != 0 {
		t.Fatalf("%v", err)
	}
}

func TestRefresh_JumpedClocksRotateAFewTimesOnly(t *testing.T) {
	for name, jump := range map[string]time.Duration{"a year ahead": 365 * 24 * time.Hour, "a year back": -365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.clock.Advance(jump)
			w.script.then(w.granted(2), w.granted(3))
			for range 50 {
				if _, err := w.refresh(Request{Asked: true}); err != nil {
					t.Fatal(err)
				}
				w.clock.Advance(time.Second)
			}
			if n := w.script.requests(); n > 1 {
				t.Fatalf("%d rotations in 50 s", n)
			}
		})
	}
	w := newWorld(t)
	w.expire()
	h := w.head()
	h.NotBefore = w.clock.Now().Add(300 * 24 * time.Hour) // written by a clock that was ahead
	if err := w.folder.WriteHead(h); err != nil {
		t.Fatal(err)
	}
	w.script.then(w.granted(2))
	if _, err := w.refresh(Request{}); err != nil {
		t.Fatalf("a time from a jumped clock blocks the account: %v", err)
	}
}
