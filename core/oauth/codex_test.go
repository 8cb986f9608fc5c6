package oauth_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

const (
	codexCode     = `{"device_auth_id":"FAKE-device-auth","user_code":"WXYZ-12345","interval":"5"}`
	codexApproval = `{"authorization_code":"FAKE-code","code_verifier":"FAKE-verifier"}`
)

// codexPortal answers code requests, polls and token requests.
func codexPortal(t *testing.T, code, poll, token http.HandlerFunc) *portal {
	t.Helper()
	return newPortal(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/accounts/deviceauth/usercode":
			code(w, r)
		case "/api/accounts/deviceauth/token":
			poll(w, r)
		case "/oauth/token":
			token(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// inTurn answers with one after the other, the last one for ever.
func inTurn(answers ...http.HandlerFunc) http.HandlerFunc {
	served := 0
	return func(w http.ResponseWriter, r *http.Request) {
		answer := answers[min(served, len(answers)-1)]
		served++
		answer(w, r)
	}
}

// fields reads a JSON request.
func fields(t *testing.T, r *http.Request) (m map[string]string) {
	t.Helper()
	data, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(data, &m); err != nil || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("not JSON: %s %v", data, err)
	}
	return m
}

func TestCodex_SignIn(t *testing.T) {
	access := jwt(`{"exp":1779274800,"sub":"user-1","https://api.openai.com/auth":{"chatgpt_account_id":"acc-1"}}`)
	identity := jwt(`{"email":"a@x.example"}`)
	p := codexPortal(t,
		func(w http.ResponseWriter, r *http.Request) {
			if diff := cmp.Diff(map[string]string{"client_id": "app_EMoamEEZ73f0CkXaXp7hrann"}, fields(t, r)); diff != "" {
				t.Error(diff)
			}
			says(200, codexCode)(w, r)
		},
		inTurn(says(403, `{}`), says(404, ``), func(w http.ResponseWriter, r *http.Request) {
			if diff := cmp.Diff(map[string]string{"device_auth_id": "FAKE-device-auth", "user_code": "WXYZ-12345"}, fields(t, r)); diff != "" {
				t.Error(diff)
			}
			says(200, codexApproval)(w, r)
		}),
		says(200, `{"access_token":"`+access+`","refresh_token":"FAKE-rt","id_token":"`+identity+`"}`))
	flow, target := p.builtIn(t, "codex")
	code, err := flow.RequestCode(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if code.UserCode != "WXYZ-12345" || code.VerificationURI != p.URL+"/codex/device" || code.Complete || !code.PageTrusted ||
		code.Interval != 5*time.Second || !code.ExpiresAt.Equal(now.Add(15*time.Minute)) {
		t.Errorf("the code is %+v", code)
	}
	for range 2 {
		if a := flow.Poll(t.Context(), code); a.Outcome != oauth.Pending || a.Err != nil {
			t.Fatalf("got %+v", a)
		}
	}
	a := flow.Poll(t.Context(), code)
	want := oauth.Identity{Label: "a@x.example", Subject: "user-1", Account: "acc-1"}
	if a.Outcome != oauth.Granted || a.Tokens.Identity != want || a.Tokens.ExpiresAt.Unix() != 1779274800 {
		t.Fatalf("got %+v", a)
	}
	form := p.seen()[len(p.seen())-1].form
	if diff := cmp.Diff(map[string][]string{
		"grant_type": {"authorization_code"}, "code": {"FAKE-code"}, "code_verifier": {"FAKE-verifier"},
		"redirect_uri": {p.URL + "/deviceauth/callback"}, "client_id": {"app_EMoamEEZ73f0CkXaXp7hrann"},
	}, map[string][]string(form)); diff != "" {
		t.Error(diff)
	}
}

func TestCodex_TheRealAddresses(t *testing.T) {
	p, r, err := provider.Default().Find("openai-codex")
	if err != nil {
		t.Fatal(err)
	}
	target := provider.Target(p, r)
	if target.DeviceURL != "https://auth.openai.com/api/accounts/deviceauth/usercode" || target.TokenURL != "https://auth.openai.com/oauth/token" ||
		target.BaseURL != "https://chatgpt.com/backend-api/codex" || target.API != "codex_responses" {
		t.Errorf("got %+v", target)
	}
}

// An approval outlives a bad moment of the network: it is redeemed at the next
// poll, and asked for once.
func TestCodex_ApprovalIsKept(t *testing.T) {
	approvals := 0
	p := codexPortal(t, says(200, codexCode),
		func(w http.ResponseWriter, r *http.Request) { approvals++; says(200, codexApproval)(w, r) },
		inTurn(says(503, `<html>`), resets, says(200, `{"access_token":"FAKE-at","refresh_token":"FAKE-rt","expires_in":900}`)))
	flow, target := p.builtIn(t, "codex")
	code, err := flow.RequestCode(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if a := flow.Poll(t.Context(), code); a.Outcome == oauth.Terminal || a.Outcome == oauth.Granted {
			t.Fatalf("got %+v", a)
		}
	}
	if a := flow.Poll(t.Context(), code); a.Outcome != oauth.Granted || approvals != 1 {
		t.Errorf("got %+v after %d approvals", a, approvals)
	}
}

func TestCodex_Refused(t *testing.T) {
	fine := says(200, codexApproval)
	for name, tc := range map[string]struct {
		poll, token http.HandlerFunc
		outcome     oauth.Outcome
		code        string
	}{
		"429":             {says(429, `{}`), fine, oauth.NotSpent, ""},
		"502":             {says(502, `<html>`), fine, oauth.Unknown, ""},
		"400":             {says(400, `{"error":"bad"}`), fine, oauth.Terminal, "device_code_poll_error"},
		"half":            {says(200, `{"authorization_code":"x"}`), fine, oauth.Terminal, "device_code_incomplete_exchange"},
		"code refused":    {fine, says(400, `{"error":"invalid_grant"}`), oauth.Terminal, "token_exchange_failed"},
		"no access token": {fine, says(200, `{"id_token":"x"}`), oauth.Terminal, "token_exchange_no_access_token"},
	} {
		t.Run(name, func(t *testing.T) {
			p := codexPortal(t, says(200, codexCode), tc.poll, tc.token)
			flow, target := p.builtIn(t, "codex")
			code, err := flow.RequestCode(t.Context(), target)
			if err != nil {
				t.Fatal(err)
			}
			a := flow.Poll(t.Context(), code)
			if a.Outcome != tc.outcome || tc.code != "" && codeOf(a.Err) != tc.code {
				t.Errorf("got %+v", a)
			}
			if a.Err != nil && strings.Contains(a.Err.Error(), "FAKE-") {
				t.Errorf("a secret is in %q", a.Err)
			}
		})
	}
}

// skipping is a clock whose waits pass at once.
type skipping struct {
	*clock.Fake
	waits []time.Duration
}

func (c *skipping) After(d time.Duration) <-chan time.Time {
	c.waits = append(c.waits, d)
	c.Advance(d)
	ch := make(chan time.Time, 1)
	ch <- c.Now()
	return ch
}

func TestCodex_CodeIsAskedForAgainAfter429(t *testing.T) {
	for name, tc := range map[string]struct {
		code  http.HandlerFunc
		want  string
		waits []time.Duration
	}{
		"twice":        {inTurn(says(429, ``), says(429, ``, "Retry-After", "7"), says(200, codexCode)), "", []time.Duration{2 * time.Second, 7 * time.Second}},
		"for ever":     {says(429, ``), "codex_rate_limited", []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}},
		"bounded":      {inTurn(says(429, ``, "Retry-After", "3600"), says(200, codexCode)), "", []time.Duration{time.Minute}},
		"switched off": {says(404, `{}`), "device_code_request_failed", nil},
		"incomplete":   {says(200, `{"user_code":"U"}`), "device_code_incomplete", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := codexPortal(t, tc.code, nil, nil)
			_, target := p.builtIn(t, "codex")
			waits := &skipping{Fake: clock.NewFake(now)}
			flow := oauth.NewCodex(oauth.NewClient(oauth.Config{Transport: &http.Transport{}, Clock: waits}), oauth.DeviceRules{Name: "OpenAI Codex"})
			_, err := flow.RequestCode(t.Context(), target)
			if codeOf(err) != tc.want {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff(tc.waits, waits.waits); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCodex_RefreshTable(t *testing.T) {
	for name, tc := range map[string]struct {
		answer  http.HandlerFunc
		outcome oauth.Outcome
		code    string
	}{
		"429":                  {says(429, `{"error":{"code":"refresh_token_reused"}}`, "Retry-After", "30"), oauth.NotSpent, "codex_rate_limited"},
		"invalid_grant":        {says(400, `{"error":"invalid_grant"}`), oauth.Terminal, "invalid_grant"},
		"expired":              {says(400, `{"error":{"code":"refresh_token_expired"}}`), oauth.Terminal, "refresh_token_expired"},
		"invalidated":          {says(400, `{"error":{"code":"refresh_token_invalidated"}}`), oauth.Terminal, "refresh_token_invalidated"},
		"nested":               {says(400, `{"error":{"message":"used","type":"x","code":"refresh_token_reused"}}`), oauth.Terminal, "refresh_token_reused"},
		"invalid_request":      {says(400, `{"error":"invalid_request"}`), oauth.Terminal, "invalid_request"},
		"401 without a code":   {says(401, ``), oauth.Terminal, "codex_refresh_failed"},
		"403 with another":     {says(403, `{"error":{"code":"account_deactivated"}}`), oauth.Terminal, "account_deactivated"},
		"403 of a firewall":    {says(403, `<html>`, "cf-mitigated", "challenge"), oauth.NotSpent, "codex_refresh_failed"},
		"400 with another":     {says(400, `{"error":"unsupported"}`), oauth.NotSpent, "unsupported"},
		"500":                  {says(500, `{"error":"invalid_grant"}`), oauth.Unknown, "codex_refresh_failed"},
		"200, not JSON":        {says(200, `nope`), oauth.Unknown, "codex_refresh_invalid_json"},
		"200, without a token": {says(200, `{}`), oauth.Doubtful, "codex_refresh_missing_access_token"},
		"200, endless":         {says(200, `{"x":"`+strings.Repeat("a", 2<<20)+`"}`), oauth.Unknown, "codex_refresh_invalid_json"},
	} {
		t.Run(name, func(t *testing.T) {
			p := codexPortal(t, nil, nil, tc.answer)
			flow, target := p.builtIn(t, "codex")
			a := flow.Refresh(t.Context(), target.Binding, secret.New(refreshToken))
			if a.Outcome != tc.outcome || codeOf(a.Err) != tc.code || a.Err.Relogin != (tc.outcome == oauth.Terminal) {
				t.Errorf("got %+v (%v)", a, a.Err)
			}
		})
	}
}
