package provider

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// codex has the facts of hermes-agent's auth_codex.py and of OpenAI's Codex CLI,
// whose client id they share. OpenAI wants to know which program a request comes
// from.
func codex() Provider {
	r := everywhere("OpenAI Codex", "Codex")
	r.DeviceURL = "https://auth.openai.com/api/accounts/deviceauth/usercode"
	r.TokenURL = "https://auth.openai.com/oauth/token"
	r.RevokeURL = "https://auth.openai.com/oauth/revoke" // codex-rs/login: `codex logout` posts an object to it
	r.TokenHosts = []string{"auth.openai.com"}
	r.BaseURL = "https://chatgpt.com/backend-api/codex"
	r.APIHosts = []string{"chatgpt.com"}
	r.PageHosts = []string{"auth.openai.com"}
	r.Host = "auth.openai.com"
	return Provider{
		ID: Codex, Name: "OpenAI Codex", Aliases: []string{"codex", "openai_codex"}, Label: "codex",
		Protocol: CodexDeviceCode, ClientID: "app_EMoamEEZ73f0CkXaXp7hrann", API: oauth.CodexResponses,
		Skew: 2 * time.Minute, Poll: 5 * time.Second,
		TerminalCodes: []string{"invalid_grant", "invalid_token", "invalid_request", "refresh_token_reused", "refresh_token_expired", "refresh_token_invalidated", "refresh_token_revoked"},
		Refusals:      codexRefusals(),
		Plan:          usage.CodexTells,
		Note:          "OpenAI ends the older sign-in when the same ChatGPT account signs in twice, in other programs too.",
		RevokesJSON:   true,
		NoKeys:        true, OneSignIn: true, APIHeaders: map[string]string{"originator": "hermes-tui"}, AccountHeader: "ChatGPT-Account-ID",
		Regions: []Region{r},
	}
}

// codexRefusals are the codes that OpenAI's Codex CLI knows
// (codex-api/src/api_bridge.rs, rate_limits.rs); the sentence on models is from
// router-for-me/CLIProxyAPI #3647.
func codexRefusals() []pool.Rule {
	return []pool.Rule{
		{Codes: []string{"usage_not_included"}, Means: pool.Billing},
		{Codes: []string{"workspace_*"}, Means: pool.Quota},
		{Codes: []string{"model_not_found"}, Words: []string{"not supported when using codex"}, Means: pool.Model},
		{Words: []string{"at capacity"}, Means: pool.Busy},
	}
}
