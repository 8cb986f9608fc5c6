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
				settings: []setting{
					at(u.call("token", u.Account, "--min-ttl", "6m"), "apiKeyHelper"),
					at(u.BaseURL, "env", "ANTHROPIC_BASE_URL"),
					at(u.model(), "env", "ANTHROPIC_MODEL"),
					at("300000", "env", "CLAUDE_CODE_API_KEY_HELPER_TTL_MS"),
				},
				Notes: []string{unset},
			}
			proxy := Form{
				Name: Proxy, File: helper.File, Folder: helper.Folder, Format: JSON,
				settings: []setting{
					at(u.call("serve", "--show-key"), "apiKeyHelper"),
					at(u.proxyBase(), "env", "ANTHROPIC_BASE_URL"),
					at(u.model(), "env", "ANTHROPIC_MODEL"),
				},
				Notes: []string{u.servesNote(), unset},
			}
			return []Form{helper, proxy}, nil
		},
	}
}
