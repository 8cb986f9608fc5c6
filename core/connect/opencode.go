package connect

// openCode is sst/opencode. It runs no command for a key, so that it talks to
// the proxy; its Anthropic package wants /v1 in the address, and {env:…} in a
// value is replaced by the variable.
func openCode() Program {
	return Program{
		ID: "opencode", Name: "opencode",
		forms: func(u Use) ([]Form, error) {
			if err := u.speaks("opencode", anthropicMessages); err != nil {
				return nil, err
			}
			if err := u.named("opencode"); err != nil {
				return nil, err
			}
			return []Form{{
				Name: Proxy, File: []string{".config", "opencode", "opencode.json"}, Format: JSON,
				settings: []setting{
					at("https://opencode.ai/config.json", "$schema"),
					at(object{
						{"npm", "@ai-sdk/anthropic"},
						{"name", "hermes-tui"},
						{"options", object{
							{"baseURL", u.proxyBase() + "/v1"},
							{"apiKey", "{env:" + LocalKeyVariable + "}"},
						}},
						{"models", object{{u.model(), object{}}}},
					}, "provider", u.key()),
					at(u.key()+"/"+u.model(), "model"),
				},
				Notes: []string{u.servesNote(), u.keyNote()},
			}}, nil
		},
	}
}
