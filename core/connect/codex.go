package connect

// codexCLI is OpenAI's Codex CLI, which speaks the Responses API only
// (wire_api). model_providers.<id>.auth runs a command for the bearer; it is
// ended after timeout_ms and asked for again after refresh_interval_ms.
func codexCLI() Program {
	return Program{
		ID: "codex", Name: "Codex CLI", Aliases: []string{"codex-cli"},
		forms: func(u Use) ([]Form, error) {
			if err := u.speaks("Codex CLI", codexResponses); err != nil {
				return nil, err
			}
			if err := u.named("Codex CLI"); err != nil {
				return nil, err
			}
			args := []any{}
			for _, word := range append(append([]string{}, u.Command[1:]...), "token", u.Account) {
				args = append(args, word)
			}
			settings := []setting{
				at(u.model(), "model"),
				at(u.key(), "model_provider"),
				at(object{
					{"name", "hermes-tui"},
					{"base_url", u.BaseURL},
					{"wire_api", "responses"},
				}, "model_providers", u.key()),
				at(object{
					{"command", u.Command[0]},
					{"args", args},
					{"timeout_ms", 5000},
					{"refresh_interval_ms", 60000},
				}, "model_providers", u.key(), "auth"),
			}
			if headers := u.headers("Originator"); len(headers) > 0 { // it says itself who it is
				settings = append(settings, at(headers, "model_providers", u.key(), "http_headers"))
			}
			return []Form{{
				Name: Helper, File: []string{".codex", "config.toml"}, Folder: "CODEX_HOME", Format: TOML, settings: settings,
			}}, nil
		},
	}
}
