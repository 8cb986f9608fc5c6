package connect

import (
	"fmt"
	"path/filepath"
)

// codexCLI is OpenAI's Codex CLI, which speaks the Responses API only
// (wire_api). model_providers.<id>.auth runs a command for the bearer, without a
// shell; it is ended after timeout_ms and asked for again after
// refresh_interval_ms. It is one of several ways to a key, and Codex refuses its file
// where two of them stand beside each other (seen with 0.171.0).
func codexCLI() Program {
	return Program{
		File: "~/.codex/config.toml",
		ID:   "codex", Name: "Codex CLI", Aliases: []string{"codex-cli"}, Command: "codex",
		APIs: []string{codexResponses}, named: true,
		Leads:  codexLeads,
		format: TOML,
		path: func(w World) (string, error) {
			dir, err := w.Folder("Codex CLI", []string{".codex"}, "CODEX_HOME")
			return filepath.Join(dir, "config.toml"), err
		},
		rivals: rivals{
			// A profile has settings of its own; older releases choose one here.
			named: [][]string{{"profile"}, {"profiles", "*", "model_provider"}, {"profiles", "*", "model"}},
			files: codexFiles,
		},
		forms: func(u Use) ([]Form, error) {
			args := []any{}
			for _, word := range append(append([]string{}, u.Command[1:]...), "token", u.Account) {
				args = append(args, word)
			}
			settings := []setting{
				at(u.model(), "model"),
				at(u.Entry(), "model_provider"),
				at(object{
					{"name", "hermes-tui"},
					{"base_url", u.BaseURL},
					{"wire_api", "responses"},
				}, "model_providers", u.Entry()),
				at(object{
					{"command", u.Command[0]},
					{"args", args},
					{"timeout_ms", 5000},
					{"refresh_interval_ms", 60000},
				}, "model_providers", u.Entry(), "auth"),
			}
			if headers := u.headers("Originator"); len(headers) > 0 { // it says itself who it is
				settings = append(settings, at(headers, "model_providers", u.Entry(), "http_headers"))
			}
			ours := func(names ...string) (all [][]string) {
				for _, name := range names {
					all = append(all, []string{"model_providers", u.Entry(), name})
				}
				return all
			}
			key, other := pair{"env_key", LocalKeyVariable}, "experimental_bearer_token"
			if u.LocalKey != "" {
				key, other = pair{other, u.LocalKey}, key.key
			}
			proxy := Form{
				Name: Proxy,
				settings: []setting{
					at(u.model(), "model"),
					at(u.Entry(), "model_provider"),
					at(object{
						{"name", "hermes-tui"},
						{"base_url", u.proxyBase()},
						{"wire_api", "responses"},
						key,
					}, "model_providers", u.Entry()),
				},
				drops: ours("auth", "http_headers", other),
				Notes: []string{u.servesNote(), u.keyNote()},
			}
			return []Form{{Name: Helper, settings: settings, drops: ours("env_key", "experimental_bearer_token")}, proxy}, nil
		},
	}
}

// codexLeads gives Codex a provider for one run: OPENAI_BASE_URL brings no
// request, and a provider of its own never asks for a web socket (seen with
// 0.171.0).
func codexLeads(proxy string) []string {
	provider := fmt.Sprintf(`{name="hermes-tui",base_url="%s/openai/v1",wire_api="responses",env_key="%s"}`, proxy, LocalKeyVariable)
	return []string{"-c", `model_provider="hermes-tui"`, "-c", "model_providers.hermes-tui=" + provider}
}

// codexFiles go before the person's config.toml: an administrator's, and the
// project's, which counts where the project is trusted. A file for --profile
// goes before all when it is named.
func codexFiles(w World, own string) []rivalFile {
	keys := words("model_provider", "model", "profile")
	list := []string{"/etc/codex/managed_config.toml", filepath.Join(filepath.Dir(own), "managed_config.toml")}
	list = append(list, upwards(w.Dir, w.Home, ".codex/config.toml")...)
	list = append(list, w.Glob(filepath.Join(filepath.Dir(own), "*.config.toml"))...)
	var files []rivalFile
	for _, path := range list {
		if path != own {
			files = append(files, rivalFile{path: path, format: TOML, keys: keys})
		}
	}
	return files
}
