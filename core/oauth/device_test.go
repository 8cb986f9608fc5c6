package oauth_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

func client() *oauth.Client {
	return oauth.NewClient(oauth.Config{Transport: &http.Transport{}, Clock: clock.NewFake(now), Rand: rand.NewChaCha8([32]byte{1})})
}

// acme is a provider that speaks RFC 8628, with the portal in its place.
func (p *portal) acme() oauth.Target {
	u, _ := url.Parse(p.URL)
	return oauth.Target{
		Binding: oauth.Binding{
			Provider: "acme", Region: "global", ClientID: "client-1", Scope: "models offline_access",
			TokenURL: p.URL + "/token", TokenHosts: []string{u.Host}, APIHosts: []string{u.Host}, BaseURL: p.URL + "/v1",
		},
		ProviderName: "Acme", DeviceURL: p.URL + "/device", PageHosts: []string{u.Host},
	}
}

func device(rules oauth.DeviceRules) *oauth.Device {
	rules.Name = "Acme"
	if rules.Terminal == nil {
		rules.Terminal = []string{"invalid_grant"}
	}
	return oauth.NewDevice(client(), rules)
}

// rfcCode is the example of RFC 8628 section 3.2.
const rfcCode = `{"device_code":"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS","user_code":"WDJB-MJHT",
	"verification_uri":"$URL/device","verification_uri_complete":"$URL/device?user_code=WDJB-MJHT","expires_in":1800,"interval":5}`

// grants answers code requests with code and everything else with answers, the
// last one for ever.
func grants(t *testing.T, code string, answers ...http.HandlerFunc) *portal {
	t.Helper()
	var p *portal
	served := 0
	p = newPortal(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/device" {
			says(200, strings.ReplaceAll(code, "$URL", p.URL))(w, r)
			return
		}
		answer := answers[min(served, len(answers)-1)]
		served++
		answer(w, r)
	})
	return p
}

func TestDevice_RequestsAreTheRFCs(t *testing.T) {
	p := grants(t, rfcCode, says(400, `{"error":"authorization_pending"}`))
	flow := device(oauth.DeviceRules{PKCE: true, Audience: "https://api", Fields: map[string]string{"resource": "r"}, Headers: map[string]string{"X-Org": "o"}})
	code, err := flow.RequestCode(t.Context(), p.acme())
	if err != nil {
		t.Fatal(err)
	}
	if code.UserCode != "WDJB-MJHT" || code.VerificationURI != p.URL+"/device?user_code=WDJB-MJHT" || !code.Complete || !code.PageTrusted ||
		code.Interval != 5*time.Second || !code.ExpiresAt.Equal(now.Add(30*time.Minute)) {
		t.Errorf("the code is %+v", code)
	}
	if a := flow.Poll(t.Context(), code); a.Outcome != oauth.Pending {
		t.Errorf("the poll is %+v", a)
	}
	flow.Refresh(t.Context(), code.Target.Binding, secret.New(refreshToken))

	for i, want := range []string{
		"client_id scope audience resource code_challenge code_challenge_method",
		"grant_type client_id device_code code_verifier audience resource",
		"grant_type client_id refresh_token audience resource",
	} {
		sent := p.seen()[i]
		if sent.header.Get("X-Org") != "o" || sent.header.Get("Accept") != "application/json" {
			t.Errorf("request %d has the headers %v", i, sent.header)
		}
		for name := range strings.SplitSeq(want, " ") {
			if sent.form.Get(name) == "" {
				t.Errorf("request %d lacks %s: %v", i, name, sent.form)
			}
		}
		if n := len(strings.Fields(want)); len(sent.form) != n {
			t.Errorf("request %d has %d fields, want %d: %v", i, len(sent.form), n, sent.form)
		}
	}
	if form := p.seen()[1].form; form.Get("grant_type") != "urn:ietf:params:oauth:grant-type:device_code" {
		t.Errorf("the poll is %v", form)
	}
}

