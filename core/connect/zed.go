package connect

import "path/filepath"

// zed is zed-industries/zed. Its keys are in the keyring of the system, or in a
// variable that is called by the provider's name in capitals; such a variable goes
// before the keyring, and none stands in the file
// (https://zed.dev/docs/ai/use-api-access). Its file is JSON with comments.
func zed() Program {
	return Program{
		File: "~/.config/zed/settings.json",
		ID:   "zed", Name: "Zed", Aliases: []string{"zeditor"}, Command: "zed", Unled: true,
		APIs: []string{chatCompletions}, named: true,
		format: JSON, path: zedPath,
		rivals: rivals{
			named: [][]string{
				{"agent", "inline_assistant_model"}, {"agent", "commit_message_model"}, {"agent", "thread_summary_model"}, {"agent", "profiles", "*", "default_model"},
			},
			files: zedFiles,
		},
		forms: func(u Use) ([]Form, error) {
			return []Form{{
				Name: Proxy,
				settings: []setting{
					at(object{
						{"api_url", u.proxyBase()},
						{"available_models", []any{object{
							{"name", u.model()}, {"display_name", u.model()}, {"max_tokens", 128000},
							{"capabilities", object{{"tools", true}, {"images", false}, {"parallel_tool_calls", false}, {"prompt_cache_key", false}}},
						}}},
					}, "language_models", "openai_compatible", zedProvider),
					at(object{{"provider", zedProvider}, {"model", u.model()}}, "agent", "default_model"),
				},
				Notes: []string{
					u.servesNote(), u.keyNote(),
					"Zed takes the key from HERMES_TUI_API_KEY (export HERMES_TUI_API_KEY=\"$" + LocalKeyVariable + "\"), or paste it in its settings, below LLM Providers; a Zed that is not started from a shell sees no such variable",
				},
			}}, nil
		},
	}
}

// zedProvider is what the provider is called; the variable of its key is made of it,
// which the id of an account would make hard to read.
const zedProvider = "hermes-tui"

func zedPath(w World) (string, error) {
	if w.OS == "windows" {
		dir, err := w.Folder("Zed", []string{"AppData", "Roaming"}, "APPDATA")
		return filepath.Join(dir, "Zed", "settings.json"), err
	}
	if w.OS == "darwin" {
		dir, err := w.Folder("Zed", []string{".config"})
		return filepath.Join(dir, "zed", "settings.json"), err
	}
	dir, err := w.Folder("Zed", []string{".config"}, "FLATPAK_XDG_CONFIG_HOME", "XDG_CONFIG_HOME")
	return filepath.Join(dir, "zed", "settings.json"), err
}

func zedFiles(w World, own string) []rivalFile {
	var files []rivalFile
	for _, path := range upwards(w.Dir, w.Home, ".zed/settings.json") {
		if path != own {
			files = append(files, rivalFile{path: path, format: JSON, keys: [][]string{{"agent", "default_model"}, {"language_models"}}})
		}
	}
	return files
}
