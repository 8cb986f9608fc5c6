package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// quiet are the options of a bench whose sandbox has nothing to do.
var quiet = sandbox.Options{}

// A sign-in with Nous Portal is polled for every five seconds, past its
// firewall; the refresh token travels in a header; a busy portal ends nothing,
// and a reuse does.
func TestPortal_Nous(t *testing.T) {
	t.Parallel()
	b, p := staged(t, "nous", "nous")
	r := b.run("login", "nous", "--no-browser")
	for _, says := range []string{
		"1. Open: " + p.URL + "/manage-subscription?user_code=NOUS-1234", "2. Check that it shows the code: NOUS-1234",
		"ends a sign-in after 30 days", "a firewall in front of Nous Portal stopped the request; next check in 5s", "Signed in: me@nous.example (Nous Portal, ",
	} {
		if r.code != 0 || !strings.Contains(r.out, says) {
			t.Fatalf("lacks %q: %s", says, r)
		}
	}
	if d := p.paused(3); d < 5*time.Second {
		t.Errorf("polled again after %v", d)
	}
	a := b.only()
	if a["api"] != "chat_completions" || a["state"] != "ok" {
		t.Errorf("the account is %v", a)
	}
	if out := b.must("token", "--json"); !strings.Contains(out, `"base_url":"`+p.URL+`/welcome/v1"`) {
		t.Errorf("the token is for another address: %s", out)
	}
	first := b.must("token")
	if out := b.must("refresh"); !strings.Contains(out, "refreshed") || b.must("token") == first {
		t.Errorf("the refresh said %s", out)
	}
	second := b.must("token")
	b.fails(5, []string{"429", "Too many requests"}, "refresh", "--force")
	if b.must("token") != second || b.only()["state"] != "ok" {
		t.Error("a busy portal ended something")
	}
	b.fails(3, []string{"another program had already used its refresh token", "login --account me@nous.example`"}, "refresh", "--force")
	b.ended(p, "invalid_grant")
	b.fails(0, []string{"another program had already used its refresh token", "Too many requests"}, "log")
}

// A code that nobody approved says what may have been in the way.
func TestPortal_NousTimeout(t *testing.T) {
	t.Parallel()
	b, _ := staged(t, "nous-late", "nous")
	b.fails(1, []string{"CAPTCHA", "portal.nousresearch.com/login"}, "login", "nous", "--no-browser")
}

// ended checks that the account is signed out for this reason, keeps no tokens,
// and asks the provider nothing any more.
func (b *bench) ended(p *play, code string) {
	b.t.Helper()
	a := b.only()
	last, _ := a["last_error"].(map[string]any)
	if a["state"] != "needs_sign_in" || last["code"] != code || last["relogin_required"] != true {
		b.t.Errorf("the account is %v", a)
	}
	if sealed, _ := filepath.Glob(filepath.Join(b.state(), "acct", "*.age")); len(sealed) != 0 {
		b.t.Errorf("tokens are left: %v", sealed)
	}
	before := p.asked()
	b.fails(3, []string{"login"}, "token")
	b.fails(3, []string{"login"}, "refresh", "--force")
	if p.asked() != before {
		b.t.Error("the provider was asked for a dead grant")
	}
	b.fails(0, []string{"quarantined"}, "log", b.id)
}

var signedInAt = regexp.MustCompile(`"signed_in_at":"[^"]*"`)

