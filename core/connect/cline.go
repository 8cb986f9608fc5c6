package connect

import "path/filepath"

// cline is cline/cline on the command line. It keeps what `cline auth` was told in
// a file of its own, and drops an entry without updatedAt and tokenSource (seen with
// 3.0.65). No variable leads it elsewhere.
func cline() Program {
	return Program{
		File: "~/.cline/data/settings/providers.json",
		ID:   "cline", Name: "Cline", Command: "cline", Unled: true,
		APIs: []string{chatCompletions, anthropicMessages}, named: true,
		format: Plain, path: clinePath,
		rivals: rivals{named: [][]string{
			{"modes", "*", "provider"}, {"providers", "openai-compatible", "settings", "headers"}, {"providers", "anthropic", "settings", "headers"},
		}},
		forms: func(u Use) ([]Form, error) {
			name, base := u.dialect("anthropic", "openai-compatible", ""), u.proxyBase()
			if u.API == anthropicMessages {
				base += "/v1"
			}
			return []Form{{
				Name: Proxy,
				settings: []setting{
					unless(1, "version"),
					at(name, "lastUsedProvider"),
					at(name, "providers", name, "settings", "provider"),
					at(u.localKey(placeholder), "providers", name, "settings", "apiKey"),
					at(u.model(), "providers", name, "settings", "model"),
					at(base, "providers", name, "settings", "baseUrl"),
					unless("2026-01-01T00:00:00.000Z", "providers", name, "updatedAt"),
					at("manual", "providers", name, "tokenSource"),
				},
				Notes: []string{u.servesNote(), u.keyHere(), "Cline must not run meanwhile: it writes this file itself"},
			}}, nil
		},
	}
}

func clinePath(w World) (string, error) {
	if dir := w.Env("CLINE_DATA_DIR"); dir != "" {
		dir, err := w.whole("Cline", "CLINE_DATA_DIR", dir)
		return filepath.Join(dir, "settings", "providers.json"), err
	}
	dir, err := w.Folder("Cline", []string{".cline"}, "CLINE_DIR")
	return filepath.Join(dir, "data", "settings", "providers.json"), err
}
