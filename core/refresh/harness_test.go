package refresh

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// script is a provider that answers as it is told, and remembers what it was
// sent.
type script struct {
	mu      sync.Mutex
	answers []func(sent string) oauth.Answer
	sent    []string
}

func (s *script) RequestCode(context.Context, oauth.Target) (*oauth.DeviceCode, error) {
	return nil, errors.New("not in this test")
}

func (s *script) Poll(context.Context, *oauth.DeviceCode) oauth.Answer { return oauth.Answer{} }

func (s *script) Refresh(_ context.Context, _ oauth.Binding, token secret.Secret, _ ...secret.Secret) oauth.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, token.Reveal())
	if len(s.answers) == 0 {
		panic("a request was sent that the test did not expect")
	}
	next := s.answers[0]
	s.answers = s.answers[1:]
	return next(token.Reveal())
}

func (s *script) then(answers ...func(string) oauth.Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, answers...)
}

func (s *script) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent)
}

// ring is a keystore in memory whose calls can be made to fail.
type ring struct {
	*keystore.Memory
	mu  sync.Mutex
	get error
	put []error // one for each coming Put
}

func (r *ring) Get(ctx context.Context, name string) ([]byte, error) {
	r.mu.Lock()
	err := r.get
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return r.Memory.Get(ctx, name)
}

func (r *ring) Put(ctx context.Context, name string, blob []byte) error {
	r.mu.Lock()
	var err error
	if len(r.put) > 0 {
		err, r.put = r.put[0], r.put[1:]
	}
	r.mu.Unlock()
	if err != nil {
		return err
	}
	return r.Memory.Put(ctx, name, blob)
}

type rings struct{ store *ring }

func (r rings) Open(context.Context, keystore.Kind, string) (keystore.Store, error) {
	return r.store, nil
}

// world is one account with its engine, at a fixed time.
type world struct {
	*testing.T
	clock  *clock.Fake
	script *script
	ring   *ring
	folder *record.Folder
	vault  *vault.Vault
	engine *Engine
	id     string
	check  func(oauth.Binding) error
}

var start = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

const life = 15 * time.Minute

func newWorld(t *testing.T) *world {
	w := &world{T: t, clock: clock.NewFake(start), script: &script{}, ring: &ring{Memory: keystore.NewMemory()}}
	w.folder = record.Open(record.Options{Dir: t.TempDir(), Machine: "machine", Random: rand.Reader})
	w.vault = &vault.Vault{
		Folder: w.folder, Keystores: rings{w.ring}, Clock: ticking{w.clock}, Log: slog.New(slog.DiscardHandler), PID: 4711,
	}
	w.check = func(oauth.Binding) error { return nil }
	w.engine = &Engine{
		Vault: w.vault, Clock: ticking{w.clock}, Jitter: func() float64 { return 0 }, Log: w.vault.Log,
		Rules: func(string, string) (Rules, error) {
			return Rules{Flow: w.script, Check: func(b oauth.Binding) error { return w.check(b) }}, nil
		},
	}
	w.signIn()
	return w
}

// ticking is a fake clock whose waits pass at once, moving it on.
type ticking struct{ *clock.Fake }

func (c ticking) After(d time.Duration) <-chan time.Time {
	c.Advance(d)
	ch := make(chan time.Time, 1)
	ch <- c.Now()
	return ch
}

// signIn stores the first tokens, at-1 and rt-1.
func (w *world) signIn() {
	w.Helper()
	ident, err := w.folder.Store.Ensure(w.Context(), "memory")
	if err != nil {
		w.Fatal(err)
	}
	if w.id == "" {
		if w.id, err = w.folder.Reserve(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
	h := &record.Head{Public: record.Public{ID: w.id, Status: record.StatusOK, Provider: "minimax-oauth", Skew: time.Minute}, Label: "work"}
	blob := &record.Blob{
		StoreID: ident.StoreID, AccountID: w.id, Gen: 1, Why: record.ForLogin,
		Binding: oauth.Binding{Provider: "minimax-oauth", Region: "global", TokenHosts: []string{"account.minimax.io"}, APIHosts: []string{"127.0.0.1:7"}},
		Access:  secret.New("access-token-1"), Refresh: secret.New("refresh-token-1"), TokenType: "Bearer",
		ObtainedAt: w.clock.Now(), ExpiresAt: w.clock.Now().Add(life),
	}
	if err := w.store(h, blob, ""); err != nil {
		w.Fatal(err)
	}
}

// store brings tokens to an account. hash is that of the refresh token which was
// sent for them.
func (w *world) store(h *record.Head, blob *record.Blob, hash string) error {
	return w.vault.Create(w.Context(), h, func(t *vault.Txn) error {
		if err := t.Begin(w.Context(), blob.Why, hash); err != nil {
			return err
		}
		return t.Commit(w.Context(), blob)
	})
}

// begin leaves an intent, as a process does that is killed after it.
func (w *world) begin(h *record.Head, why record.Reason, hash string) {
	w.Helper()
	err := w.vault.Create(w.Context(), h, func(t *vault.Txn) error { return t.Begin(w.Context(), why, hash) })
	if err != nil {
		w.Fatal(err)
	}
}

// expire moves the clock to where the token has just ended.
func (w *world) expire() { w.clock.Set(w.head().ExpiresAt.Add(time.Second)) }

func (w *world) head() *record.Head {
	w.Helper()
	h, err := w.folder.ReadHead(w.id)
	if err != nil {
		w.Fatal(err)
	}
	return h
}

func (w *world) refresh(r Request) (Result, error) { return w.engine.Refresh(w.Context(), w.id, r) }

// access returns the access token that is stored now.
func (w *world) access() string {
	w.Helper()
	s, err := w.vault.Read(w.Context(), w.id)
	if err != nil {
		w.Fatal(err)
	}
	return s.Blob.Access.Reveal()
}

// secrets counts what the keystore holds.
func (w *world) secrets() int {
	names, err := w.ring.List(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return len(names)
}

// granted answers with tokens number n.
func (w *world) granted(n int) func(string) oauth.Answer {
	return func(string) oauth.Answer {
		now := w.clock.Now()
		return oauth.Answer{Outcome: oauth.Granted, Tokens: &oauth.Tokens{
			Access: secret.New(fmt.Sprintf("access-token-%d", n)), Refresh: secret.New(fmt.Sprintf("refresh-token-%d", n)),
			Type: "Bearer", ObtainedAt: now, ExpiresAt: now.Add(life),
		}}
	}
}

// answers with an outcome and a code.
func failing(o oauth.Outcome, code string, after time.Duration) func(string) oauth.Answer {
	return func(string) oauth.Answer {
		kind := autherr.Network
		if o == oauth.Terminal {
			kind = autherr.SignIn
		}
		return oauth.Answer{Outcome: o, RetryAfter: after, Err: &autherr.Error{
			Kind: kind, Provider: "minimax-oauth", Code: code, Message: "MiniMax answered: " + code, RetryAfter: after,
		}}
	}
}
