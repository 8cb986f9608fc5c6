package core

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/keystore"
)

func TestLife_SignInTokenRefreshQuarantineRelogin(t *testing.T) {
	r := newRig(t)
	a := r.account("")
	if a.Label != "minimax" || a.State(r.clock.Now()) != OK || a.Keystore != "file" || a.API != "anthropic_messages" {
		t.Fatalf("%+v", a)
	}
	first, err := r.token(a.ID)
	if err != nil || !r.portal.IsLive(first.Access.Reveal()) || r.refreshes() != 0 {
		t.Fatalf("a fresh token: %v, %d refreshes", err, r.refreshes())
	}
	r.clock.Advance(14*time.Minute + 30*time.Second) // inside the last minute
	second, err := r.token(a.ID)
	if err != nil || second.Gen != 2 || !r.portal.IsLive(second.Access.Reveal()) || r.refreshes() != 1 {
		t.Fatalf("in the skew: generation %d, %v, %d refreshes", second.Gen, err, r.refreshes())
	}
	r.portal.RevokeAll()
	if _, err := r.core.Refresh(t.Context(), a.ID, RefreshOptions{Force: true}); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatalf("after revoking: %v", err)
	}
	sent := r.refreshes()
	for range 3 {
		if _, err := r.token(a.ID); !errors.Is(err, autherr.NeedsSignIn) {
			t.Fatalf("quarantined: %v", err)
		}
	}
	if r.refreshes() != sent {
		t.Fatal("a dead token was sent again")
	}
	got, _ := r.core.Snapshot().Find(a.ID)
	if got.State(r.clock.Now()) != NeedsSignIn || got.Marker == nil || got.Marker.Code != "invalid_grant" || !got.Marker.Relogin {
		t.Fatalf("%+v, marker %+v", got, got.Marker)
	}
	if err := r.core.Rename(t.Context(), a.ID, "work"); err != nil {
		t.Fatal(err)
	}
	again, ok := r.signIn(SignInOptions{Account: a.ID}).(SignedIn)
	if !ok || again.Account.ID != a.ID || again.Account.Label != "work" || again.Account.State(r.clock.Now()) != OK {
		t.Fatalf("signed in again: %+v", again)
	}
	if _, err := r.token(a.ID); err != nil {
		t.Fatal(err)
	}
}

func TestToken_ManyCallersOneRefresh(t *testing.T) {
	r := newRig(t)
	a := r.account("")
	r.clock.Advance(time.Hour)
	other := r.open() // another process
	var wg sync.WaitGroup
	var mu sync.Mutex
	tokens := map[string]bool{}
	for i := range 100 {
		c := r.core
		if i%2 == 0 {
			c = other
		}
		wg.Go(func() {
			got, err := c.Token(context.Background(), a.ID, TokenOptions{})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			tokens[got.Access.Reveal()] = true
		})
	}
	wg.Wait()
	if len(tokens) != 1 || r.refreshes() != 1 {
		t.Fatalf("%d tokens, %d refreshes", len(tokens), r.refreshes())
	}
}

func TestToken_TransientFaultsKeepWhatIsValid(t *testing.T) {
	for _, fault := range []string{"503@refresh", "503-invalid-grant", "429@refresh", "html@refresh", "cut", "reset"} {
		t.Run(fault, func(t *testing.T) {
			r := newRig(t)
			a := r.account("")
			r.clock.Advance(14*time.Minute + 20*time.Second)
			r.fault(fault)
			got, err := r.token(a.ID)
			if err != nil || got.Gen != 1 {
				t.Fatalf("a token that is still valid was not served: %v", err)
			}
			if s, _ := r.core.Snapshot().Find(a.ID); s.Quarantined() || s.LastError == nil {
				t.Fatalf("%+v", s)
			}
			r.portal.SetFaults()
			r.clock.Advance(2 * time.Minute)
			if got, err := r.token(a.ID); err != nil || got.Gen != 2 {
				t.Fatalf("after the fault: generation %d, %v", got.Gen, err)
			}
		})
	}
}

func TestToken_OddAnswersKeepTheNewTokens(t *testing.T) {
	for _, fault := range []string{"bad-expiry@refresh:1", "no-status@refresh:1", "big-token@refresh:1", "no-refresh-token:1"} {
		t.Run(fault, func(t *testing.T) {
			r := newRig(t)
			a := r.account("")
			r.fault(fault)
			for gen := uint64(2); gen < 4; gen++ {
				r.clock.Advance(time.Hour)
				got, err := r.token(a.ID)
				if err != nil || got.Gen != gen || !r.portal.IsLive(got.Access.Reveal()) {
					t.Fatalf("generation %d: %d, %v", gen, got.Gen, err)
				}
			}
		})
	}
}

