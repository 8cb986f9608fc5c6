package connect

import "path/filepath"

// llm is simonw/llm. Models that it does not know itself stand in a file that is a
// list; their keys in another one, or in a header of the model's own
// (llm/default_plugins/openai_models.py). The folder is click's for a program
// (click.get_app_dir).
func llm() Program {
	return Program{
		File: "~/.config/io.datasette.llm/extra-openai-models.yaml",
		ID:   "llm", Name: "llm", Command: "llm",
		APIs: []string{chatCompletions}, named: true,
		format: YAMLList, path: llmPath,
		forms: func(u Use) ([]Form, error) {
			model := object{
				{"model_id", u.Entry()},
				{"model_name", u.model()},
				{"api_base", u.proxyBase()},
				{"supports_tools", true},
				{"supports_schema", true},
			}
			note := "in your shell's profile, too: export OPENAI_API_KEY=\"$" + LocalKeyVariable + "\""
			if u.LocalKey != "" {
				model = append(model, pair{"headers", object{{"Authorization", "Bearer " + u.LocalKey}}})
				note = "ask it as `llm -m " + u.Entry() + "`, or make it the usual one: `llm models default " + u.Entry() + "`"
			} else {
				model = append(model, pair{"api_key_name", "hermes-tui"})
			}
			return []Form{{
				Name:  Proxy,
				items: []item{{key: "model_id", value: model}},
				Notes: []string{u.servesNote(), u.keyNote(), note},
			}}, nil
		},
	}
}

func llmPath(w World) (string, error) {
	const file = "extra-openai-models.yaml"
	if dir := w.Env("LLM_USER_PATH"); dir != "" {
		dir, err := w.whole("llm", "LLM_USER_PATH", dir)
		return filepath.Join(dir, file), err
	}
	home, variable := []string{".config"}, "XDG_CONFIG_HOME"
	switch w.OS {
	case "darwin":
		home, variable = []string{"Library", "Application Support"}, ""
	case "windows":
		home, variable = []string{"AppData", "Roaming"}, "APPDATA"
	}
	var variables []string
	if variable != "" {
		variables = []string{variable}
	}
	dir, err := w.Folder("llm", home, variables...)
	return filepath.Join(dir, "io.datasette.llm", file), err
}
