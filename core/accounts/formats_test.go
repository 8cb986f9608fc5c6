package accounts

import (
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// TestAccount_APIs: what an account is asked in is what its row says, by the rules that
// the proxy goes by as well. MiniMax's speak Anthropic Messages whatever a row says,
// because one of hermes-agent's may say anything.
func TestAccount_APIs(t *testing.T) {
	s := state.Open(state.Config{Dir: t.TempDir(), Providers: provider.Default()})
	as := New(s, &Refreshes{})
	for name, c := range map[string]struct {
		row  record.Public
		want []string
	}{
		"MiniMax, as it says":              {record.Public{Provider: provider.MiniMax, Region: "cn", API: oauth.AnthropicMessages}, []string{oauth.AnthropicMessages}},
		"MiniMax, as another program says": {record.Public{Provider: provider.MiniMax, Region: "cn", API: oauth.ChatCompletions}, []string{oauth.AnthropicMessages}},
		"MiniMax, of an old record":        {record.Public{Provider: provider.MiniMax, Region: "global"}, []string{oauth.AnthropicMessages}},
		"a key of MiniMax": {
			record.Public{Provider: provider.MiniMax, Region: "global", API: oauth.CodexResponses, AuthType: record.APIKey},
			[]string{oauth.AnthropicMessages, oauth.ChatCompletions, oauth.CodexResponses},
		},
		"GitHub Copilot": {record.Public{Provider: provider.Copilot, Region: "global", API: oauth.ChatCompletions}, []string{oauth.ChatCompletions, oauth.CodexResponses, oauth.AnthropicMessages}},
		"Kimi Code":      {record.Public{Provider: provider.Kimi, Region: "global"}, []string{oauth.ChatCompletions, oauth.AnthropicMessages}},
		"nobody's":       {record.Public{Provider: "gone", Region: "global", API: oauth.ChatCompletions}, []string{oauth.ChatCompletions}},
	} {
		got := as.account(record.Row{Public: c.row}, map[pool.ID]int{}).APIs
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
