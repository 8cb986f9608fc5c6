package provider

import (
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// Anthropic takes API keys here. The sign-in of its subscriptions is for its own
// programs alone.
const Anthropic = "anthropic"

// keyProviders are those of hermes-agent's registry (hermes_cli/auth.py) that
// take API keys and nothing else, with the address of their model API. Those
// that have no fixed address are not among them.
func keyProviders() Table {
	rows := [][4]string{
		{Anthropic, "Anthropic", "https://api.anthropic.com", oauth.AnthropicMessages},
		{"openai-api", "OpenAI API", "https://api.openai.com/v1", oauth.ChatCompletions},
		{"openrouter", "OpenRouter", "https://openrouter.ai/api/v1", oauth.ChatCompletions},
		{"gemini", "Google AI Studio", "https://generativelanguage.googleapis.com/v1beta", "gemini"},
		{"zai", "Z.AI", "https://api.z.ai/api/paas/v4", oauth.ChatCompletions},
		{"kimi-coding", "Kimi", "https://api.moonshot.ai/v1", oauth.ChatCompletions},
		{"kimi-coding-cn", "Kimi China", "https://api.moonshot.cn/v1", oauth.ChatCompletions},
		{"arcee", "Arcee AI", "https://api.arcee.ai/api/v1", oauth.ChatCompletions},
		{"gmi", "GMI Cloud", "https://api.gmi-serving.com/v1", oauth.ChatCompletions},
		{"alibaba", "Qwen Cloud", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", oauth.ChatCompletions},
		{"alibaba-coding-plan", "Alibaba Cloud", "https://coding-intl.dashscope.aliyuncs.com/v1", oauth.ChatCompletions},
		{"deepseek", "DeepSeek", "https://api.deepseek.com/v1", oauth.ChatCompletions},
		{"nvidia", "NVIDIA NIM", "https://integrate.api.nvidia.com/v1", oauth.ChatCompletions},
		{"ai-gateway", "Vercel AI Gateway", "https://ai-gateway.vercel.sh/v1", oauth.ChatCompletions},
		{"opencode-zen", "OpenCode Zen", "https://opencode.ai/zen/v1", oauth.ChatCompletions},
		{"opencode-go", "OpenCode Go", "https://opencode.ai/zen/go/v1", oauth.ChatCompletions},
		{"kilocode", "Kilo Code", "https://api.kilo.ai/api/gateway", oauth.ChatCompletions},
		{"huggingface", "Hugging Face", "https://router.huggingface.co/v1", oauth.ChatCompletions},
		{"xiaomi", "Xiaomi MiMo", "https://api.xiaomimimo.com/v1", oauth.ChatCompletions},
		{"tencent-tokenhub", "Tencent TokenHub", "https://tokenhub.tencentmaas.com/v1", oauth.ChatCompletions},
		{"tencent-tokenplan", "Tencent TokenPlan", "https://api.lkeap.cloud.tencent.com/plan/anthropic", oauth.AnthropicMessages},
	}
	all := make(Table, 0, len(rows))
	for _, row := range rows {
		all = append(all, keyProvider(row[0], row[1], row[2], row[3]))
	}
	return all
}

func keyProvider(id, name, base, api string) Provider {
	r := everywhere(name, name)
	_, host, _ := baseURL(base)
	r.BaseURL, r.APIHosts = base, []string{host}
	p := Provider{ID: id, Name: name, Label: id, API: api, KeysOnly: true, Regions: []Region{r}}
	switch id {
	case Anthropic:
		p.KeyHeader = "X-Api-Key"
	case "openai-api", "openrouter":
		p.Formats = []Format{{API: oauth.CodexResponses}}
	}
	return p
}

// Key returns where an API key of a provider goes: to base, else to the address
// that the table has for it. The provider may be one that the table does not
// have. Such a key is bound to that one host. why says what is missing.
func (t Table) Key(id, base string) (p Provider, b oauth.Binding, why string) {
	i := slices.IndexFunc(t, func(p Provider) bool { return p.ID == id })
	switch {
	case i >= 0:
		p = t[i]
	case !isID(strings.TrimPrefix(id, "custom:")): // as hermes-agent calls those of its configuration
		return p, b, "its provider has a name that none can have"
	default:
		p = Provider{ID: id, Name: id, Label: strings.TrimPrefix(id, "custom:"), KeysOnly: true, Regions: []Region{everywhere(id, id)}}
	}
	api := p.API
	if base == "" {
		base = p.Regions[0].BaseURL
	} else if known := p.Regions[0].BaseURL; known == "" || strings.TrimRight(base, "/") != known {
		api = apiAt(base)
	}
	if base == "" {
		return p, b, "nothing says at which address its key is used"
	}
	base, host, err := baseURL(base)
	if err != nil {
		// The address is not quoted: there may be a password in it.
		return p, b, "its base URL is none that a key is sent to: https, or http on this machine, with a host and a path alone"
	}
	return p, oauth.Binding{Provider: p.ID, Region: p.Regions[0].ID, APIHosts: []string{host}, BaseURL: base, API: api}, ""
}

// apiAt is what an API speaks, by its address.
func apiAt(base string) string {
	if strings.HasSuffix(strings.TrimSuffix(strings.TrimRight(base, "/"), "/v1"), "/anthropic") {
		return oauth.AnthropicMessages
	}
	return oauth.ChatCompletions
}
