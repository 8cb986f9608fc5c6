//go:build unix

package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// While all accounts rest for an hour, opencode ends and says why: it is told no
// Retry-After, which it would sleep through without a word. It asks six times, which takes
// a minute by its own back-off, and the provider hears of none but the first.
func TestOpenCode_AllAccountsRest(t *testing.T) {
	long(t)
	opencode := need(t, requireOpenCode, "testdata/opencode/node_modules/.bin/opencode")
	var asked atomic.Int64
	b := openAIBenchBehind(t, func(string) string {
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			_, _ = io.Copy(io.Discard, q.Body)
			asked.Add(1)
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = fmt.Fprint(w, `{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":3600}}`)
		}))
		t.Cleanup(api.Close)
		return api.URL
	})
	ctx, cancel := context.WithTimeout(t.Context(), 3*limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "exec", "--", opencode, "run", "hello")
	cmd.Env = slices.Concat(b.env, quietOpenCode(), []string{"XDG_CONFIG_HOME=" + openCodeConfig(t, "@ai-sdk/openai-compatible")})
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	t.Logf("%v\n%s", err, out)
	if ctx.Err() != nil || !strings.Contains(string(out), "no account can serve sandbox-1 before ") {
		t.Error("it hangs, or does not say when there is an answer")
	}
	if n := asked.Load(); n > 4 { // it asks for the session's title, too, before the accounts rest
		t.Errorf("the provider was asked %d times, and has two accounts", n)
	}
}

// openCodeConfig is a folder of configuration in which opencode asks in the format of one
// of its packages, where the environment says.
func openCodeConfig(t *testing.T, npm string) string {
	t.Helper()
	config := t.TempDir()
	text := fmt.Sprintf(`{"provider":{"ht":{"npm":%q,"options":{"baseURL":"{env:OPENAI_BASE_URL}","apiKey":"{env:OPENAI_API_KEY}"},"models":{"sandbox-1":{}}}},
		"model":"ht/sandbox-1","permission":{"bash":"allow"}}`, npm)
	if err := os.MkdirAll(filepath.Join(config, "opencode"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "opencode", "opencode.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}
