package connect

import "path/filepath"

// crush is charmbracelet/crush. It could run a command for a key, but it asks for
// another one only after a 401, which a stream has lost by then; so it talks to the
// proxy. $NAME in a value is replaced by the variable. Its file is JSON without
// comments; those that it merges over it are its own, in the data folder, where the
// models stand that were chosen in the program, and the project's
// (internal/config/load.go).
func crush() Program {
	return Program{
		File: "~/.config/crush/crush.json",
		ID:   "crush", Name: "Crush", Command: "crush",
		APIs: everyFormat(), named: true,
		format: Plain, path: crushPath,
		rivals: rivals{files: crushFiles},
		forms: func(u Use) ([]Form, error) {
			selected := object{{"provider", u.Entry()}, {"model", u.model()}}
			return []Form{{
				Name: Proxy,
				settings: []setting{
					unless("https://charm.land/crush.json", "$schema"),
					at(object{
						{"name", "hermes-tui"},
						{"type", u.dialect("anthropic", "openai-compat", "openai")},
						{"base_url", u.proxyBase()},
						{"api_key", u.localKey("$" + LocalKeyVariable)},
						{"models", []any{object{{"id", u.model()}, {"name", u.model()}}}},
					}, "providers", u.Entry()),
					at(selected, "models", "large"),
					at(selected, "models", "small"),
				},
				Notes: []string{u.servesNote(), u.keyNote()},
			}}, nil
		},
	}
}

func crushPath(w World) (string, error) {
	if dir := w.Env("CRUSH_GLOBAL_CONFIG"); dir != "" {
		dir, err := w.whole("Crush", "CRUSH_GLOBAL_CONFIG", dir)
		return filepath.Join(dir, "crush.json"), err
	}
	dir, err := w.Folder("Crush", []string{".config"}, "XDG_CONFIG_HOME")
	return filepath.Join(dir, "crush", "crush.json"), err
}

func crushFiles(w World, _ string) []rivalFile {
	data, err := w.Folder("Crush", []string{".local", "share"}, "XDG_DATA_HOME")
	if err != nil {
		return nil
	}
	list := append([]string{filepath.Join(data, "crush", "crush.json")}, upwards(w.Dir, w.Home, "crush.json", ".crush.json")...)
	files := make([]rivalFile, len(list))
	for i, path := range list {
		files[i] = rivalFile{path: path, format: Plain, keys: words("models")}
	}
	return files
}
