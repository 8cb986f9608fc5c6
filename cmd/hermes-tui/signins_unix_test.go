//go:build unix

package main_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	inside "github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/sandbox"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestSignIns: with the settings of --sandbox every provider that is built in signs
// people in at the portal, each in its own way: the account's token serves a request in
// each of its formats, is refreshed, and ends with its grant.
func TestSignIns(t *testing.T) {
	t.Parallel()
	signs := map[string][]string{ // the formats of each
		"minimax-oauth/global": {"/anthropic/v1/messages"},
		"minimax-oauth/cn":     {"/anthropic/v1/messages"},
		"nous/global":          {"/openai/v1/chat/completions"},
		"xai-oauth/global":     {"/openai/v1/chat/completions", "/openai/v1/responses"},
		"openai-codex/global":  {"/codex/responses"},
		"copilot/global":       {"/openai/v1/chat/completions", "/openai/v1/responses", "/anthropic/v1/messages"},
		"kimi-code/global":     {"/openai/v1/chat/completions", "/anthropic/v1/messages"},
	}
	for _, c := range provider.Default().Choices() {
		t.Run(c.PoolID(), func(t *testing.T) {
			t.Parallel()
			paths, ok := signs[c.PoolID()]
			if !ok {
				t.Fatal("a provider that nobody has tried out at the sandbox")
			}
			b := newBench(t, sandbox.Options{AutoApprove: time.Millisecond, Interval: time.Second})
			b.configure(inside.Endpoints(b.portal.URL()))
			name := c.Provider.ID + "/" + c.Region.ID
			if r := b.run("login", name, "--no-browser", "--label", "work"); r.code != 0 || !strings.Contains(r.out, "1. Open: "+b.portal.URL()) {
				t.Fatal(r)
			}
			s := b.serve("work")
			for _, path := range paths {
				if got := b.asks(s, path, bodyAt(path)); got.status != http.StatusOK {
					t.Errorf("%s: %d %s", path, got.status, got.body)
				}
			}
			first := b.must("token", "work")
			if r := b.run("refresh", "work", "--force"); r.code != 0 || b.must("token", "work") == first || !b.portal.IsLive(strings.TrimSpace(b.must("token", "work"))) {
				t.Errorf("refresh: %s", r)
			}
			b.portal.ExpireAllAccess() // which only the API knows
			for _, path := range paths {
				if got := b.asks(s, path, bodyAt(path)); got.status != http.StatusOK {
					t.Errorf("%s, with a token that has ended: %d %s", path, got.status, got.body)
				}
			}
			b.portal.RevokeAll()
			b.fails(3, []string{"login --account"}, "refresh", "work", "--force")
			if got := b.asks(s, paths[0], bodyAt(paths[0])); got.status != http.StatusForbidden || b.only()["state"] != "needs_sign_in" {
				t.Errorf("revoked: %d %s, %v", got.status, got.body, b.only())
			}
			if r := b.run("login", "--account", "work", "--no-browser", "--yes"); r.code != 0 || b.only()["state"] != "ok" {
				t.Errorf("signing in again: %s", r)
			}
		})
	}
}

// bodyAt is a request in the format of a path.
func bodyAt(path string) string {
	switch {
	case strings.HasSuffix(path, "/messages"):
		return strings.Replace(messageBody, "claude-sonnet-4.5", "MiniMax-M2.7", 1)
	case strings.HasPrefix(path, "/codex/"):
		return `{"model":"gpt-5.2-codex","stream":true,"store":false,"instructions":"be kind","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hello"}]}]}`
	case strings.HasSuffix(path, "/responses"):
		return responseBody
	default:
		return chatBody
	}
}

// The device that a sign-in has named is the one that every later request of it names,
// in whichever process; another sign-in has another.
func TestKimi_Device(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: time.Millisecond})
	b.configure(inside.Endpoints(b.portal.URL()))
	device := func(label string) string {
		t.Helper()
		var token struct{ Headers map[string]string }
		b.decode(b.must("token", label, "--json"), &token)
		return token.Headers["X-Msh-Device-Id"]
	}
	for _, label := range []string{"one", "two"} {
		if r := b.run("login", "kimi", "--no-browser", "--label", label); r.code != 0 {
			t.Fatal(r)
		}
	}
	one, two := device("one"), device("two")
	if len(one) != 32 || one == two {
		t.Errorf("the devices are %q and %q", one, two)
	}
	b.must("refresh", "one", "--force")
	if device("one") != one {
		t.Error("another device after a refresh")
	}
	if out := b.must("usage", "one"); !strings.Contains(out, "5h") || !strings.Contains(out, "week") {
		t.Errorf("usage: %s", out)
	}
}

// TestSignIns_InTheWindow: a newcomer with --sandbox chooses each of the providers.
func TestSignIns_InTheWindow(t *testing.T) {
	t.Parallel()
	x, _ := window(t, 100, 40, "--auto-approve", "1ms")
	x.match(`No accounts yet`)
	for name, provider := range map[string]string{
		"nous": "Nous Portal", "xai": "xAI", "codex": "OpenAI Codex", "copilot": `GitHub Copi\S+`, "kimi": "Kimi Code",
	} {
		x.press("a")
		x.match(`Where is the account`)
		x.press(erase + name)
		x.match(`/ ` + name)
		x.press("\r")
		x.match(`shall it be called`)
		x.press("\r")
		x.match(provider + ` +● ok`)
	}
}

