package connect

import "path/filepath"

// openCode is sst/opencode. It runs no command for a key, so that it talks to
// the proxy by the package for what the account speaks; all of them want /v1 in
// the address, and {env:…} in a value is replaced by the variable. Its files are merged, later ones win:
// config.json, opencode.json and opencode.jsonc of the global folder,
// OPENCODE_CONFIG, the project's, those of OPENCODE_CONFIG_DIR,
// OPENCODE_CONFIG_CONTENT, an administrator's.
func openCode() Program {
	return Program{
		File: "~/.config/opencode/opencode.json",
		ID:   "opencode", Name: "opencode", Command: "opencode", Ask: []string{"debug", "config", "--pure"},
		APIs: everyFormat(), named: true,
		format: JSON, path: openCodePath,
		rivals: rivals{
			variables: []string{"OPENCODE_CONFIG_CONTENT"},
			named:     [][]string{{"agent", "*", "model"}, {"mode", "*", "model"}, {"small_model"}},
			files:     openCodeFiles,
		},
		forms: func(u Use) ([]Form, error) {
			base := u.proxyBase()
			if u.API == anthropicMessages {
				base += "/v1"
			}
			return []Form{{
				Name: Proxy,
				settings: []setting{
					unless("https://opencode.ai/config.json", "$schema"),
					at(object{
						{"npm", u.dialect("@ai-sdk/anthropic", "@ai-sdk/openai-compatible", "@ai-sdk/openai")},
						{"name", "hermes-tui"},
						{"options", object{
							{"baseURL", base},
							{"apiKey", u.localKey("{env:" + LocalKeyVariable + "}")},
						}},
						{"models", object{{u.model(), object{}}}},
					}, "provider", u.Entry()),
					at(u.Entry()+"/"+u.model(), "model"),
				},
				listed: []setting{at(u.Entry(), "enabled_providers")},
				Wants:  []Want{{[]string{"model"}, u.Entry() + "/" + u.model()}, {[]string{"provider", u.Entry(), "options", "baseURL"}, base}},
				Notes:  []string{u.servesNote(), u.keyNote()},
			}}, nil
		},
	}
}

// openCodePath is opencode.jsonc where it is there, because it goes before
// opencode.json.
func openCodePath(w World) (string, error) {
	dir, err := w.Folder("opencode", []string{".config"}, "XDG_CONFIG_HOME")
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "opencode")
	if path := filepath.Join(dir, "opencode.jsonc"); w.there(path) {
		return path, nil
	}
	return filepath.Join(dir, "opencode.json"), nil
}

func openCodeFiles(w World, own string) []rivalFile {
	var list []string
	for _, name := range []string{"config.json", "opencode.json"} {
		list = append(list, filepath.Join(filepath.Dir(own), name))
	}
	lists := words("enabled_providers", "disabled_providers") // of an earlier file: they hold where ours has none
	var files []rivalFile
	for _, path := range list {
		if path != own {
			files = append(files, rivalFile{path: path, format: JSON, keys: lists})
		}
	}
	list = nil
	if named := w.Env("OPENCODE_CONFIG"); filepath.IsAbs(named) {
		list = append(list, named)
	}
	if w.Env("OPENCODE_DISABLE_PROJECT_CONFIG") == "" {
		list = append(list, upwards(w.Dir, w.Home, "opencode.json", "opencode.jsonc", ".opencode/opencode.json", ".opencode/opencode.jsonc")...)
	}
	managed := map[string]string{"darwin": "/Library/Application Support/opencode", "windows": `C:\ProgramData\opencode`}[w.OS]
	if managed == "" {
		managed = "/etc/opencode"
	}
	for _, dir := range []string{filepath.Join(w.Home, ".opencode"), w.Env("OPENCODE_CONFIG_DIR"), managed} {
		if filepath.IsAbs(dir) {
			list = append(list, filepath.Join(dir, "opencode.json"), filepath.Join(dir, "opencode.jsonc"))
		}
	}
	for _, path := range list {
		if path != own {
			files = append(files, rivalFile{path: path, format: JSON, keys: append(words("model"), lists...)})
		}
	}
	return files
}
