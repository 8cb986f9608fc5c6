package provider

import (
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// miniMax has the facts of hermes-agent's provider registry (auth_minimax.py)
// and of OpenClaw, whose client id is shared by all three. Since OpenClaw PR
// #88608 (May 2026) the requests go to the account hosts; the older addresses
// answer with a redirect (307) to them (NousResearch/hermes-agent #19335).
func miniMax() Provider {
	return Provider{
		ID:       MiniMax,
		Name:     "MiniMax",
		Aliases:  []string{"minimax", "minimax-portal", "minimax-global", "minimax_oauth"},
		Label:    "minimax",
		Protocol: MiniMaxUserCode,
		ClientID: "78257093-7e40-4613-99e0-527b14b39113",
		Scope:    "group_id profile model.completion",
		API:      oauth.AnthropicMessages,
		// API keys alone are taken there: ai-sdk.dev's page on MiniMax, MiniMax-AI/MiniMax-M2 #120.
		Formats:       []Format{{API: oauth.ChatCompletions, Path: "/v1", KeysOnly: true}, {API: oauth.CodexResponses, Path: "/v1", KeysOnly: true}},
		Skew:          60 * time.Second,
		Poll:          2 * time.Second,
		TerminalCodes: []string{"invalid_grant", "refresh_token_reused", "invalid_refresh_token"},
		Refusals:      miniMaxRefusals(),
		Plan:          usage.MiniMaxTells, PaidKeys: "sk-api-",
		Note: "The approval page names OpenClaw: the client id is shared.",
		Regions: []Region{
			miniMaxRegion(Region{ID: "global", Name: "Global", ProviderName: "MiniMax", Short: "MiniMax"}, "minimax.io"),
			miniMaxRegion(Region{ID: "cn", Name: "China", ProviderName: "MiniMax China", Short: "MiniMax CN"}, "minimaxi.com", "minimax.cn"),
		},
	}
}

// miniMaxRegion fills in the addresses, which differ by their domain only. An
// approval page may be on any of MiniMax's domains; minimaxi.io is one that the
// server named at times. newer are further domains of the same company, whose
// pages and model API are served there as well; the sign-in is not.
func miniMaxRegion(r Region, domain string, newer ...string) Region {
	account, api := "account."+domain, "api."+domain
	r.DeviceURL = "https://" + account + "/oauth2/device/code"
	r.TokenURL = "https://" + account + "/oauth2/token"
	r.RevokeURL = "https://" + account + "/oauth2/revoke"
	r.LegacyDevice = "https://" + api + "/oauth/code"
	r.LegacyToken = "https://" + api + "/oauth/token"
	r.TokenHosts = []string{account, api}
	r.BaseURL = "https://" + api + "/anthropic"
	r.APIHosts = []string{api}
	r.PageHosts = []string{"minimax.io", "minimaxi.com", "minimaxi.io"}
	for _, other := range newer {
		r.TokenHosts = append(r.TokenHosts, "api."+other)
		r.APIHosts = append(r.APIHosts, "api."+other)
		r.PageHosts = append(r.PageHosts, other)
	}
	r.Host = domain
	return r
}

// miniMaxRefusals are MiniMax's own codes
// (https://platform.minimax.io/docs/api-reference/errorcode). They stand in
// base_resp.status_code, or in parentheses at the end of a sentence, beside a
// status that may be another thing's: "insufficient balance (1008)" comes with
// 500 (MiniMax-AI/MiniMax-M2 #62) and with 429 (modelscope #1691), and the end
// of a 5-hour window, with 429, stands in its sentence only (MiniMax-M2.7 #36).
func miniMaxRefusals() []pool.Rule {
	return []pool.Rule{
		{Codes: []string{"1004", "2049"}, Means: pool.Token}, // not authorized; invalid API key
		{Codes: []string{"1008"}, Words: []string{"insufficient balance", "余额不足"}, Means: pool.Billing},
		{Codes: []string{"2056"}, Words: []string{"usage limit"}, Means: pool.Quota},
		{Codes: []string{"2061"}, Words: []string{"plan not support model"}, Means: pool.Model},
		{Codes: []string{"1002", "1039", "1041", "2045"}, Means: pool.Rate},                       // requests, tokens, connections, their growth
		{Codes: []string{"2064"}, Words: []string{"high load", "high traffic"}, Means: pool.Busy}, // NousResearch/hermes-agent #10210
		{Codes: []string{"1026", "1027", "1042", "2013"}, Means: pool.Nobody},                     // sensitive content, invisible characters, parameters
	}
}

// Models returns where the models of a binding are, without a trailing slash, and
// what they speak. MiniMax serves its signed-in accounts Anthropic Messages below
// /anthropic, and nothing else (NousResearch/hermes-agent #24123), whatever
// anybody has configured.
func Models(b oauth.Binding) (base, api string) {
	if b.Provider == MiniMax {
		return anthropicBase(b.BaseURL), oauth.AnthropicMessages
	}
	return b.BaseURL, b.API
}

// anthropicBase is base with the path at which MiniMax speaks Anthropic
// Messages.
func anthropicBase(base string) string {
	base = strings.TrimSuffix(strings.TrimRight(base, "/"), "/v1")
	if strings.HasSuffix(base, "/anthropic") {
		return base
	}
	return base + "/anthropic"
}
