package connect

// environment is for every program that reads Anthropic's variables: the SDKs,
// aider, scripts.
func environment() Program {
	return Program{
		ID: "env", Name: "any other program", Aliases: []string{"environment", "shell"},
		forms: func(u Use) ([]Form, error) {
			if err := u.speaks("a program of this kind", anthropicMessages); err != nil {
				return nil, err
			}
			base := ShellWord(u.proxyBase())
			lines := []string{
				u.keyLine(),
				"export ANTHROPIC_BASE_URL=" + base,
				`export ANTHROPIC_AUTH_TOKEN="$` + LocalKeyVariable + `"`,
				"unset ANTHROPIC_API_KEY",
			}
			if model := u.model(); model != "" {
				lines = append(lines, "export ANTHROPIC_MODEL="+ShellWord(model))
			}
			return []Form{{
				Name: Environment, Format: Shell, lines: lines,
				Notes: []string{u.servesNote(), "for one command: " + u.call("exec", u.Account, "--", "COMMAND")},
			}}, nil
		},
	}
}