func TestToken_LostAnswerIsQuarantinedAndSaysWhy(t *testing.T) {
	r := newRig(t)
	a := r.account("")
	r.clock.Advance(time.Hour)
	r.fault("lost:1")
	if _, err := r.token(a.ID); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatalf("the token was spent and its answer dropped: %v", err)
	}
	if s, _ := r.core.Snapshot().Find(a.ID); s.Marker == nil || s.Marker.Reason != "refresh_interrupted" {
		t.Fatalf("marker %+v", s.Marker)
	}
}

func TestToken_RefusedGenerationIsRefreshedOnce(t *testing.T) {
	r := newRig(t)
	a := r.account("")
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if got, err := r.core.Token(context.Background(), a.ID, TokenOptions{Refused: 1}); err != nil || got.Gen != 2 {
				t.Errorf("generation %d, %v", got.Gen, err)
			}
		})
	}
	wg.Wait()
	if r.refreshes() != 1 {
		t.Fatalf("%d refreshes", r.refreshes())
	}
}

func TestSignIn_CancelledStoresNothing(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	var last SignInEvent
	for e := range r.core.SignIn(ctx, SignInOptions{Provider: "minimax"}) {
		if _, ok := e.(CodeIssued); ok {
			cancel()
		}
		last = e
	}
	cancel()
	switch e := last.(type) {
	case SignInFailed:
		if e.Err.Code != autherr.CodeCanceled || len(r.core.Snapshot().Accounts) != 0 {
			t.Fatalf("%+v, %d accounts", e.Err, len(r.core.Snapshot().Accounts))
		}
	case SignedIn: // it was storing its tokens already
		if len(r.core.Snapshot().Accounts) != 1 {
			t.Fatal("signed in without an account")
		}
	}
}

func TestSignIn_Failures(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*rig) SignInOptions
		code    string
	}{
		"label taken":      {func(r *rig) SignInOptions { r.account("work"); return SignInOptions{Label: "WORK"} }, autherr.CodeUsage},
		"unknown provider": {func(*rig) SignInOptions { return SignInOptions{Provider: "nobody"} }, autherr.CodeUsage},
		"unknown account":  {func(*rig) SignInOptions { return SignInOptions{Account: "abcdef0123"} }, autherr.CodeNoSuchAccount},
		"redirected away":  {func(r *rig) SignInOptions { r.fault("redirect@code"); return SignInOptions{} }, autherr.CodeHostNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			o := c.prepare(r)
			before := len(r.core.Snapshot().Accounts)
			failed, ok := r.signIn(o).(SignInFailed)
			if !ok || failed.Err.Code != c.code || len(r.core.Snapshot().Accounts) != before {
				t.Fatalf("%+v", failed.Err)
			}
		})
	}
}

