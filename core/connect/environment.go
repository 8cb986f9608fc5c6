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
			notes := []string{u.servesNote(), "for one command: " + u.call("exec", u.Account, "--", "COMMAND")}
			if u.OS == "windows" {
				return []Form{
					{Name: PowerShell, Format: Shell, lines: u.powerShellLines(), Notes: notes},
					{Name: Cmd, Format: Shell, lines: u.cmdLines(), Notes: notes},
				}, nil
			}
			return []Form{{Name: Environment, Format: Shell, lines: u.posixLines(), Notes: notes}}, nil
		},
	}
}

func (u Use) posixLines() []string {
	lines := []string{
		u.keyLine(),
		"export ANTHROPIC_BASE_URL=" + ShellWord(u.proxyBase()),
		`export ANTHROPIC_AUTH_TOKEN="$` + LocalKeyVariable + `"`,
		"unset ANTHROPIC_API_KEY",
	}
	if model := u.model(); model != "" {
		lines = append(lines, "export ANTHROPIC_MODEL="+ShellWord(model))
	}
	return lines
}

func (u Use) powerShellLines() []string {
	lines := []string{
		u.keyLine(),
		"$env:ANTHROPIC_BASE_URL = " + quotePowerShell(u.proxyBase()),
		"$env:ANTHROPIC_AUTH_TOKEN = $env:" + LocalKeyVariable,
		"$env:ANTHROPIC_API_KEY = $null",
	}
	if model := u.model(); model != "" {
		lines = append(lines, "$env:ANTHROPIC_MODEL = "+quotePowerShell(model))
	}
	return lines
}

// cmdLines are for cmd.exe as one types them; a batch file wants %%k.
func (u Use) cmdLines() []string {
	lines := []string{
		`for /f "delims=" %k in ('"` + u.call("serve", "--show-key") + `"') do @set "` + LocalKeyVariable + `=%k"`,
		`set "ANTHROPIC_BASE_URL=` + u.proxyBase() + `"`,
		`set "ANTHROPIC_AUTH_TOKEN=%` + LocalKeyVariable + `%"`,
		`set "ANTHROPIC_API_KEY="`,
	}
	if model := u.model(); model != "" {
		lines = append(lines, `set "ANTHROPIC_MODEL=`+model+`"`)
	}
	return lines
}
