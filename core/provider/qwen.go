package provider

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// qwen has the facts of hermes-agent's auth_qwen.py. The sign-in ended on 15
// April 2026 (NousResearch/hermes-agent #46771): what an import brings is shown,
// and used until it ends.
func qwen() Provider {
	r := everywhere("Qwen", "Qwen")
	r.TokenURL = "https://chat.qwen.ai/api/v1/oauth2/token"
	r.TokenHosts = []string{"chat.qwen.ai"}
	r.BaseURL = "https://portal.qwen.ai/v1"
	r.APIHosts = []string{"portal.qwen.ai"}
	r.PageHosts = []string{"chat.qwen.ai"}
	r.Host = "chat.qwen.ai"
	return Provider{
		ID: Qwen, Name: "Qwen", Aliases: []string{"qwen", "qwen-portal", "qwen-cli"}, Label: "qwen",
		Protocol: NoSignIn, ClientID: "f0304373b74a44d2b584a3fb70ca9e56", API: oauth.ChatCompletions,
		Skew: 2 * time.Minute, NoKeys: true,
		Discontinued: "Qwen ended its sign-in on 15 April 2026",
		Regions:      []Region{r},
	}
}