// TestUsage_Described: a described provider is asked what is left of the plan where the
// configuration says, and read in the fields that it names.
func TestUsage_Described(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: time.Millisecond})
	b.configure(strings.ReplaceAll(`
[providers.acme]
device_url = "URL/oauth2/device/code"
token_url = "URL/oauth2/token"
client_id = "sandbox"
base_url = "URL/v1"
usage_url = "URL/coding/v1/usages"

[providers.acme.usage]
length = "168h"
used = "usage.used"
limit = "usage.limit"
resets_at = "usage.resetTime"

[[providers.acme.usage.windows]]
length = "5h"
remaining = "limits.0.detail.remaining"
limit = "limits.0.detail.limit"
resets_at = "limits.0.detail.resetTime"
`, "URL", b.portal.URL()))
	if r := b.run("login", "acme", "--no-browser", "--label", "work"); r.code != 0 {
		t.Fatal(r)
	}
	if err := b.portal.UsePlan(b.portal.Grants()[0].ID, 40); err != nil {
		t.Fatal(err)
	}
	out := b.must("usage", "work")
	for _, part := range []string{`week\s+4 %`, `5h\s+40 %`} {
		if !regexp.MustCompile(part).MatchString(out) {
			t.Errorf("usage lacks %s: %s", part, out)
		}
	}
	if strings.Contains(out, "not told") {
		t.Errorf("usage: %s", out)
	}
}

// signedInTo is a bench with an account, called work, of a provider.
func signedInTo(t *testing.T, provider string) *bench {
	t.Helper()
	b := newBench(t, sandbox.Options{AutoApprove: time.Millisecond})
	b.configure(inside.Endpoints(b.portal.URL()))
	if r := b.run("login", provider, "--no-browser", "--label", "work"); r.code != 0 {
		t.Fatal(r)
	}
	return b
}

// TestUsage_Codex: ChatGPT's backend is asked for windows and for the resets that are
// saved up.
func TestUsage_Codex(t *testing.T) {
	t.Parallel()
	b := signedInTo(t, "codex")
	if out := b.must("usage", "work"); !regexp.MustCompile(`resets\s+1 banked`).MatchString(out) || !strings.Contains(out, "week") {
		t.Errorf("usage: %s", out)
	}
	if out := b.must("usage", "work", "--json"); !strings.Contains(out, `"banked_resets":1`) {
		t.Errorf("usage: %s", out)
	}
	if r := b.run("usage", "work", "--use-reset", "--yes"); r.code != 2 || !strings.Contains(r.err, "no window of work's plan is used up") {
		t.Errorf("with room left: %s", r)
	}
}

// TestUsage_UseReset: a banked reset is used when its person says so, once a window is
// used up, and the account serves again at once.
func TestUsage_UseReset(t *testing.T) {
	t.Parallel()
	b := signedInTo(t, "codex")
	if err := b.portal.UsePlan(b.portal.Grants()[0].ID, 100); err != nil {
		t.Fatal(err)
	}
	if r := b.run("usage", "work", "--use-reset"); r.code != 2 || !strings.Contains(r.err, "--yes") {
		t.Errorf("nobody was asked: %s", r)
	}
	x := b.session(200, 20, false, `hermes-tui usage work --use-reset; echo "ended with $?"`)
	x.match(`Use a banked reset of work \(OpenAI Codex\), which has used 100 % of 5h\? It has 1; one that is used is gone\.`)
	x.press("n\r")
	x.match(`ended with [1-9]`)
	if out := b.must("usage", "work", "--use-reset", "--yes", "--json"); !strings.Contains(out, `"banked_resets":0`) || !strings.Contains(out, `"used_percent":0,`) || strings.Contains(out, `"used_percent":100`) {
		t.Errorf("afterwards: %s", out)
	}
	if r := b.run("usage", "work", "--use-reset", "--yes"); r.code != 2 || !strings.Contains(r.err, "no reset is banked for work") {
		t.Errorf("once more: %s", r)
	}
}

// TestUsage_Nous: the portal that issued the token is asked, which is not the server of
// the model API.
func TestUsage_Nous(t *testing.T) {
	t.Parallel()
	b := signedInTo(t, "nous")
	if err := b.portal.UsePlan(b.portal.Grants()[0].ID, 100); err != nil {
		t.Fatal(err)
	}
	out := b.must("usage", "work")
	for _, part := range []string{`month\s+10 %`, `credits\s.*18`} {
		if !regexp.MustCompile(part).MatchString(out) {
			t.Errorf("usage lacks %s: %s", part, out)
		}
	}
}

// TestUsage_ToldBesideAnswers: what a provider tells in the headers of its answers is
// known without asking anybody.
func TestUsage_ToldBesideAnswers(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"nous": `month\s+0 %`, "xai": `requests\s+2 %`} {
		b := newBench(t, sandbox.Options{AutoApprove: time.Millisecond, Interval: time.Second})
		b.configure("usage_polling = false\n" + inside.Endpoints(b.portal.URL()))
		if r := b.run("login", name, "--no-browser", "--label", "work"); r.code != 0 {
			t.Fatal(r)
		}
		s := b.serve("work")
		if got := b.asks(s, "/openai/v1/chat/completions", chatBody); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		b.until(func() bool { return regexp.MustCompile(want).MatchString(b.run("usage", "work", "--known").out) })
	}
}
