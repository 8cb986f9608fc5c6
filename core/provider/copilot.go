package provider

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// copilot has the facts of hermes-agent's copilot_auth.py, whose client id is that
// of GitHub's own Copilot plugin: tokens of other applications cannot be exchanged.
// GitHub's token lives until it is revoked, the one that it is exchanged for about
// half an hour. The API is at a host by the kind of the plan, which each exchange
// names, and takes only requests that name an editor. Each model says in its list
// which of the three formats it is asked in.
func copilot() Provider {
	r := everywhere("GitHub Copilot", "Copilot")
	r.DeviceURL = "https://github.com/login/device/code"
	r.TokenURL = "https://github.com/login/oauth/access_token"
	r.ExchangeURL = "https://api.github.com/copilot_internal/v2/token"
	r.TokenHosts = []string{"github.com", "api.github.com"}
	r.BaseURL = "https://api.githubcopilot.com"
	r.APIHosts = []string{"api.githubcopilot.com", "*.githubcopilot.com"}
	r.PageHosts = []string{"github.com"}
	r.Host = "github.com"
	editor := map[string]string{"Editor-Version": "vscode/1.104.1"}
	return Provider{
		ID: Copilot, Name: "GitHub Copilot", Aliases: []string{"github-copilot", "github"}, Label: "copilot",
		Protocol: DeviceCode, ClientID: "Iv1.b507a08c87ecfe98", Scope: "read:user", API: oauth.ChatCompletions,
		Formats: []Format{{API: oauth.CodexResponses}, {API: oauth.AnthropicMessages}},
		Skew:    5 * time.Minute, Poll: 5 * time.Second, // VS Code refreshes five minutes ahead: refresh_in is 1,500 of 1,800 s
		TerminalCodes: []string{"bad_credentials"},
		Exchange: &oauth.Exchange{
			Scheme: "token", Base: "endpoints.api", Headers: editor,
			NotIncluded: []string{"no_copilot_access", "not_signed_up", "subscription_ended", "feature_flag_blocked"},
		},
		Refusals:   copilotRefusals(),
		Note:       "The approval page names GitHub's own Copilot plugin: the client id is shared.",
		NoKeys:     true,
		APIHeaders: map[string]string{"Editor-Version": editor["Editor-Version"], "Copilot-Integration-Id": "vscode-chat"},
		Regions:    []Region{r},
	}
}

// copilotRefusals are the API's codes as its clients met them: quota_exceeded comes
// with 402 and no header (github/copilot-cli #3431) for the models that the plan
// counts, while those that it includes go on; a model in another format than its own
// is a 400, and so is one that the plan lacks (NousResearch/hermes-agent,
// copilot_auth.py).
func copilotRefusals() []pool.Rule {
	return []pool.Rule{
		{Codes: []string{"quota_exceeded"}, Words: []string{"you have no quota"}, Means: pool.Model},
		{Codes: []string{"unsupported_api_for_model"}, Means: pool.Nobody},
		{Codes: []string{"model_not_supported", "model_not_available_for_integrator"}, Means: pool.Model},
	}
}