func TestDevice_PlainRequest(t *testing.T) {
	p := grants(t, rfcCode, says(400, `{"error":"authorization_pending"}`))
	if _, err := device(oauth.DeviceRules{}).RequestCode(t.Context(), p.acme()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(url.Values{"client_id": {"client-1"}, "scope": {"models offline_access"}}, p.seen()[0].form); diff != "" {
		t.Error(diff)
	}
}

func TestDevice_Code(t *testing.T) {
	for name, tc := range map[string]struct {
		code     string
		want     string // error code; empty: a code
		interval time.Duration
		complete bool
	}{
		"no interval":       {`{"device_code":"d","user_code":"U","verification_uri":"$URL/x","expires_in":600}`, "", 5 * time.Second, false},
		"interval 0":        {`{"device_code":"d","user_code":"U","verification_uri":"$URL/x","expires_in":600,"interval":0}`, "", 5 * time.Second, false},
		"interval negative": {`{"device_code":"d","user_code":"U","verification_uri":"$URL/x","expires_in":600,"interval":-3}`, "", 5 * time.Second, false},
		"interval huge":     {`{"device_code":"d","user_code":"U","verification_uri":"$URL/x","expires_in":600,"interval":1e99}`, "", time.Minute, false},
		"interval text":     {`{"device_code":"d","user_code":"U","verification_uri":"$URL/x","expires_in":"600","interval":"7"}`, "", 7 * time.Second, false},
		"Google's name":     {`{"device_code":"d","user_code":"U","verification_url":"$URL/x","expires_in":600,"interval":5}`, "", 5 * time.Second, false},
		"a foreign whole page": {
			`{"device_code":"d","user_code":"U","verification_uri":"$URL/x","verification_uri_complete":"https://evil.example/U","expires_in":600}`, "", 5 * time.Second, false,
		},
		"a code of another shape": {
			`{"device_code":"d","user_code":"U","verification_uri":"$URL/x","verification_uri_complete":"$URL/x/U","expires_in":600}`, "", 5 * time.Second, true,
		},
		"no device code":     {`{"user_code":"U","verification_uri":"$URL/x","expires_in":600}`, "authorization_incomplete", 0, false},
		"no user code":       {`{"device_code":"d","verification_uri":"$URL/x","expires_in":600}`, "authorization_incomplete", 0, false},
		"no page":            {`{"device_code":"d","user_code":"U","expires_in":600}`, "authorization_incomplete", 0, false},
		"no life":            {`{"device_code":"d","user_code":"U","verification_uri":"$URL/x"}`, "authorization_incomplete", 0, false},
		"a life in the past": {`{"device_code":"d","user_code":"U","verification_uri":"$URL/x","expires_in":-1}`, "authorization_incomplete", 0, false},
		"a web page":         {`<html>`, "authorization_incomplete", 0, false},
		"nothing":            {``, "authorization_incomplete", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := grants(t, tc.code)
			code, err := device(oauth.DeviceRules{}).RequestCode(t.Context(), p.acme())
			if codeOf(err) != tc.want || (err == nil) != (tc.want == "") {
				t.Fatalf("got %v", err)
			}
			if err == nil && (code.Interval != tc.interval || code.Complete != tc.complete || !code.PageTrusted) {
				t.Errorf("got %+v", code)
			}
		})
	}
}

func TestDevice_CodeRefused(t *testing.T) {
	for _, tc := range []struct {
		status     int
		body, code string
		kind       autherr.Kind
	}{
		{400, `{"error":"invalid_client","error_description":"no such client"}`, "invalid_client", autherr.Failed},
		{401, `{"error":"unauthorized_client"}`, "unauthorized_client", autherr.Failed},
		{429, `{}`, "authorization_failed", autherr.Network},
		{503, `<html>`, "authorization_failed", autherr.Network},
	} {
		p := newPortal(t, says(tc.status, tc.body))
		_, err := device(oauth.DeviceRules{}).RequestCode(t.Context(), p.acme())
		if codeOf(err) != tc.code || autherr.KindOf(err) != tc.kind {
			t.Errorf("%d %s gave %v (%s)", tc.status, tc.body, err, codeOf(err))
		}
	}
}

func TestDevice_Poll(t *testing.T) {
	const pair = `"access_token":"FAKE-at","refresh_token":"FAKE-rt"`
	for name, tc := range map[string]struct {
		answer  http.HandlerFunc
		outcome oauth.Outcome
		code    string
		slow    bool
	}{
		"pending":            {says(400, `{"error":"authorization_pending"}`), oauth.Pending, "", false},
		"pending with 200":   {says(200, `{"error":"authorization_pending"}`), oauth.Pending, "", false},
		"slow down":          {says(400, `{"error":"slow_down"}`), oauth.Pending, "", true},
		"slow down with 429": {says(429, `{"error":"slow_down"}`), oauth.Pending, "", true},
		"granted":            {says(200, `{`+pair+`,"token_type":"Bearer","expires_in":900}`), oauth.Granted, "", false},
		"denied":             {says(400, `{"error":"access_denied"}`), oauth.Terminal, "authorization_denied", false},
		"denied with 403":    {says(403, `{"error":"access_denied"}`), oauth.Terminal, "authorization_denied", false},
		"declined":           {says(400, `{"error":"authorization_declined"}`), oauth.Terminal, "authorization_denied", false},
		"expired":            {says(400, `{"error":"expired_token"}`), oauth.Terminal, "timeout", false},
		"unknown code":       {says(400, `{"error":"invalid_grant"}`), oauth.Terminal, "token_exchange_failed", false},
		"nothing":            {says(200, `{}`), oauth.Terminal, "token_incomplete", false},
		"429":                {says(429, `{"error":"rate_limited"}`), oauth.NotSpent, "", false},
		"502":                {says(502, `<html>`), oauth.Unknown, "", false},
		"WAF":                {says(403, `<html>`, "X-Vercel-Mitigated", "challenge"), oauth.NotSpent, "", false},
		"reset":              {resets, oauth.Unknown, "", false},
		"cut":                {cuts("200 OK", `{"access_`), oauth.Unknown, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			p := grants(t, rfcCode, tc.answer)
			flow := device(oauth.DeviceRules{})
			code, err := flow.RequestCode(t.Context(), p.acme())
			if err != nil {
				t.Fatal(err)
			}
			a := flow.Poll(t.Context(), code)
			if a.Outcome != tc.outcome || a.SlowDown != tc.slow || tc.code != "" && codeOf(a.Err) != tc.code {
				t.Errorf("got %+v", a)
			}
		})
	}
}

