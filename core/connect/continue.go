package connect

import "path/filepath"

// continueDev is continuedev/continue: the extensions and the command cn. Of the
// models in its file it takes the first one that chats, until another one is chosen
// in the program (seen with cn 1.5.47). What stands in ${{ secrets.… }} it looks up
// in the environment, and in .env of its folder.
func continueDev() Program {
	return Program{
		File: "~/.continue/config.yaml",
		ID:   "continue", Name: "Continue", Aliases: []string{"cn"}, Command: "cn", Unled: true,
		APIs: []string{chatCompletions, anthropicMessages}, named: true,
		format: YAML,
		path: func(w World) (string, error) {
			dir, err := w.Folder("Continue", []string{".continue"}, "CONTINUE_GLOBAL_DIR")
			return filepath.Join(dir, "config.yaml"), err
		},
		forms: func(u Use) ([]Form, error) {
			base := u.proxyBase()
			if u.API == anthropicMessages {
				base += "/v1"
			}
			return []Form{{
				Name: Proxy,
				settings: []setting{
					unless("hermes-tui", "name"),
					unless("1.0.0", "version"),
					unless("v1", "schema"),
				},
				items: []item{{path: []string{"models"}, key: "name", first: true, value: object{
					{"name", u.Entry()},
					{"provider", u.dialect("anthropic", "openai", "")},
					{"model", u.model()},
					{"apiBase", base},
					{"apiKey", u.localKey("${{ secrets." + LocalKeyVariable + " }}")},
				}}},
				Notes: []string{u.servesNote(), u.keyNote(), "a model that was chosen in the program before goes first; a config.json beside this file is read no more"},
			}}, nil
		},
	}
}
