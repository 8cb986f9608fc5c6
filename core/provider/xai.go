package provider

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// xai has the facts of hermes-agent's auth_xai.py. The token endpoint is the one
// that the issuer names, at any host below x.ai. Tokens are refreshed an hour
// ahead, and short ones, which would otherwise be refreshed at every request, two
// minutes.
func xai() Provider {
	r := everywhere("xAI", "xAI")
	r.Issuer = "https://auth.x.ai"
	r.DeviceURL = "https://auth.x.ai/oauth2/device/code"
	r.TokenHosts = []string{"auth.x.ai", "x.ai", "*.x.ai"}
	r.BaseURL = "https://api.x.ai/v1"
	r.APIHosts = []string{"api.x.ai"}
	r.PlanURL = "https://cli-chat-proxy.grok.com/v1/billing?format=credits" // of xAI's own Grok CLI
	r.PageHosts = []string{"x.ai"}
	r.Host = "x.ai"
	return Provider{
		ID: XAI, Name: "xAI", Aliases: []string{"xai", "grok-oauth", "x-ai-oauth", "xai-grok-oauth"}, Label: "xai",
		Protocol: XAIDeviceCode, ClientID: "b1a00492-073a-47ea-816f-4c329264a828",
		Scope: "openid profile email offline_access grok-cli:access api:access", API: oauth.CodexResponses,
		Formats: []Format{{API: oauth.ChatCompletions}}, // hermes-agent, hermes_cli/proxy/adapters/xai.py
		Skew:    time.Hour, ShortSkew: 2 * time.Minute, ShortLife: 45 * time.Minute, Poll: 5 * time.Second,
		TerminalCodes: []string{"invalid_grant", "refresh_token_reused"},
		Refusals: []pool.Rule{
			// 403 in place of 401 once a token has expired (NousResearch/hermes-agent #29344, #82052).
			{Codes: []string{"bad-credentials"}, Words: []string{"bad-credentials"}, Means: pool.Token},
			// The free use of a rolling day (router-for-me/CLIProxyAPI, xai_executor_response.go).
			{Codes: []string{"free-usage-exhausted"}, Means: pool.Quota},
			// The plan does not include the API, or what was paid for is used up (NousResearch/hermes-agent #26847,
			// #28351, continuedev/continue #10373). In place of a code stands a sentence that an expired token has, too.
			{
				Codes: []string{"permission-denied", "permission_denied"},
				Words: []string{"have an active grok subscription", "used all available credits", "reached its monthly spending limit"}, Means: pool.Billing,
			},
		},
		Plan:    usage.XAITells,
		Note:    "The API needs a plan that includes it.",
		Regions: []Region{r},
	}
}
