//go:build unix

package main_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestServe_SeveralPools: without a name each request goes to the only pool that
// speaks what it asks in.
func TestServe_SeveralPools(t *testing.T) {
	t.Parallel()
	var asked atomic.Value
	openai := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.Path + " " + r.Header.Get("Authorization"))
		_, _ = w.Write([]byte(`{"object":"chat.completion"}`))
	}))
	t.Cleanup(openai.Close)
	b := newBench(t, sandbox.Options{})
	config := filepath.Join(b.home, "tui", "config", "config.toml")
	text, err := os.ReadFile(config)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		t.Fatal(err)
	}
	text = append(text, "\n[endpoints.\"openai-api\"]\ninference_url = \""+openai.URL+"/v1\"\n"...)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	b.signIn("--label", "work")
	b.runWith("sk-test-key-of-openai-0001\n", "login", "openai-api", "--api-key", "--label", "gpt")
	s := b.serve()
	if want := []string{"/anthropic", "/openai/v1"}; !slices.Equal(s.paths, want) {
		t.Errorf("it names %q, want %q", s.paths, want)
	}
	if got := b.do(b.message(s.url, s.key, "/anthropic")); got.status != http.StatusOK {
		t.Errorf("Anthropic Messages: %+v", got)
	}
	chat := func(path string) said {
		r, err := http.NewRequest(http.MethodPost, s.url+path+"/chat/completions", strings.NewReader(`{"model":"gpt-5.2","messages":[]}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+s.key)
		return b.do(r)
	}
	if got := chat("/openai/v1"); got.status != http.StatusOK || asked.Load() != "/v1/chat/completions Bearer sk-test-key-of-openai-0001" {
		t.Errorf("Chat Completions: %+v, upstream %v", got, asked.Load())
	}
	if got := chat("/pool/minimax/openai/v1"); got.status != http.StatusNotFound || !strings.Contains(got.body, "MiniMax accounts") {
		t.Errorf("of a pool that does not speak it: %+v", got)
	}
}