// The pace of RFC 8628: the interval, five seconds more after each slow_down.
func TestDevice_Pace(t *testing.T) {
	pace := oauth.NewPace(&oauth.DeviceCode{Interval: 5 * time.Second}, func() float64 { return 0.5 })
	for i, want := range []time.Duration{5, 10, 10, 15} {
		a := oauth.Answer{Outcome: oauth.Pending, SlowDown: i%2 == 1}
		if got, _ := pace.Next(a); got != want*time.Second {
			t.Errorf("wait %d is %v, want %d s", i, got, want)
		}
	}
}

func TestDevice_Refresh(t *testing.T) {
	for name, tc := range map[string]struct {
		answer  http.HandlerFunc
		outcome oauth.Outcome
		code    string
	}{
		"rotated":             {says(200, `{"access_token":"a","refresh_token":"b","expires_in":900}`), oauth.Granted, ""},
		"old one kept":        {says(200, `{"access_token":"a","expires_in":900}`), oauth.Granted, ""},
		"dead":                {says(400, `{"error":"invalid_grant"}`), oauth.Terminal, "invalid_grant"},
		"a code not terminal": {says(400, `{"error":"invalid_client"}`), oauth.NotSpent, "invalid_client"},
		"the word in a 5xx":   {says(500, `{"error":"invalid_grant"}`), oauth.Unknown, "refresh_failed"},
		"429":                 {says(429, `{"error":"invalid_grant"}`), oauth.NotSpent, "refresh_failed"},
		"a page":              {says(200, `<html>`), oauth.Unknown, "refresh_failed"},
		"no token":            {says(200, `{"refresh_token":"FAKE-secret-new"}`), oauth.Doubtful, "refresh_failed"},
		"reset":               {resets, oauth.Unknown, "unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, tc.answer)
			a := device(oauth.DeviceRules{}).Refresh(t.Context(), p.acme().Binding, secret.New(refreshToken))
			if a.Outcome != tc.outcome || tc.code != "" && codeOf(a.Err) != tc.code {
				t.Errorf("got %+v", a)
			}
			if a.Err != nil && (strings.Contains(a.Err.Error(), refreshToken) || strings.Contains(a.Err.Error(), "FAKE-secret")) {
				t.Errorf("a token is in %q", a.Err)
			}
		})
	}
}

// A token says itself when it ends where the answer does not, and else its end
// is not known: it is good until it is refused.
func TestDevice_Expiry(t *testing.T) {
	for name, tc := range map[string]struct {
		body string
		want time.Time
		odd  bool
	}{
		"a life":        {`{"access_token":"a","expires_in":900}`, now.Add(15 * time.Minute), false},
		"a JWT":         {`{"access_token":"` + jwt(`{"exp":1779272400}`) + `"}`, time.Unix(1779272400, 0), false},
		"a silent JWT":  {`{"access_token":"` + jwt(`{}`) + `"}`, time.Time{}, false},
		"no word":       {`{"access_token":"a"}`, time.Time{}, false},
		"a wrong value": {`{"access_token":"a","expires_in":-5}`, time.Time{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, says(200, tc.body))
			a := device(oauth.DeviceRules{}).Refresh(t.Context(), p.acme().Binding, secret.New(refreshToken))
			if a.Tokens == nil || !a.Tokens.ExpiresAt.Equal(tc.want) || (a.Tokens.ExpiryErr != nil) != tc.odd {
				t.Errorf("got %+v", a.Tokens)
			}
		})
	}
}