// The age of a Nous sign-in is always shown, and warned about from the 25th day
// on.
func TestPortal_NousGrantAge(t *testing.T) {
	t.Parallel()
	b := newBench(t, quiet)
	b.signIn()
	pool := filepath.Join(b.state(), "pool.json")
	text, err := os.ReadFile(pool)
	if err != nil {
		t.Fatal(err)
	}
	write := func(age time.Duration) {
		t.Helper()
		signedIn := time.Now().Add(-age)
		next := signedInAt.ReplaceAllString(string(text), fmt.Sprintf(`"signed_in_at":%q,"grant_expires_at":%q`,
			signedIn.UTC().Format(time.RFC3339), signedIn.Add(30*24*time.Hour).UTC().Format(time.RFC3339)))
		if next == string(text) {
			t.Fatal("the pool file has another shape")
		}
		if err := os.WriteFile(pool, []byte(next), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const warning = "sign in again before that: hermes-tui login --account"
	write(24*24*time.Hour + time.Minute)
	if out := b.must("status"); !strings.Contains(out, "signed in 24d ago") || !strings.Contains(out, "5d 23h") || strings.Contains(out, warning) {
		t.Errorf("status on day 24: %s", out)
	}
	if r := b.run("list"); strings.Contains(r.out+r.err, warning) {
		out := r.String()
		t.Errorf("list on day 24: %s", out)
	}
	write(25*24*time.Hour + time.Minute)
	for _, command := range []string{"status", "list"} {
		r := b.run(command)
		if out := r.out + r.err; !strings.Contains(out, "4d 23h") || !strings.Contains(out, warning) {
			t.Errorf("%s on day 25: %s", command, out)
		}
	}
	write(31 * 24 * time.Hour)
	for _, command := range []string{"status", "list"} {
		if r := b.run(command); !strings.Contains(r.out+r.err, "login --account") {
			out := r.String()
			t.Errorf("%s on day 31: %s", command, out)
		}
	}
}

// xAI's endpoints come from its issuer; a plan without the API is no dead
// grant, and is asked about again by a person only.
func TestPortal_XAI(t *testing.T) {
	t.Parallel()
	b, p := staged(t, "xai", "xai")
	if r := b.run("login", "xai", "--no-browser"); r.code != 0 || !strings.Contains(r.out, "Signed in: me@x.example (xAI, ") {
		t.Fatal(r)
	}
	if d := p.paused(4); d < 5*time.Second {
		t.Errorf("polled again after %v", d)
	}
	first := b.must("token")
	b.fails(0, []string{"network      xAI (", "network      xAI's models ("}, "doctor")
	b.fails(1, []string{"plan", "signing in again cannot help"}, "refresh")
	before := p.asked()
	b.fails(1, []string{"the plan does not include the API", "signing in again cannot help"}, "token")
	if a := b.only(); a["state"] != "not_included" || a["needs_sign_in"] != false || p.asked() != before {
		t.Errorf("the account is %v, %d requests", a, p.asked()-before)
	}
	b.must("refresh")
	if a := b.only(); a["state"] != "ok" || b.must("token") == first {
		t.Errorf("after the plan changed: %v", a)
	}
	b.fails(3, []string{"login --account"}, "refresh", "--force")
	b.ended(p, "xai_refresh_failed")
}

// Codex has a device login of its own; who it is for stands in the token, and
// goes into what programs are told. A 429 is never a reason to sign in.
func TestPortal_Codex(t *testing.T) {
	t.Parallel()
	b, p := staged(t, "codex", "codex")
	r := b.run("login", "codex", "--no-browser")
	for _, says := range []string{
		p.URL + "/codex/device", "2. Enter the code: ABCD-12345", "ends the older sign-in", "Signed in: me@openai.example", "(acc-1)",
	} {
		if r.code != 0 || !strings.Contains(r.out, says) {
			t.Fatalf("lacks %q: %s", says, r)
		}
	}
	b.fails(0, []string{"belongs to me@openai.example (acc-1)"}, "status", "codex")
	if d := p.paused(4); d < 5*time.Second {
		t.Errorf("polled again after %v", d)
	}
	var token map[string]any
	b.decode(b.must("token", "--json"), &token)
	headers, _ := token["headers"].(map[string]any)
	if headers["Chatgpt-Account-Id"] != "acc-1" || headers["Originator"] != "hermes-tui" || token["api"] != "codex_responses" {
		t.Errorf("the token is %v", token)
	}
	b.only()
	b.fails(0, []string{`args = ["--home", "`, `"token", "` + b.id + `"]`, `Chatgpt-Account-Id = "acc-1"`}, "connect", "codex", "--model", "gpt-5")
	b.fails(5, []string{"Rate limit reached"}, "refresh")
	if a := b.only(); a["state"] != "ok" || a["last_error"].(map[string]any)["code"] != "codex_rate_limited" {
		t.Errorf("after a 429: %v", a)
	}
	b.must("refresh", "--force")
	b.fails(3, []string{"has already been used"}, "refresh", "--force")
	b.ended(p, "refresh_token_reused")
}

// Every setting of a provider of the configuration is on the wire.
func TestPortal_ExplicitEndpoints(t *testing.T) {
	t.Parallel()
	b, p := newBench(t, quiet), newPlay(t, "explicit")
	b.configure(fmt.Sprintf(`[providers.hub]
name = "The Hub"
aliases = ["h"]
note = "It is slow on Mondays."
device_url = "%[1]s/hub/device"
token_url = "%[1]s/hub/token"
client_id = "client-1"
scopes = ["models", "offline_access"]
audience = "https://api.hub.example.com"
pkce = true
fields = { resource = "r-1" }
headers = { X-Org = "o-1" }
skew = "3m"
terminal_codes = ["token_revoked"]
base_url = "%[1]s/models/"
api = "anthropic_messages"
`, p.URL))
	r := b.run("login", "h", "--no-browser", "--label", "work")
	for _, says := range []string{"It is slow on Mondays.", "The Hub asked to slow down; next check in 7s", "Signed in: work (The Hub, "} {
		if r.code != 0 || !strings.Contains(r.out, says) {
			t.Fatalf("lacks %q: %s", says, r)
		}
	}
	if quick, slow := p.paused(3), p.paused(4); quick < 2*time.Second || slow < 7*time.Second {
		t.Errorf("polled again after %v, %v", quick, slow)
	}
	if out := b.must("token", "--json"); !strings.Contains(out, `"base_url":"`+p.URL+`/models","api":"anthropic_messages"`) {
		t.Errorf("the token is for another address: %s", out)
	}
	pool, err := os.ReadFile(filepath.Join(b.state(), "pool.json"))
	if err != nil || !strings.Contains(string(pool), fmt.Sprintf(`"skew":%d`, 3*time.Minute)) {
		t.Errorf("the skew is another one (%v): %s", err, pool)
	}
	// invalid_grant is not one of its terminal codes.
	b.fails(1, []string{"the directory is being synchronised"}, "refresh")
	if b.must("token") != "FAKE-hub-at-1\n" || b.only()["state"] != "ok" {
		t.Error("a failure that is not final ended something")
	}
	b.fails(3, []string{"signed out by an administrator"}, "refresh", "--force")
	b.ended(p, "token_revoked")
}

// An issuer with a path is asked where OpenID says, then where RFC 8414 says. A
// token without an end is served until it is refused.
func TestPortal_Metadata(t *testing.T) {
	t.Parallel()
	b, p := newBench(t, quiet), newPlay(t, "metadata")
	b.configure(fmt.Sprintf("[providers.acme]\nissuer = \"%[1]s/tenant\"\nclient_id = \"client-2\"\nbase_url = \"%[1]s/v1\"\n", p.URL))
	if r := b.run("login", "acme", "--no-browser"); r.code != 0 || !strings.Contains(r.out, "2. Enter the code: BCDF-GHJK") {
		t.Fatal(r)
	}
	if a := b.only(); a["state"] != "ok" || a["expires_at"] != nil || a["label"] != "acme" {
		t.Errorf("the account is %v", a)
	}
	if out := b.must("token"); out != "FAKE-endless\n" {
		t.Errorf("the token is %q", out)
	}
}
