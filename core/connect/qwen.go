package connect

import "path/filepath"

// qwenCode is QwenLM/qwen-code. OPENAI_API_KEY and OPENAI_BASE_URL go before its
// files, and they before OPENAI_MODEL (seen with 0.24.4). A value that begins with $
// is replaced by the variable. Its files are merged: the system's defaults, the
// person's, the project's, the system's; variables also come from .env files.
func qwenCode() Program {
	return Program{
		File: "~/.qwen/settings.json",
		ID:   "qwen-code", Name: "Qwen Code", Aliases: []string{"qwen"}, Command: "qwen",
		APIs: []string{chatCompletions}, named: true,
		Leads:  func(string) []string { return []string{"--auth-type", "openai"} },
		format: JSON,
		path: func(w World) (string, error) {
			dir, err := w.Folder("Qwen Code", []string{".qwen"}, "QWEN_HOME")
			return filepath.Join(dir, "settings.json"), err
		},
		rivals: rivals{
			variables: qwenVariables(),
			drops:     paths("env", qwenVariables()...),
			named:     [][]string{{"security", "auth", "enforcedType"}, {"modelProviders", "openai"}},
			files:     qwenFiles,
		},
		forms: func(u Use) ([]Form, error) {
			return []Form{{
				Name: Proxy,
				settings: []setting{
					unless(4, "$version"), // else it writes the file anew at its start, and --undo knows it no more
					at("openai", "security", "auth", "selectedType"),
					at(u.localKey("$"+LocalKeyVariable), "security", "auth", "apiKey"),
					at(u.proxyBase(), "security", "auth", "baseUrl"),
					at(u.model(), "model", "name"),
				},
				Notes: []string{u.servesNote(), u.keyNote()},
			}}, nil
		},
	}
}

func qwenVariables() []string { return []string{"OPENAI_API_KEY", "OPENAI_BASE_URL"} }

func qwenFiles(w World, own string) []rivalFile {
	keys := [][]string{
		{"security", "auth", "selectedType"}, {"security", "auth", "enforcedType"}, {"security", "auth", "apiKey"}, {"security", "auth", "baseUrl"},
		{"model", "name"}, {"env", "OPENAI_API_KEY"}, {"env", "OPENAI_BASE_URL"},
	}
	system := map[string]string{"darwin": "/Library/Application Support/QwenCode/settings.json", "windows": `C:\ProgramData\qwen-code\settings.json`}[w.OS]
	if system == "" {
		system = "/etc/qwen-code/settings.json"
	}
	if named := w.Env("QWEN_CODE_SYSTEM_SETTINGS_PATH"); filepath.IsAbs(named) {
		system = named
	}
	files := []rivalFile{{path: system, format: JSON, keys: keys, managed: true}}
	if w.Dir != "" {
		if path := filepath.Join(w.Dir, ".qwen", "settings.json"); path != own {
			files = append(files, rivalFile{path: path, format: JSON, keys: keys})
		}
	}
	list := append(upwards(w.Dir, w.Home, ".qwen/.env", ".env"), filepath.Join(filepath.Dir(own), ".env"), filepath.Join(w.Home, ".env"))
	for _, path := range list {
		files = append(files, rivalFile{path: path, format: dotEnv, keys: words(qwenVariables()...)})
	}
	return files
}
