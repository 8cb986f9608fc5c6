package connect

// openClaw is openclaw/openclaw. A key is resolved once, when the program
// starts, which no token of fifteen minutes survives; so it talks to the proxy,
// whose key it takes from the environment by a SecretRef.
func openClaw() Program {
	return Program{
		ID: "openclaw", Name: "OpenClaw",
		forms: func(u Use) ([]Form, error) {
			if err := u.speaks("OpenClaw", anthropicMessages); err != nil {
				return nil, err
			}
			if err := u.named("OpenClaw"); err != nil {
				return nil, err
			}
			return []Form{{
				Name: Proxy, File: []string{".openclaw", "openclaw.json"}, Format: JSON,
				settings: []setting{
					at("merge", "models", "mode"),
					at(object{
						{"baseUrl", u.proxyBase()},
						{"api", "anthropic-messages"},
						{"apiKey", object{{"source", "env"}, {"provider", "default"}, {"id", LocalKeyVariable}}},
						{"models", []any{object{{"id", u.model()}, {"name", u.model()}}}},
					}, "models", "providers", u.key()),
					at(u.key()+"/"+u.model(), "agents", "defaults", "model", "primary"),
				},
				Notes: []string{u.servesNote(), u.keyNote()},
			}}, nil
		},
	}
}
