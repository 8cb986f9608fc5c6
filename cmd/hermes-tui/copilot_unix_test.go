//go:build unix

package main_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// gitHub lets sign-ins with GitHub Copilot go to a portal.
func (b *bench) gitHub(url string) {
	b.t.Helper()
	b.configure(fmt.Sprintf("[endpoints.copilot]\noauth_url = %q\ninference_url = %q\n", url, url+"/copilot"))
}

// asks sends a request with this body through a proxy.
func (b *bench) asks(s *server, path, body string) said {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	return b.do(r)
}

const (
	chatBody     = `{"model":"sandbox-1","messages":[{"role":"user","content":"hello"}]}`
	responseBody = `{"model":"sandbox-1","input":"hello"}`
	messageBody  = `{"model":"claude-sonnet-4.5","max_tokens":50,"messages":[{"role":"user","content":"hello"}]}`
)

// TestCopilot: a sign-in with GitHub, whose token is exchanged for one that Copilot's
// API takes: for each of the three formats, for programs that are started or
// configured, by many processes at once, until it is revoked at GitHub. No token of
// either kind stands in a file.
func TestCopilot(t *testing.T) {
	t.Parallel()
	const life = 10 * time.Minute
	b := newBench(t, sandbox.Options{AccessTTL: life, AutoApprove: time.Millisecond})
	w := b.tap()
	b.gitHub(w.url)
	exchanges := func() int { return b.portal.Stats().Refreshes.Outcomes[sandbox.Rotated] }

	b.offset.Store(int64(time.Second - life)) // its first token ends at once
	if r := b.run("login", "copilot", "--no-browser", "--label", "gh"); r.code != 0 || !strings.Contains(r.out, "1. Open: "+w.url+"/login/device") || exchanges() != 1 {
		t.Fatalf("login, after %d exchanges: %s", exchanges(), r)
	}
	b.offset.Store(0)
	b.until(func() bool { return b.only()["state"] == "expired" })
	b.oneToken(b.together(25, "token", "gh", "--timeout", "2m"))
	if exchanges() != 2 {
		t.Errorf("25 processes exchanged %d times, want once", exchanges()-1)
	}
	token := b.must("token", "gh", "--json")
	for _, part := range []string{`"base_url":"` + w.url + `/copilot"`, `"api":"chat_completions"`, `"Editor-Version":"`, `"Copilot-Integration-Id":"`, `tid=`} {
		if !strings.Contains(token, part) {
			t.Errorf("the token lacks %s: %s", part, token)
		}
	}
	if strings.Contains(token, "ghu_") {
		t.Error("GitHub's own token is handed out")
	}

	one, other := b.serve("gh"), b.serve("gh")
	formats := map[string]string{"/openai/v1/chat/completions": chatBody, "/openai/v1/responses": responseBody, "/anthropic/v1/messages": messageBody}
	for path, body := range formats {
		if got := b.asks(one, path, body); got.status != http.StatusOK {
			t.Errorf("%s: %+v", path, got)
		}
	}
	// What has ended at GitHub alone is exchanged again, by all who meet it together.
	b.portal.ExpireAllAccess()
	var all sync.WaitGroup
	for _, s := range []*server{one, other} {
		for range 10 {
			all.Go(func() {
				if got := b.asks(s, "/openai/v1/chat/completions", chatBody); got.status != http.StatusOK {
					t.Errorf("with a token that was refused: %+v", got)
				}
			})
		}
	}
	all.Wait()
	if exchanges() != 3 {
		t.Errorf("20 refusals led to %d exchanges, want one", exchanges()-2)
	}

	if r := b.run("exec", "gh", "--", "sh", "-c", "echo $OPENAI_BASE_URL $ANTHROPIC_BASE_URL"); r.code != 0 || strings.Count(r.out, "http://127.0.0.1:") != 2 {
		t.Errorf("exec: %s", r)
	}
	for program, speaks := range map[string]string{"codex": "/copilot", "claude-code": "/copilot"} {
		if r := b.run("connect", program, "gh", "--model", "m"); r.code != 0 || !strings.Contains(r.out, w.url+speaks) {
			t.Errorf("connect %s: %s", program, r)
		}
	}

	// A plan without Copilot is no dead sign-in; neither is a bad moment.
	for _, fault := range []string{"503", "html", "reset"} {
		b.portal.SetFaults(sandbox.Fault{Name: fault, On: "refresh", Count: 1})
		b.fails(5, nil, "refresh", "gh", "--force")
		if b.only()["state"] != "ok" {
			t.Errorf("%s: the account is %v", fault, b.only())
		}
	}
	b.portal.SetFaults(sandbox.Fault{Name: "no-copilot", On: "refresh", Count: 1})
	b.fails(1, []string{"No access to GitHub Copilot found", "signing in again cannot help"}, "refresh", "gh", "--force")
	if b.only()["state"] != "not_included" {
		t.Errorf("without a plan: %v", b.only())
	}
	b.must("refresh", "gh", "--force")
	if b.only()["state"] != "ok" {
		t.Errorf("with a plan again: %v", b.only())
	}
	if found := w.leaks(t, b.home); len(found) > 0 || w.count() < 4 {
		t.Errorf("of %d secrets some stand in %v", w.count(), found)
	}

	if err := b.portal.Revoke(strings.TrimSpace(b.must("token", "gh"))); err != nil {
		t.Fatal(err)
	}
	if got := b.asks(one, "/openai/v1/chat/completions", chatBody); got.status != http.StatusForbidden || !strings.Contains(string(got.body), "account_sign_in") {
		t.Errorf("revoked: %+v", got)
	}
	if sealed, _ := filepath.Glob(filepath.Join(b.state(), "acct", b.id+".*.age")); b.only()["state"] != "needs_sign_in" || len(sealed) != 0 {
		t.Errorf("revoked: %v, with %v", b.only(), sealed)
	}
	asked := b.portal.Stats().Refreshes.Total
	b.fails(3, []string{"login --account"}, "token", "gh")
	if b.portal.Stats().Refreshes.Total != asked {
		t.Error("a dead grant was sent again")
	}
	if r := b.run("login", "--account", "gh", "--no-browser"); r.code != 0 || b.only()["state"] != "ok" {
		t.Errorf("signing in again: %s", r)
	}
	if got := b.asks(one, "/openai/v1/chat/completions", chatBody); got.status != http.StatusOK {
		t.Errorf("signed in again: %+v", got)
	}
}

