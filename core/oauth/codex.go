package oauth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// What OpenAI does its own way for Codex, as its CLI and hermes-agent send and
// read it: the device login is a protocol of its own in JSON, whose outcome is
// an authorization code with the verifier for it; the code lives a quarter of an
// hour, whatever else is said. Refreshing is RFC 6749's, with its own table of
// what is final.
const (
	codexUserCode = "/api/accounts/deviceauth/usercode"
	codexPoll     = "/api/accounts/deviceauth/token"
	codexPage     = "/codex/device"
	codexCallback = "/deviceauth/callback"

	codexCodeLife = 15 * time.Minute
	codexInterval = 3 * time.Second // the least
	codexTries    = 4               // for a code, while it answers 429

	codeCodexLimited = "codex_rate_limited"
	codeCodexRefresh = "codex_refresh_failed"
)

// Codex is the [Flow] of OpenAI Codex.
type Codex struct{ *Device }

// NewCodex returns the flow.
func NewCodex(client *Client, rules DeviceRules) *Codex {
	d := NewDevice(client, rules)
	d.quirks = quirks{
		refused: codexRefused,
		failed:  codeCodexRefresh, unreadable: "codex_refresh_invalid_json", missing: "codex_refresh_missing_access_token",
	}
	return &Codex{d}
}

// codexRefused has the table of auth_codex.py: any 401 or 403 is final, and a
// 429 never is. A web page is not OpenAI's own word.
func codexRefused(a *Answer, r *reply, _ speaker) {
	switch {
	case r.status == http.StatusTooManyRequests:
		a.Err.Code = codeCodexLimited
	case parseProblem(r).page:
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden:
		a.dead()
	}
}

// RequestCode implements [Flow]. Asking spends nothing, so that a 429 is waited
// out a few times. Errors have the code codex_rate_limited,
// device_code_request_failed, device_code_incomplete, unreachable or canceled.
func (c *Codex) RequestCode(ctx context.Context, t Target) (*DeviceCode, error) {
	speak := speaker{t.Provider, t.ProviderName, secret.NewScrubber()}
	r := c.askCode(ctx, t)
	switch {
	case r.delivery != answered:
		return nil, speak.fail(r, autherr.CodeUnreachable)
	case r.status == http.StatusTooManyRequests:
		return nil, speak.fail(r, codeCodexLimited)
	case !r.ok():
		e := speak.fail(r, "device_code_request_failed")
		if r.status == http.StatusNotFound {
			e.Hint = "allow device codes in ChatGPT's security settings, then try again"
		}
		return nil, e
	}
	o, err := parseObject(r.body)
	userCode, ok := readUserCode(firstText(o.text("user_code"), o.text("usercode")))
	if err != nil || !ok || userCode == "" || o.text("device_auth_id") == "" {
		return nil, speak.final("device_code_incomplete", t.ProviderName+"'s answer has no code", "try again")
	}
	page := newPage(t, codexBase(t)+codexPage, userCode)
	return &DeviceCode{
		Target: t, UserCode: userCode, VerificationURI: page.uri, PageTrusted: page.trusted,
		ExpiresAt: r.exchange.Sent.Add(codexCodeLife).UTC(), Interval: max(seconds(o, t), codexInterval),
		deviceCode: secret.New(o.text("device_auth_id")),
	}, nil
}

// askCode asks for a code, up to four times while the answer is 429.
func (c *Codex) askCode(ctx context.Context, t Target) *reply {
	for try := 1; ; try++ {
		r := c.client.post(ctx, request{url: t.DeviceURL, hosts: t.TokenHosts, json: map[string]string{"client_id": t.ClientID}})
		if r.delivery != answered || r.status != http.StatusTooManyRequests || try == codexTries {
			return r
		}
		wait := r.retryAfter()
		if wait == 0 {
			wait = time.Second << try
		}
		if clock.Sleep(ctx, c.client.clock, min(max(wait, time.Second), time.Minute)) != nil {
			return r
		}
	}
}

// codexBase is the server of a target.
func codexBase(t Target) string { return strings.TrimSuffix(t.DeviceURL, codexUserCode) }
