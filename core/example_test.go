package core_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// A program that speaks golang.org/x/oauth2 gets a fresh token for each request.
// It does not use oauth2.NewClient, which would keep a token past a rotation by
// another process.
func ExampleCore_TokenSource() {
	w, err := newWorld()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.close()

	source := w.accounts.TokenSource(context.Background(), w.id)
	client := &http.Client{Transport: &oauth2.Transport{Source: source}}
	for range 2 {
		answer, err := client.Get(w.portal.URL() + "/anthropic/v1/models")
		if err != nil {
			fmt.Println(err)
			return
		}
		answer.Body.Close()
		fmt.Println(answer.Status, "after", w.portal.Stats().Refreshes.Total, "refreshes")
		w.clock.ahead = 14*time.Minute + 30*time.Second // inside the token's last minute
	}
	// Output:
	// 200 OK after 0 refreshes
	// 200 OK after 1 refreshes
}

// The transport signs each request, whatever credentials are on it, sends
// nothing to a host that the account's tokens are not bound to, and refreshes a
// token that the API refuses.
func ExampleCore_Transport() {
	w, err := newWorld()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.close()

	client := &http.Client{Transport: w.accounts.Transport(w.id, showing{})}
	w.portal.ExpireAllAccess() // the API refuses what is not expired yet
	const question = `{"model":"MiniMax-M2","max_tokens":16,"messages":[{"role":"user","content":"hi"}]}`
	request, err := http.NewRequest(http.MethodPost, w.portal.URL()+"/anthropic/v1/messages", strings.NewReader(question))
	if err != nil {
		fmt.Println(err)
		return
	}
	request.Header.Set("Anthropic-Version", "2023-06-01")
	request.Header.Set("X-Api-Key", "that of another program")
	answer, err := client.Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	answer.Body.Close()

	if _, err = client.Get("https://example.com/anthropic/v1/models"); err != nil {
		fmt.Println(err)
	}
	// Output:
	// POST /anthropic/v1/messages, "Bearer sandbox-at-…", X-Api-Key "": 401 Unauthorized
	// POST /anthropic/v1/messages, "Bearer sandbox-at-…", X-Api-Key "": 200 OK
	// Get "https://example.com/anthropic/v1/models": this account's token does not go to https://example.com
}

// showing is a transport that shows what it was given.
type showing struct{}

func (showing) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		bearer := r.Header.Get("Authorization")[:len("Bearer sandbox-at-")] + "…"
		fmt.Printf("%s %s, %q, X-Api-Key %q: %s\n", r.Method, r.URL.Path, bearer, r.Header.Get("X-Api-Key"), answer.Status)
	}
	return answer, err
}

// world is one account that is signed in to a sandbox.
type world struct {
	dir      string
	clock    *jumping
	portal   *sandbox.Server
	accounts *core.Core
	id       string
}

// jumping is the system's clock, set ahead.
type jumping struct{ ahead time.Duration }

func (c *jumping) Now() time.Time                         { return clock.System{}.Now().Add(c.ahead) }
func (c *jumping) After(d time.Duration) <-chan time.Time { return time.After(d) }

func newWorld() (*world, error) {
	w := &world{clock: &jumping{}}
	var err error
	if w.dir, err = os.MkdirTemp("", "hermes-tui-example-"); err != nil {
		return nil, err
	}
	w.portal = sandbox.New(sandbox.Options{
		Now: w.clock.Now, AccessTTL: 15 * time.Minute, ExpiredIn: sandbox.TTL, AutoApprove: time.Nanosecond,
	})
	if err := w.portal.Listen(""); err != nil {
		return nil, err
	}
	table, err := provider.Default().WithOverride("minimax", "global", w.portal.URL(), w.portal.URL()+"/anthropic")
	if err != nil {
		return nil, err
	}
	w.accounts = core.Open(core.Config{
		Dir: filepath.Join(w.dir, "state"), Providers: table,
		Keystores: &keystore.Manager{
			Flag: keystore.KindFile, BlobDir: filepath.Join(w.dir, "state", "acct"), Backend: keystore.System{},
			Key: &keystore.Key{Path: filepath.Join(w.dir, "key"), Create: true}, Getenv: func(string) string { return "" },
		},
		OAuth: oauth.NewClient(oauth.Config{Clock: w.clock}),
		Clock: w.clock, Random: rand.Reader, Jitter: func() float64 { return 0 },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), PID: os.Getpid(), Program: "example",
	})
	for event := range w.accounts.SignIn(context.Background(), core.SignInOptions{Provider: "minimax"}) {
		switch event := event.(type) {
		case core.SignedIn:
			w.id = event.Account.ID
		case core.SignInFailed:
			return nil, event.Err
		}
	}
	return w, nil
}

func (w *world) close() {
	_ = w.accounts.Close(context.Background())
	_ = w.portal.Close(context.Background())
	_ = os.RemoveAll(w.dir)
}
