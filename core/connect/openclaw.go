package connect

import "path/filepath"

// openClaw is openclaw/openclaw. A key is resolved once, when the program
// starts, which no token of fifteen minutes survives; so it talks to the proxy,
// whose key it takes from the environment by a SecretRef. Its file is JSON5.
func openClaw() Program {
	return Program{
		File: "~/.openclaw/openclaw.json",
		ID:   "openclaw", Name: "OpenClaw", Command: "openclaw", Ask: []string{"config", "get", "agents.defaults.model.primary"},
		APIs: everyFormat(), named: true,
		format: JSON5, path: openClawPath,
		rivals: rivals{
			// An agent's own model goes before the default, and what is
			// included may have anything.
			named: [][]string{{"agents", "entries", "*", "model"}, {"agents", "list", "*", "model"}, {"$include"}, {"agents", "$include"}, {"models", "$include"}},
		},
		forms: func(u Use) ([]Form, error) {
			model := u.Entry() + "/" + u.model()
			return []Form{{
				Name: Proxy,
				settings: []setting{
					unless("merge", "models", "mode"), // ours works in either
					at(object{
						{"baseUrl", u.proxyBase()},
						{"api", u.dialect("anthropic-messages", "openai-completions", "openai-responses")},
						{"apiKey", u.localKey(object{{"source", "env"}, {"provider", "default"}, {"id", LocalKeyVariable}})},
						{"models", []any{object{{"id", u.model()}, {"name", u.model()}}}},
					}, "models", "providers", u.Entry()),
					at(model, "agents", "defaults", "model", "primary"),
				},
				short:  [][]string{{"agents", "defaults", "model"}},
				listed: []setting{at(model, "agents", "defaults", "modelPolicy", "allow")},
				Wants:  []Want{{nil, model}},
				Notes:  []string{u.servesNote(), u.keyNote()},
			}}, nil
		},
	}
}

// openClawPath is OPENCLAW_CONFIG_PATH, else openclaw.json in the state folder,
// which is called by the profile. Both variables may begin with ~.
func openClawPath(w World) (string, error) {
	if home := w.Env("OPENCLAW_HOME"); home != "" {
		home, err := w.whole("OpenClaw", "OPENCLAW_HOME", w.tilde(home))
		if err != nil {
			return "", err
		}
		w.Home = home
	}
	if path := w.Env("OPENCLAW_CONFIG_PATH"); path != "" {
		return w.whole("OpenClaw", "OPENCLAW_CONFIG_PATH", w.tilde(path))
	}
	if dir := w.Env("OPENCLAW_STATE_DIR"); dir != "" {
		dir, err := w.whole("OpenClaw", "OPENCLAW_STATE_DIR", w.tilde(dir))
		return filepath.Join(dir, "openclaw.json"), err
	}
	name := ".openclaw"
	if profile := w.Env("OPENCLAW_PROFILE"); profile != "" && profile != "default" && filepath.Base(profile) == profile {
		name += "-" + profile
	}
	dir, err := w.folder("OpenClaw", []string{name})
	return filepath.Join(dir, "openclaw.json"), err
}
