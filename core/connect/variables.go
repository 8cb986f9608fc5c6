package connect

import (
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// Variable is one that programs read.
type Variable struct {
	Name  string
	Value string
	Key   bool // the value is the key that the program shows to the proxy
}

// Variables are what leads a program to a proxy that speaks api at proxy and, below
// it, path (empty, or as "/account/ID"): what is to be set, and what has to be taken
// away because it leads elsewhere. The SDKs read the base URLs, litellm and what is
// built on it (aider) those that end with API_BASE, goose host and path.
func Variables(proxy, path, api string) (set []Variable, unset []string) {
	if api == anthropicMessages {
		base := proxy + path + anthropicPath
		return []Variable{
			{Name: "ANTHROPIC_BASE_URL", Value: base}, {Name: "ANTHROPIC_API_BASE", Value: base}, {Name: "ANTHROPIC_AUTH_TOKEN", Key: true},
		}, []string{"ANTHROPIC_API_KEY", "ANTHROPIC_API_URL"}
	}
	base := proxy + path + openAIPath
	unset = []string{
		"OPENAI_ORG_ID", "OPENAI_ORGANIZATION", "OPENAI_PROJECT", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS",
		"AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_AD_TOKEN", "CODEX_API_KEY",
	}
	set = []Variable{{Name: "OPENAI_BASE_URL", Value: base}, {Name: "OPENAI_API_BASE", Value: base}, {Name: "OPENAI_API_KEY", Key: true}}
	if api != chatCompletions { // goose speaks nothing else, and would send the key to a host from before
		return set, append(unset, "OPENAI_HOST", "OPENAI_BASE_PATH")
	}
	return append(set, Variable{Name: "OPENAI_HOST", Value: proxy}, Variable{Name: "OPENAI_BASE_PATH", Value: strings.TrimPrefix(path+openAIPath, "/") + "/chat/completions"}), unset
}

// variables are those for this account, in every format that it speaks, with its
// model, and those that a program needs also.
func (u Use) variables(also []Variable) (set []Variable, unset []string) {
	var away []string
	for _, wire := range append([]oauth.Wire{{API: u.API}}, u.Also...) {
		u.API = wire.API
		more, less := Variables(u.Proxy, u.path(), u.API)
		if model := u.model(); model != "" {
			more = append(more, Variable{Name: u.dialect("ANTHROPIC_MODEL", "OPENAI_MODEL", "OPENAI_MODEL"), Value: model})
		}
		for _, v := range more {
			if !slices.Contains(set, v) {
				set = append(set, v)
			}
		}
		away = append(away, less...)
	}
	set = append(set, also...)
	for _, name := range away {
		if !slices.Contains(unset, name) && !slices.ContainsFunc(set, func(v Variable) bool { return v.Name == name }) {
			unset = append(unset, name)
		}
	}
	return set, unset
}
