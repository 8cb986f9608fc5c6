package refusal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/refusal"
)

var noon = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

// rules are those of a built-in provider.
func rules(t testing.TB, name string) []pool.Rule {
	t.Helper()
	p, _, err := provider.Default().Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return p.Refusals
}

// fields are an answer's header, written as name and value in turn.
func fields(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// What each provider is known to say, and what it means for the account.
func TestRead_Providers(t *testing.T) {
	const anthropic = `{"type":"error","error":{"type":"`
	for name, tc := range map[string]struct {
		provider string
		status   int
		body     string
		means    pool.Meaning
		code     string
		wait     time.Duration
	}{
		"MiniMax, end of the 5-hour window": {"minimax", 429, anthropic + `rate_limit_error","message":"usage limit exceeded, 5-hour usage limit reached for Token Plan Starter (1500/1500 used), resets at 2026-05-20T13:00:00Z (2056)"}}`, pool.Quota, "2056", 3 * time.Hour},
		"MiniMax China, its own offset":     {"minimax/cn", 429, anthropic + `rate_limit_error","message":"usage limit exceeded, 5-hour usage limit reached for Token Plan Starter (1500/1500 used), resets at 2026-05-20T21:00:00+08:00 (2056)"}}`, pool.Quota, "2056", 3 * time.Hour},
		"MiniMax, no offset's colon":        {"minimax", 429, anthropic + `rate_limit_error","message":"usage limit exceeded, resets at 2026-05-20 21:00:00 +0800 (2056)"}}`, pool.Quota, "2056", 3 * time.Hour},
		"MiniMax, no time":                  {"minimax", 429, anthropic + `rate_limit_error","message":"usage limit exceeded (2056)"}}`, pool.Quota, "2056", 0},
		"MiniMax, the window is over":       {"minimax", 429, anthropic + `rate_limit_error","message":"usage limit exceeded (0/0 used), resets at 2026-05-20T09:00:00Z (2056)"}}`, pool.Quota, "2056", 0},
		"MiniMax, limit without a code":     {"minimax", 429, anthropic + `rate_limit_error","message":"weekly usage limit reached"}}`, pool.Quota, "rate_limit_error", 0},
		"MiniMax, no money, 500":            {"minimax", 500, anthropic + `api_error","message":"insufficient balance (1008)"},"request_id":"x"}`, pool.Billing, "1008", 0},
		"MiniMax, no money, 429":            {"minimax", 429, `{"error":{"http_code":"429","message":"insufficient balance (1008)","type":"insufficient_balance_error"}}`, pool.Billing, "1008", 0},
		"MiniMax, no money, no code":        {"minimax", 500, anthropic + `api_error","message":"insufficient balance"}}`, pool.Billing, "api_error", 0},
		"MiniMax, no money, in a 200":       {"minimax", 200, `{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}`, pool.Billing, "1008", 0},
		"MiniMax, rate":                     {"minimax", 429, anthropic + `rate_limit_error","message":"rate limit exceeded(RPM) (1002)"}}`, pool.Rate, "1002", 0},
		"MiniMax, rate, as 500":             {"minimax", 500, anthropic + `api_error","message":"rate limit (1002)"}}`, pool.Rate, "1002", 0},
		"MiniMax, rate, in a 200":           {"minimax", 200, `{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}`, pool.Rate, "1002", 0},
		"MiniMax, tokens a minute":          {"minimax", 429, anthropic + `rate_limit_error","message":"token limit (1039)"}}`, pool.Rate, "1039", 0},
		"MiniMax, connections":              {"minimax", 429, `{"base_resp":{"status_code":"1041","status_msg":"conn limit"}}`, pool.Rate, "1041", 0},
		"MiniMax, growth":                   {"minimax", 500, anthropic + `api_error","message":"rate growth limit (2045)"}}`, pool.Rate, "2045", 0},
		"MiniMax, not authorized":           {"minimax", 401, anthropic + `authentication_error","message":"login fail: Please carry the API secret key (1004)"}}`, pool.Token, "1004", 0},
		"MiniMax, not authorized, 500":      {"minimax", 500, `{"base_resp":{"status_code":1004,"status_msg":"login fail"}}`, pool.Token, "1004", 0},
		"MiniMax, invalid key":              {"minimax", 401, anthropic + `authentication_error","message":"invalid api key (2049)"}}`, pool.Token, "2049", 0},
		"MiniMax, not this model":           {"minimax", 500, anthropic + `api_error","message":"your current token plan not support model, MiniMax-M3 (2061)"}}`, pool.Model, "2061", 0},
		"MiniMax, high load":                {"minimax", 529, anthropic + `overloaded_error","message":"The server cluster is currently under high load. Please retry after a short wait. (2064)"}}`, pool.Busy, "2064", 0},
		"MiniMax, high traffic, 500":        {"minimax", 500, anthropic + `api_error","message":"High traffic detected. For a more stable experience, upgrade to our Plus plan"}}`, pool.Busy, "api_error", 0},
		"MiniMax, parameters":               {"minimax", 400, anthropic + `invalid_request_error","message":"invalid params (2013)"}}`, pool.Nobody, "2013", 0},
		"MiniMax, sensitive, 403":           {"minimax", 403, anthropic + `permission_error","message":"input new_sensitive (1026)"}}`, pool.Nobody, "1026", 0},
		"MiniMax, internal":                 {"minimax", 500, anthropic + `api_error","message":"unknown error (1000)"}}`, pool.Nobody, "api_error", 0},
		"another provider's 2056":           {"nous", 429, `{"error":{"message":"too many (2056)"}}`, pool.Rate, "2056", 0},

		"xAI, expired token":         {"xai", 403, `{"code":"unauthenticated:bad-credentials","error":"The OAuth2 access token could not be validated."}`, pool.Token, "unauthenticated:bad-credentials", 0},
		"xAI, expired, in the error": {"xai", 403, `{"error":"unauthenticated:bad-credentials"}`, pool.Token, "unauthenticated:bad-credentials", 0},
		"xAI, free use":              {"xai", 429, `{"code":"subscription:free-usage-exhausted","error":"You have used all free usage."}`, pool.Quota, "subscription:free-usage-exhausted", 0},
		"xAI, tier":                  {"xai", 403, `{"code":"permission-denied","error":"Your plan has no API access"}`, pool.Billing, "permission-denied", 0},
		"xAI, tier, its own words":   {"xai", 403, `{"code":"The caller does not have permission to execute the specified operation","error":"You have either run out of available resources or do not have an active Grok subscription. Manage subscriptions at https://grok.com"}`, pool.Billing, "The caller does not have permission to execute the specified operation", 0},
		"xAI, expired, those words":  {"xai", 403, `{"code":"The caller does not have permission to execute the specified operation","error":"The OAuth2 access token could not be validated. [WKE=unauthenticated:bad-credentials]"}`, pool.Token, "The caller does not have permission to execute the specified operation", 0},
		"xAI, no credits":            {"xai", 429, `{"code":"Some resource has been exhausted","error":"Your team 16f2 has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit."}`, pool.Billing, "Some resource has been exhausted", 0},
		"xAI, something else":        {"xai", 403, `{"code":"403","error":"your plan has no access to this model"}`, pool.Denied, "403", 0},
		"xAI, no page of its own":    {"xai", 500, `bad-credentials`, pool.Nobody, "", 0},

		"Codex, usage limit":       {"codex", 429, `{"error":{"type":"usage_limit_reached","plan_type":"plus","resets_at":1779274800,"message":"The usage limit has been reached"}}`, pool.Quota, "usage_limit_reached", time.Hour},
		"Codex, in seconds":        {"codex", 429, `{"error":{"type":"usage_limit_reached","resets_in_seconds":7200}}`, pool.Quota, "usage_limit_reached", 2 * time.Hour},
		"Codex, usage limit, 404":  {"codex", 404, `{"error":{"code":"usage_limit_reached","resets_in_seconds":"60"}}`, pool.Quota, "usage_limit_reached", time.Minute},
		"Codex, not included":      {"codex", 429, `{"error":{"type":"usage_not_included"}}`, pool.Billing, "usage_not_included", 0},
		"Codex, workspace":         {"codex", 429, `{"error":{"code":"workspace_owner_credits_depleted"}}`, pool.Quota, "workspace_owner_credits_depleted", 0},
		"Codex, detail":            {"codex", 401, `{"detail":"Unauthorized"}`, pool.Token, "", 0},
		"Codex, detail, an object": {"codex", 401, `{"detail":{"code":"token_revoked","message":"revoked"}}`, pool.Grant, "token_revoked", 0},
		"Codex, not this model":    {"codex", 400, `{"detail":"The 'gpt-9' model is not supported when using Codex with a ChatGPT account."}`, pool.Model, "", 0},
		"Codex, unknown model":     {"codex", 404, `{"error":{"code":"model_not_found"}}`, pool.Model, "model_not_found", 0},
		"Codex, overloaded":        {"codex", 503, `{"error":{"code":"server_is_overloaded"}}`, pool.Busy, "server_is_overloaded", 0},
		"Codex, slow down":         {"codex", 503, `{"error":{"code":"slow_down"}}`, pool.Busy, "slow_down", 0},
		"Codex, capacity":          {"codex", 503, `{"error":{"message":"Selected model is at capacity"}}`, pool.Busy, "", 0},
		"Codex, in a stream":       {"codex", 200, `{"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded","message":"Please try again in 11.054s"}}}`, pool.Rate, "rate_limit_exceeded", 11054 * time.Millisecond},
		"Codex, context":           {"codex", 400, `{"error":{"code":"context_length_exceeded"}}`, pool.Nobody, "context_length_exceeded", 0},
		"Codex, policy, 403":       {"codex", 403, `{"error":{"code":"cyber_policy"}}`, pool.Nobody, "cyber_policy", 0},

		"OpenAI, no money":              {"nous", 429, `{"error":{"code":"insufficient_quota","type":"x","message":"no money"}}`, pool.Billing, "insufficient_quota", 0},
		"OpenAI, tokens a minute":       {"nous", 429, `{"error":{"code":"rate_limit_exceeded","message":"Rate limit reached. Please try again in 20s."}}`, pool.Rate, "rate_limit_exceeded", 20 * time.Second},
		"OpenAI, no access to it":       {"nous", 403, `{"error":{"code":"model_not_found","type":"invalid_request_error","message":"Project does not have access to model gpt-9"}}`, pool.Model, "model_not_found", 0},
		"OpenAI, perhaps no such model": {"nous", 404, `{"error":{"code":"model_not_found","message":"The model gpt-9 does not exist or you do not have access to it."}}`, pool.Absent, "model_not_found", 0},
		"OpenAI, so in a stream":        {"nous", 200, `{"type":"response.failed","response":{"error":{"code":"model_not_found","message":"no such model"}}}`, pool.Absent, "model_not_found", 0},
		"OpenAI, no such response":      {"nous", 404, `{"error":{"code":null,"type":"invalid_request_error","message":"Response with id 'resp_1' not found."}}`, pool.Nobody, "invalid_request_error", 0},
		"OpenRouter, numeric code":      {"nous", 429, `{"error":{"code":429,"message":"slow down"}}`, pool.Rate, "429", 0},
		"OpenRouter, code in a stream":  {"nous", 200, `{"error":{"code":402,"message":"more credits"}}`, pool.Billing, "402", 0},
		"OpenRouter, moderation":        {"nous", 403, `{"error":{"code":403,"message":"flagged","metadata":{"reasons":["violence"]}}}`, pool.Nobody, "403", 0},
		"Anthropic, in a stream":        {"nous", 200, anthropic + `rate_limit_error","message":"slow down"}}`, pool.Rate, "rate_limit_error", 0},
		"Anthropic, token, in a stream": {"nous", 200, anthropic + `authentication_error","message":"no"}}`, pool.Token, "authentication_error", 0},
		"Anthropic, overloaded":         {"nous", 529, anthropic + `overloaded_error","message":"Overloaded"}}`, pool.Busy, "overloaded_error", 0},
		"OAuth":                         {"nous", 401, `{"error":"invalid_token","error_description":"revoked"}`, pool.Grant, "invalid_token", 0},
		"a gateway's free quota":        {"nous", 402, `{"error":{"message":"Free quota used (30 requests / 5h). Resets at 11:00 UTC. Top up","code":"free_quota_exceeded"}}`, pool.Billing, "free_quota_exceeded", time.Hour},
	} {
		a := refusal.Answer{Status: tc.status, Header: http.Header{}, Body: []byte(tc.body), Gen: 7}
		got := refusal.Read(a, rules(t, tc.provider), noon)
		wait := time.Duration(0)
		if !got.ResetAt.IsZero() {
			wait = got.ResetAt.Sub(noon)
		}
		if got.Meaning() != tc.means || got.Code != tc.code || wait != tc.wait || got.Gen != 7 {
			t.Errorf("%s: it means %q, code %q, waits %s; %+v", name, got.Meaning(), got.Code, wait, got)
		}
	}
}

// What is not the API's own word blames nobody, and refreshes nothing.
func TestRead_WhatIsNotTheAPIs(t *testing.T) {
	const page = "<!DOCTYPE html><title>Just a moment...</title>"
	for name, a := range map[string]refusal.Answer{
		"bot challenge":        {Status: 403, Header: fields("Cf-Mitigated", "challenge"), Body: []byte(page)},
		"challenge, no body":   {Status: 403, Header: fields("Cf-Mitigated", "challenge")},
		"challenge in JSON":    {Status: 429, Header: fields("X-Vercel-Mitigated", "challenge"), Body: []byte(`{}`)},
		"page without a type":  {Status: 403, Body: []byte("\n " + page)},
		"page by its type":     {Status: 403, Header: fields("Content-Type", "Text/HTML; charset=utf-8"), Body: []byte("blocked")},
		"rate limit of a WAF":  {Status: 429, Header: fields("Retry-After", "60"), Body: []byte(page)},
		"Cloudflare's own":     {Status: 429, Header: fields("Retry-After", "60"), Body: []byte("error code: 1015")},
		"captive portal":       {Status: 511},
		"captive portal, 401":  {Status: 401, Body: []byte(page)},
		"a proxy's":            {Status: 407, Body: []byte(`{"error":"x"}`)},
		"portal with a time":   {Status: 511, Header: fields("Retry-After", "60")},
		"a proxy's own quota":  {Status: 407, Body: []byte(`{"error":{"code":"insufficient_quota"}}`)},
		"gateway":              {Status: 502, Header: fields("Retry-After", "60"), Body: []byte("<html>Bad Gateway")},
		"maintenance":          {Status: 503, Header: fields("Retry-After", "3600", "Content-Type", "text/html"), Body: []byte(page)},
		"XML":                  {Status: 403, Body: []byte(`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`)},
		"a firewall's text":    {Status: 403, Header: fields("Content-Type", "text/plain"), Body: []byte("Access denied by security policy")},
		"its text names codes": {Status: 403, Body: []byte("unauthenticated:bad-credentials token_revoked insufficient balance (1008)")},
		"402 page":             {Status: 402, Body: []byte(page)},
	} {
		for _, provider := range []string{"minimax", "xai", "codex", "nous"} {
			got := refusal.Read(a, rules(t, provider), noon)
			if got.Verdict() != pool.Nothing || got.RefusesToken() || got.Passable() {
				t.Errorf("%s, %s: %+v", name, provider, got)
			}
		}
	}
	for name, a := range map[string]refusal.Answer{
		"no body":  {Status: 403},
		"JSON":     {Status: 403, Header: fields("Content-Type", "application/json"), Body: []byte(`{"type":"error","error":{"type":"permission_error"}}`)},
		"429 text": {Status: 429, Body: []byte("Too Many Requests")},
		"401 text": {Status: 401, Body: []byte("Unauthorized")},
	} {
		if got := refusal.Read(a, nil, noon); got.Verdict() != pool.CoolDown {
			t.Errorf("%s is the API's: %+v", name, got)
		}
	}
}

// A 404 is about the model where it has the code for that, or says the model's name:
// another account may have it. Any other is the request's.
func TestRead_NoSuchModel(t *testing.T) {
	const ofOpenAI = `{"error":{"message":"The model ` + "`M2`" + ` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}`
	for name, tc := range map[string]struct {
		status      int
		model, body string
		means       pool.Meaning
		passable    bool
	}{
		"OpenAI":                    {404, "M2", ofOpenAI, pool.Absent, true},
		"its model is not known":    {404, "", ofOpenAI, pool.Absent, false},
		"Anthropic":                 {404, "M2", `{"type":"error","error":{"type":"not_found_error","message":"model: M2"}}`, pool.Absent, true},
		"xAI":                       {404, "M2", `{"code":"Some requested entity was not found","error":"The model M2 does not exist or your team does not have access to it."}`, pool.Absent, true},
		"at the end":                {404, "M2", `{"error":{"message":"no model called M2"}}`, pool.Absent, true},
		"a 400":                     {400, "M2", ofOpenAI, pool.Nobody, false},
		"of another model":          {404, "M2", `{"error":{"message":"model: M2-large, xM2"}}`, pool.Nobody, false},
		"of something else":         {404, "M2", `{"error":{"type":"not_found_error","message":"no such file"}}`, pool.Nobody, false},
		"a response":                {404, "o1", `{"error":{"message":"Response with id 'resp_o1x' not found."}}`, pool.Nobody, false},
		"a response, by its code":   {404, "o1", `{"error":{"code":"previous_response_not_found","message":"not found for o1"}}`, pool.Nobody, false},
		"a page that says its name": {404, "M2", `<html>M2</html>`, pool.Nobody, false},
		"nothing":                   {404, "M2", ``, pool.Nobody, false},
	} {
		got := refusal.Read(refusal.Answer{Status: tc.status, Body: []byte(tc.body), Model: tc.model}, nil, noon)
		if got.Meaning() != tc.means || got.Passable() != tc.passable || got.Verdict() != pool.Nothing || got.RefusesToken() {
			t.Errorf("%s: %q, passable %t, verdict %d", name, got.Meaning(), got.Passable(), got.Verdict())
		}
		if lacks := got.Lacks(); tc.passable && (lacks.Verdict() != pool.CoolDown || lacks.Model != tc.model) {
			t.Errorf("%s, and another has it: %+v", name, lacks)
		}
	}
}

// A refused token is refreshed where it was refused, by whatever status.
func TestRead_RefusesToken(t *testing.T) {
	for _, tc := range []struct {
		provider string
		status   int
		body     string
		want     bool
	}{
		{"minimax", 401, ``, true},
		{"minimax", 403, `{"error":"unauthenticated:bad-credentials"}`, false},
		{"xai", 401, ``, true},
		{"xai", 403, `{"code":"unauthenticated:bad-credentials","error":"..."}`, true},
		{"xai", 403, `{"error":"your plan has no access to this model"}`, false},
		{"xai", 500, `bad-credentials`, false},
		{"minimax", 500, `{"base_resp":{"status_code":1004}}`, true},
		{"codex", 401, `{"error":{"code":"token_invalidated"}}`, true},
		{"minimax", 429, `{}`, false},
	} {
		if got := refusal.Read(refusal.Answer{Status: tc.status, Body: []byte(tc.body)}, rules(t, tc.provider), noon); got.RefusesToken() != tc.want {
			t.Errorf("%s %d %s: %v", tc.provider, tc.status, tc.body, got)
		}
	}
}

// A limit of the whole account is not one of the model that its words name.
func TestRead_Model(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"message":"too many requests for M2"}}`:                 "M2",
		`{"error":{"message":"too many requests"}}`:                        "",
		`{"error":{"message":"usage limit exceeded for M2 (2056)"}}`:       "",
		`{"error":{"message":"insufficient balance for M2 (1008)"}}`:       "",
		`{"error":{"message":"your token plan not support model (2061)"}}`: "M2",
	} {
		a := refusal.Answer{Status: 429, Body: []byte(body), Model: "M2"}
		if got := refusal.Read(a, rules(t, "minimax"), noon); got.Model != want {
			t.Errorf("%s concerns %q, want %q", body, got.Model, want)
		}
	}
}
