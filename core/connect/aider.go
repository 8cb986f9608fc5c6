package connect

import "path/filepath"

// aider is Aider-AI/aider. It speaks through litellm, for which a model of Chat
// Completions is called openai/…. Its files are read in turn, later ones win: that
// of the home folder, of the repository, of the current folder; variables that
// begin with AIDER_, and those of .env files, go before them all
// (aider/args.py, https://aider.chat/docs/config.html).
func aider() Program {
	return Program{
		File: "~/.aider.conf.yml",
		ID:   "aider", Name: "aider", Command: "aider",
		APIs: []string{chatCompletions}, named: true,
		format: YAML,
		path: func(w World) (string, error) {
			dir, err := w.Folder("aider", nil)
			return filepath.Join(dir, ".aider.conf.yml"), err
		},
		rivals: rivals{
			variables: aiderVariables(),
			owned:     words("openai-api-base", "openai-api-key"),
			named:     words("weak-model", "editor-model", "openai-api-type", "set-env", "api-key"),
			files:     aiderFiles,
		},
		forms: func(u Use) ([]Form, error) {
			return []Form{{
				Name: Proxy,
				settings: []setting{
					at(u.proxyBase(), "openai-api-base"),
					at(u.localKey(placeholder), "openai-api-key"),
					at("openai/"+u.model(), "model"),
				},
				Notes: []string{u.servesNote(), u.keyHere()},
			}}, nil
		},
	}
}

func aiderVariables() []string {
	return []string{"AIDER_MODEL", "AIDER_OPENAI_API_BASE", "AIDER_OPENAI_API_KEY"}
}

func aiderFiles(w World, own string) []rivalFile {
	var files []rivalFile
	for _, path := range upwards(w.Dir, w.Home, ".aider.conf.yml") {
		if path != own {
			files = append(files, rivalFile{path: path, format: YAML, keys: words("openai-api-base", "openai-api-key", "model")})
		}
	}
	for _, path := range append([]string{filepath.Join(filepath.Dir(own), ".env")}, upwards(w.Dir, w.Home, ".env")...) {
		files = append(files, rivalFile{path: path, format: dotEnv, keys: words(aiderVariables()...)})
	}
	return files
}