func TestSignIn_SeveralAccountsOfOneProvider(t *testing.T) {
	r := newRig(t)
	a, b, c := r.account(""), r.account(""), r.account("third")
	if a.Label != "minimax" || b.Label != "minimax-2" || c.Label != "third" || c.Priority != 2 {
		t.Fatalf("%s %s %s, priority %d", a.Label, b.Label, c.Label, c.Priority)
	}
	if err := r.core.Rename(t.Context(), b.ID, "Third"); err == nil {
		t.Fatal("two accounts of a pool have one label")
	}
	for name, want := range map[string]string{a.ID: a.ID, "THIRD": c.ID, "minimax/third": c.ID, "minimax-oauth/minimax-2": b.ID} {
		if got, err := r.core.SelectOne(name); err != nil || got.ID != want {
			t.Errorf("%q is %s, %v; want %s", name, got.ID, err, want)
		}
	}
	if all, err := r.core.Select("minimax/global"); err != nil || len(all) != 3 {
		t.Errorf("the pool has %d, %v", len(all), err)
	}
	for _, name := range []string{"nobody", "minimax/cn/x"} {
		if _, err := r.core.Select(name); autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := r.core.SelectOne(""); autherr.KindOf(err) != autherr.Usage {
		t.Errorf("several accounts: %v", err)
	}
	if err := r.core.Remove(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.token(b.ID); err == nil {
		t.Fatal("a removed account gives tokens")
	}
	if got := r.core.Snapshot().Accounts; len(got) != 2 || got[1].ID != c.ID || got[1].Priority != 1 {
		t.Fatalf("%+v", got)
	}
}

func TestMove_ThereAndBackAndInterrupted(t *testing.T) {
	r := newRig(t)
	a, b := r.account("a"), r.account("b")
	m := r.core.state.Keystores.(*keystore.Manager)
	ring := keystore.NewMemory()
	stores := &stores{Manager: m, ring: ring}
	r.core.state.Vault.Keystores = stores
	stores.failAfter = 3 // the first account is moved, the second is not
	if err := r.core.Move(t.Context(), keystore.KindMemory, nil); err == nil {
		t.Fatal("the move did not fail")
	}
	if s := r.core.Snapshot().Store; s.Moving != "file" {
		t.Fatalf("%+v", s)
	}
	for _, id := range []string{a.ID, b.ID} {
		if _, err := r.token(id); err != nil {
			t.Fatalf("in the middle of a move: %v", err)
		}
	}
	stores.failAfter = 0
	for _, to := range []keystore.Kind{keystore.KindMemory, keystore.KindFile} {
		if err := r.core.Move(t.Context(), to, nil); err != nil {
			t.Fatal(err)
		}
		if s := r.core.Snapshot().Store; s.Kind != string(to) || s.Moving != "" {
			t.Fatalf("%+v", s)
		}
		for _, id := range []string{a.ID, b.ID} {
			if got, err := r.token(id); err != nil || got.Gen != 1 {
				t.Fatalf("after moving to %s: %v", to, err)
			}
		}
	}
	if names, _ := ring.List(t.Context()); len(names) != 0 {
		t.Fatalf("left in the old keystore: %v", names)
	}
	if err := r.core.Purge(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if n := len(r.core.Snapshot().Accounts); n != 0 {
		t.Fatalf("%d accounts after a purge", n)
	}
}

// stores adds a second kind of keystore, whose writes can fail.
type stores struct {
	*keystore.Manager
	ring      *keystore.Memory
	failAfter int
}

func (s *stores) Open(ctx context.Context, kind keystore.Kind, id string) (keystore.Store, error) {
	if kind == keystore.KindMemory {
		return failing{s.ring, s}, nil
	}
	return s.Manager.Open(ctx, kind, id)
}

type failing struct {
	*keystore.Memory
	s *stores
}

func (f failing) Put(ctx context.Context, name string, blob []byte) error {
	if f.s.failAfter > 0 {
		if f.s.failAfter--; f.s.failAfter <= 1 {
			f.s.failAfter = 1
			return &keystore.Error{Condition: keystore.Locked, Op: "put", Message: "locked"}
		}
	}
	return f.Memory.Put(ctx, name, blob)
}

func TestWatch_SeesWhatAnotherProcessDoes(t *testing.T) {
	r := newRig(t)
	a := r.account("")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := r.core.Watch(ctx)
	if first := <-seen; len(first.Accounts) != 1 {
		t.Fatalf("%+v", first)
	}
	if err := r.open().Rename(t.Context(), a.ID, "renamed elsewhere"); err != nil {
		t.Fatal(err)
	}
	for s := range seen {
		if s.Accounts[0].Label == "renamed elsewhere" {
			return
		}
	}
	t.Fatal("the watch ended")
}

func TestTransport_SignsEachRequestAndRefreshesARefusedToken(t *testing.T) {
	r := newRig(t)
	a := r.account("")
	var got []http.Header
	api := roundTripper(func(req *http.Request) (*http.Response, error) {
		got = append(got, req.Header.Clone())
		body, _ := io.ReadAll(req.Body)
		status := http.StatusOK
		if len(got) == 1 {
			status = http.StatusUnauthorized
		}
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(string(body))), Header: http.Header{}}, nil
	})
	client := &http.Client{Transport: r.core.Transport(a.ID, api)}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, r.portal.URL()+"/anthropic/v1/messages", strings.NewReader("question"))
	req.Header.Set("X-Api-Key", "another")
	req.Header.Set("Authorization", "Bearer another")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || string(body) != "question" {
		t.Fatalf("%d %q", res.StatusCode, body)
	}
	if len(got) != 2 || r.refreshes() != 1 {
		t.Fatalf("%d requests, %d refreshes", len(got), r.refreshes())
	}
	for _, h := range got {
		if h.Get("X-Api-Key") != "" || !strings.HasPrefix(h.Get("Authorization"), "Bearer sandbox-at-") {
			t.Errorf("sent %v", h)
		}
	}
	if got[0].Get("Authorization") == got[1].Get("Authorization") {
		t.Error("the refused token was sent again")
	}
	if _, err := client.Get("http://127.0.0.1:1/elsewhere"); err == nil || !strings.Contains(err.Error(), "does not go to") || len(got) != 2 {
		t.Errorf("a foreign host: %v", err)
	}
	source := r.core.TokenSource(t.Context(), a.ID)
	if tok, err := source.Token(); err != nil || !r.portal.IsLive(tok.AccessToken) || tok.Expiry.IsZero() {
		t.Errorf("token source: %v", err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
