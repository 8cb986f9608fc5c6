package provider

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// nous has the facts of hermes-agent's auth_nous.py. Polling every second, as
// hermes-agent does, is answered with 429 and loses the approval
// (NousResearch/hermes-agent #87432). The portal ends a sign-in after 30 days
// (#117461), and its approval page can hang behind a CAPTCHA (#20605). Which API a model speaks depends on the model; all of them speak
// chat completions.
func nous() Provider {
	r := everywhere("Nous Portal", "Nous")
	r.DeviceURL = "https://portal.nousresearch.com/api/oauth/device/code"
	r.TokenURL = "https://portal.nousresearch.com/api/oauth/token"
	r.TokenHosts = []string{"portal.nousresearch.com"}
	r.BaseURL = "https://inference-api.nousresearch.com/v1"
	r.APIHosts = []string{"inference-api.nousresearch.com", "welcome-api.nousresearch.com"}
	r.PageHosts = []string{"portal.nousresearch.com"}
	r.Host = "portal.nousresearch.com"
	return Provider{
		ID: Nous, Name: "Nous Portal", Aliases: []string{"nous-portal", "nousresearch"}, Label: "nous",
		Protocol: NousDeviceCode, ClientID: "hermes-cli", Scope: "inference:invoke", API: oauth.ChatCompletions,
		Skew: 2 * time.Minute, Poll: 5 * time.Second, GrantLife: 30 * 24 * time.Hour,
		TerminalCodes: []string{"invalid_grant", "invalid_token", "refresh_token_reused", "revoked", "revoked_token"},
		Plan:          usage.NousTells,
		Note:          "Nous Portal ends a sign-in after 30 days.",
		Late: "if the page wants a CAPTCHA or a sign-in first, finish that at https://portal.nousresearch.com/login " +
			"and ask for a new code",
		Regions: []Region{r},
	}
}
