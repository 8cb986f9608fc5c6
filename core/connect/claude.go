package connect

// claudeCode is Anthropic's Claude Code. apiKeyHelper prints the value that goes
// out as bearer and as x-api-key; it is kept for
// CLAUDE_CODE_API_KEY_HELPER_TTL_MS and asked for again after a 401. So the
// token is asked to live a minute longer than it is kept. ANTHROPIC_AUTH_TOKEN
// and ANTHROPIC_API_KEY go before the helper.
func claudeCode() Program {
	return Program{
		ID: "claude-code", Name: "Claude Code", Aliases: []string{"claude"},
		forms: func(u Use) ([]Form, error) {
			if err := u.speaks("Claude Code", anthropicMessages); err != nil {
				return nil, err
			}
			if err := u.named("Claude Code"); err != nil {
				return nil, err
			}
			unset := "ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN must not be set: they go before apiKeyHelper"
			helper := Form{
				Name: Helper, File: []string{".claude", "settings.json"}, Folder: "CLAUDE_CONFIG_DIR", Format: JSON,
				settings: append([]setting{
					at(u.call("token", u.Account, "--min-ttl", "6m"), "apiKeyHelper"),
					at(u.BaseURL, "env", "ANTHROPIC_BASE_URL"),
					at("300000", "env", "CLAUDE_CODE_API_KEY_HELPER_TTL_MS"),
				}, u.claudeModels()...),
				Notes: []string{unset},
			}
			proxy := Form{
				Name: Proxy, File: helper.File, Folder: helper.Folder, Format: JSON,
				settings: append([]setting{
					at(u.call("serve", "--show-key"), "apiKeyHelper"),
					at(u.proxyBase(), "env", "ANTHROPIC_BASE_URL"),
				}, u.claudeModels()...),
				Notes: []string{u.servesNote(), unset},
			}
			return []Form{helper, proxy}, nil
		},
	}
}

// ModelVariables are the environment variables that say which model Claude Code
// asks for: its own, and those that the names opus, sonnet and haiku stand for.
// Where one is not set, it asks for a model of Anthropic's, which other
// providers do not know; haiku is also what it uses in the background.
func ModelVariables() []string {
	return []string{
		"ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL",
	}
}

func (u Use) claudeModels() []setting {
	var list []setting
	for _, name := range ModelVariables() {
		list = append(list, at(u.model(), "env", name))
	}
	return list
}