// TestExchange_Described: what GitHub Copilot does, a provider of the configuration can
// do as well.
func TestExchange_Described(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: time.Millisecond})
	b.configure(strings.ReplaceAll(`
[providers.acme]
device_url = "URL/login/device/code"
token_url = "URL/login/oauth/access_token"
client_id = "Iv1.b507a08c87ecfe98"
scopes = ["read:user"]
base_url = "URL/elsewhere"
api_headers = { Editor-Version = "acme/1", Copilot-Integration-Id = "acme" }

[providers.acme.exchange]
url = "URL/copilot_internal/v2/token"
scheme = "token"
base = "endpoints.api"
not_included = ["No_Copilot_Access"]
`, "URL", b.portal.URL()))
	if r := b.run("login", "acme", "--no-browser", "--label", "work"); r.code != 0 {
		t.Fatal(r)
	}
	if got := b.asks(b.serve("acme"), "/openai/v1/chat/completions", chatBody); got.status != http.StatusOK {
		t.Errorf("%+v", got)
	}
	b.portal.SetFaults(sandbox.Fault{Name: "no-copilot", On: "refresh", Count: 1})
	b.fails(1, []string{"no_copilot_access"}, "refresh", "work", "--force")
	if b.only()["state"] != "not_included" {
		t.Errorf("without a plan: %v", b.only())
	}
	if err := b.portal.Revoke(b.portal.Grants()[0].ID); err != nil {
		t.Fatal(err)
	}
	b.fails(3, []string{"Bad credentials"}, "refresh", "work", "--force")
}
