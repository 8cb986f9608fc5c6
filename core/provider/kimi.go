package provider

import (
	"runtime"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// kimi has the facts of Moonshot's kimi-cli (src/kimi_cli/auth/oauth.py), whose
// client id it is. Every request names a device: by an id that kimi-cli makes once,
// and by platform, version, name and model. This program names itself there, and
// nothing of the machine but its system. Both formats are served below /coding.
func kimi() Provider {
	r := everywhere("Kimi Code", "Kimi")
	r.DeviceURL = "https://auth.kimi.com/api/oauth/device_authorization"
	r.TokenURL = "https://auth.kimi.com/api/oauth/token"
	r.TokenHosts = []string{"auth.kimi.com"}
	r.BaseURL = "https://api.kimi.com/coding/v1"
	r.APIHosts = []string{"api.kimi.com"}
	r.PageHosts = []string{"kimi.com"}
	r.Host = "kimi.com"
	device := map[string]string{
		"X-Msh-Platform": "hermes-tui", "X-Msh-Version": "1.0.0",
		"X-Msh-Device-Name": "hermes-tui", "X-Msh-Device-Model": runtime.GOOS + " " + runtime.GOARCH,
	}
	return Provider{
		ID: Kimi, Name: "Kimi Code", Aliases: []string{"kimi", "kimi-for-coding"}, Label: "kimi",
		Protocol: DeviceCode, ClientID: "17e5f671-d194-4dfb-9706-5516cb48c098", API: oauth.ChatCompletions,
		Formats: []Format{{API: oauth.AnthropicMessages}},
		Skew:    5 * time.Minute, Poll: 5 * time.Second, // kimi-cli: five minutes ahead at least
		TerminalCodes: []string{"invalid_grant", "invalid_token"},
		Refusals:      kimiRefusals(),
		Plan:          usage.KimiTells,
		Note:          "Kimi Code serves coding agents only, which it knows by their own User-Agent.",
		Device:        oauth.DeviceRules{Headers: device, DeviceHeader: "X-Msh-Device-Id"},
		APIHeaders:    device,
		Regions:       []Region{r},
	}
}

// kimiRefusals are the types of Moonshot's errors
// (https://platform.moonshot.ai/docs/api/chat, error handling).
func kimiRefusals() []pool.Rule {
	return []pool.Rule{
		{Codes: []string{"exceeded_current_quota_error"}, Words: []string{"usage limit"}, Means: pool.Quota},
		{Codes: []string{"rate_limit_reached_error"}, Means: pool.Rate},
		{Codes: []string{"engine_overloaded_error"}, Means: pool.Busy},
		{Codes: []string{"access_terminated_error", "content_filter"}, Means: pool.Nobody}, // the program is none that is served; the text
	}
}
