//go:build unix

package main_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	inside "github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/sandbox"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// dayClient is a program that asks again and again, and keeps what went wrong.
type dayClient struct {
	name, path, body string
	whole            string // what stands in an answer that is complete
	answers          atomic.Int64
}

// ask sends one request and says what is wrong with the answer.
func (c *dayClient) ask(s *server) error {
	r, err := http.NewRequest(http.MethodPost, s.url+c.path, strings.NewReader(c.body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(c.whole)) || bytes.Contains(text, []byte(`"error":{`)) {
		return fmt.Errorf("%s: %s, %v\n%s", c.name, res.Status, err, text)
	}
	return nil
}

// run asks, ten times a second, until it is told to end.
func (c *dayClient) run(s *server, end <-chan struct{}, wrong func(error)) {
	pace := time.NewTicker(100 * time.Millisecond)
	defer pace.Stop()
	for {
		select {
		case <-end:
			return
		case <-pace.C:
		}
		if err := c.ask(s); err != nil {
			wrong(err)
			continue
		}
		c.answers.Add(1)
	}
}

// TestDayInAMinute: two accounts of each provider whose tokens live for six seconds,
// and a program in each pool at once. A refresh fails once, an account is told to wait for five
// seconds, another one is refused inside a stream that began well, and one is revoked:
// no program sees an error, and the log has one line for each account that is left.
func TestDayInAMinute(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes its time: tokens of six seconds end, and a rest of five is waited for")
	}
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: 6 * time.Second, AutoApprove: time.Millisecond, RetryAfter: 5 * time.Second})
	b.configure(inside.Endpoints(b.portal.URL()) + strings.ReplaceAll(`
[providers.acme]
device_url = "URL/oauth2/device/code"
token_url = "URL/oauth2/token"
client_id = "sandbox"
scopes = ["openid", "offline_access", "models"]
base_url = "URL/backend-api/codex"
api = "codex_responses"
wires = {chat_completions = "URL/v1"}
`, "URL", b.portal.URL()))
	var logins []*process
	for _, provider := range []string{"minimax", "nous", "xai", "codex", "copilot", "kimi", "acme"} {
		for _, place := range []string{"first", "second"} {
			logins = append(logins, b.start("login", provider, "--no-browser", "--label", provider+"-"+place))
		}
	}
	for _, login := range logins {
		if r := login.end(t); r.code != 0 {
			t.Fatal(r)
		}
	}
	s := b.serve()
	const chat, input = `{"model":"sandbox-1","stream":true,"messages":[{"role":"user","content":"hello"}]}`, `{"model":"sandbox-1","stream":true,"store":false,"instructions":"be kind","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hello"}]}]}`
	clients := []*dayClient{
		{name: "Messages", path: "/pool/minimax/anthropic/v1/messages", body: `{"model":"MiniMax-M2.7","max_tokens":100,"messages":[{"role":"user","content":"hello"}]}`, whole: `"stop_reason"`},
		{name: "Chat Completions", path: "/pool/acme/openai/v1/chat/completions", body: chat, whole: "[DONE]"},
		{name: "Responses", path: "/pool/xai/openai/v1/responses", body: input, whole: "response.completed"},
		{name: "Codex", path: "/pool/codex/codex/responses", body: input, whole: "response.completed"},
		{name: "Nous", path: "/pool/nous/openai/v1/chat/completions", body: chat, whole: "[DONE]"},
		{name: "Copilot", path: "/pool/copilot/openai/v1/responses", body: input, whole: "response.completed"},
		{name: "Kimi", path: "/pool/kimi/openai/v1/chat/completions", body: chat, whole: "[DONE]"},
	}
	var mu sync.Mutex
	var wrong []error
	end := make(chan struct{})
	var under sync.WaitGroup
	b.portal.SetFaults(sandbox.Fault{Name: "503", On: "refresh", Count: 1})
	for _, c := range clients {
		under.Go(func() {
			c.run(s, end, func(err error) {
				mu.Lock()
				defer mu.Unlock()
				wrong = append(wrong, err)
			})
		})
	}
	states := func(is func(account map[string]any) bool) (n int) {
		var accounts []map[string]any
		b.decode(b.must("list", "--json"), &accounts)
		for _, a := range accounts {
			if is(a) {
				n++
			}
		}
		return n
	}
	troubled := func(a map[string]any) bool { return a["last_error"] != nil }
	resting := func(a map[string]any) bool { return a["state"] == "cooling_down" }
	story := func(what string, happened func() bool) {
		t.Helper()
		began := time.Now()
		for !happened() {
			if time.Since(began) > limit {
				t.Fatalf("%s: waited in vain\n%s", what, s.said.String())
			}
		}
		t.Logf("%s: %s", what, time.Since(began).Round(100*time.Millisecond))
	}
	became := func(outcome sandbox.Outcome) func() bool {
		return func() bool {
			e := <-b.events
			return e.Kind == sandbox.KindRefresh && e.Outcome == outcome
		}
	}
	story("a refresh fails", became("fault:503"))
	story("nobody is in trouble", func() bool { return states(troubled) == 0 })
	b.portal.SetFaults(sandbox.Fault{Name: "429", On: "model", Count: 1}, sandbox.Fault{Name: "usage-limit-early", On: "openai", Count: 1})
	story("two accounts rest", func() bool { return states(resting) == 2 })
	story("both serve again", func() bool { return states(resting) == 0 })
	if err := b.portal.Revoke(strings.TrimSpace(b.must("token", "xai"))); err != nil { // of the account that serves
		t.Fatal(err)
	}
	story("a revoked account needs a person", func() bool {
		return states(func(a map[string]any) bool { return a["state"] == "needs_sign_in" }) == 1
	})
	for _, c := range clients {
		had := c.answers.Load()
		await(t, func() bool { return c.answers.Load() > had+5 })
	}
	close(end)
	under.Wait()
	for _, err := range wrong {
		t.Error(err)
	}
	for _, c := range clients {
		t.Logf("%s: %d answers", c.name, c.answers.Load())
	}
	for what, want := range map[string]int{
		"event=cooled_down .*code=1002 ": 1, "event=used_up .*code=usage_limit_reached ": 1, "event=cooled_down ": 1, "event=used_up ": 1, "event=quarantined ": 1,
	} {
		if lines := len(regexp.MustCompile(what).FindAllString(s.said.String(), -1)); lines != want {
			t.Errorf("%d lines of the log say %q, want %d:\n%s", lines, what, want, s.said.String())
		}
	}
}
