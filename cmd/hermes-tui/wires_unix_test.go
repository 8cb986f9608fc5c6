//go:build unix

package main_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/openidtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// recorder is a model API that notes what it was asked.
type recorder struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newRecorder(t *testing.T) *recorder {
	r := &recorder{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		r.asked = append(r.asked, req.URL.Path)
		r.mu.Unlock()
		_, _ = w.Write([]byte(`{}`))
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := strings.Join(r.asked, " ")
	r.asked = nil
	return all
}

// TestWires: a described provider that speaks three formats at two addresses is
// asked in each at its own, programs are connected in the one that they speak, and
// what is configured afterwards moves no token of an account that exists.
func TestWires(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	server := openidtest.New(t)
	server.AutoApprove("id1")
	openai, messages, other := newRecorder(t), newRecorder(t), newRecorder(t)
	described := func(wires string) string {
		return fmt.Sprintf("[providers.acme]\nissuer = %q\nclient_id = \"hermes-tui\"\nscopes = [\"openid\", \"offline_access\"]\npkce = true\nbase_url = \"%s/v1\"\n%s",
			server.URL, openai.URL, wires)
	}
	b.configure(described(fmt.Sprintf("[providers.acme.wires]\nanthropic_messages = \"%s/anthropic\"\ncodex_responses = \"%s/v1\"\n", messages.URL, openai.URL)))
	if r := b.run("login", "acme", "--no-browser", "--label", "work"); r.code != 0 {
		t.Fatalf("login: %s", r)
	}
	s := b.serve("acme")
	ask := func(path string) said {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(`{"model":"m","messages":[],"input":"hi"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+s.key)
		return b.do(r)
	}
	asks := func(who string) {
		t.Helper()
		for path, want := range map[string][2]string{
			"/anthropic/v1/messages":      {"", "/anthropic/v1/messages"},
			"/openai/v1/chat/completions": {"/v1/chat/completions", ""},
			"/openai/v1/responses":        {"/v1/responses", ""},
		} {
			if got := ask(path); got.status != http.StatusOK {
				t.Errorf("%s, %s: %+v", who, path, got)
			}
			if got := [2]string{openai.take(), messages.take()}; got != want {
				t.Errorf("%s, %s: asked %q, want %q", who, path, got, want)
			}
		}
	}
	asks("as described")

	for program, want := range map[string]string{
		"claude-code": messages.URL + "/anthropic",
		"codex":       openai.URL + "/v1",
	} {
		if r := b.run("connect", program, "acme/work", "--model", "m"); r.code != 0 || !strings.Contains(r.out, want) {
			t.Errorf("%s is told %s", program, r)
		}
	}
	if r := b.run("connect", "env", "acme/work"); r.code != 0 || !strings.Contains(r.out, "ANTHROPIC_BASE_URL=") || !strings.Contains(r.out, "OPENAI_HOST=") || strings.Contains(r.out, " OPENAI_HOST ") {
		t.Errorf("a program of any kind is told %s", r)
	}

	// Somebody who writes the configuration leads no account elsewhere.
	b.configure(described(fmt.Sprintf("api_hosts = [%q]\n[providers.acme.wires]\nanthropic_messages = \"%s/anthropic\"\n", strings.TrimPrefix(messages.URL, "http://"), other.URL)))
	s.end()
	s = b.serve("acme")
	asks("with another description")
	if got := other.take(); got != "" {
		t.Errorf("the other host was asked %s", got)
	}
}

// TestWires_NothingToServe: a proxy that could only refuse is not started.
func TestWires_NothingToServe(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	if r := b.runWith(pastedKey+"\n", "login", "gemini", "--api-key", "--label", "g"); r.code != 0 {
		t.Fatal(r)
	}
	for _, args := range [][]string{{"serve", "g", "--listen", "127.0.0.1:0"}, {"serve", "--listen", "127.0.0.1:0"}, {"exec", "g", "--", "true"}} {
		r := b.run(args...)
		if r.code != 2 || !strings.Contains(r.err, "Google AI Studio accounts speak gemini") || !strings.Contains(r.err, "anthropic_messages, chat_completions and codex_responses") {
			t.Errorf("%q: %s", args, r)
		}
	}
	if r := b.run("connect", "claude-code", "g"); r.code != 2 || !strings.Contains(r.err, "this account's API is gemini") || !strings.Contains(r.err, "hermes-tui token") {
		t.Errorf("connect: %s", r)
	}
}
