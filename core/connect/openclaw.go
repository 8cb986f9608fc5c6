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

// openClawPath is OPENCLAW_CONFIG_PATH, else openclaw.json in the state folder.
func openClawPath(w World) (string, error) {
	if path := w.Env("OPENCLAW_CONFIG_PATH"); path != "" {
		home, err := openClawHome(w)
		if err != nil {
			return "", err
		}
		w.Home = home
		return w.whole("OpenClaw", "OPENCLAW_CONFIG_PATH", w.tilde(path))
	}
	dir, err := OpenClawFolder(w)
	return filepath.Join(dir, "openclaw.json"), err
}

// openClawHome is OPENCLAW_HOME, else the home folder.
func openClawHome(w World) (string, error) {
	if home := w.Env("OPENCLAW_HOME"); home != "" {
		return w.whole("OpenClaw", "OPENCLAW_HOME", w.tilde(home))
	}
	return w.Home, nil
}

// OpenClawFolder is the folder in which OpenClaw keeps its state: OPENCLAW_STATE_DIR,
// else one in its home that is called by the profile. The variables may begin with ~.
func OpenClawFolder(w World) (string, error) {
	home, err := openClawHome(w)
	if err != nil {
		return "", err
	}
	w.Home = home
	if dir := w.Env("OPENCLAW_STATE_DIR"); dir != "" {
		return w.whole("OpenClaw", "OPENCLAW_STATE_DIR", w.tilde(dir))
	}
	name := ".openclaw"
	if profile := w.Env("OPENCLAW_PROFILE"); profile != "" && profile != "default" && filepath.Base(profile) == profile {
		name += "-" + profile
	}
	return w.Folder("OpenClaw", []string{name})
}
