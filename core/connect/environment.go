package connect

import "strings"

// environment is for every program that reads the variables of Anthropic or of
// OpenAI: the SDKs, aider, litellm, goose, qwen-code, scripts.
func environment() Program {
	return Program{
		ID: "env", Name: "any other program", Aliases: []string{"environment", "shell"},
		APIs: everyFormat(),
		forms: func(u Use) ([]Form, error) {
			return u.shellForms("COMMAND"), nil
		},
	}
}

// shellForms are lines for the shells of the system, with further variables that a
// program needs.
func (u Use) shellForms(command string, more ...Variable) []Form {
	notes := []string{u.servesNote(), "for one command: " + u.call("exec", u.Account, "--", command)}
	if u.OS == "windows" {
		return []Form{
			{Name: PowerShell, Format: Shell, lines: u.powerShellLines(more), Notes: notes},
			{Name: Cmd, Format: Shell, lines: u.cmdLines(more), Notes: notes},
		}
	}
	return []Form{{Name: Environment, Format: Shell, lines: u.posixLines(more), Notes: notes}}
}

func (u Use) posixLines(more []Variable) []string {
	set, unset := u.variables(more)
	lines := []string{u.keyLine()}
	for _, v := range set {
		value := ShellWord(v.Value)
		if v.Key {
			value = `"$` + LocalKeyVariable + `"`
		}
		lines = append(lines, "export "+v.Name+"="+value)
	}
	return append(lines, "unset "+strings.Join(unset, " "))
}

func (u Use) powerShellLines(more []Variable) []string {
	set, unset := u.variables(more)
	lines := []string{u.keyLine()}
	for _, v := range set {
		value := quotePowerShell(v.Value)
		if v.Key {
			value = "$env:" + LocalKeyVariable
		}
		lines = append(lines, "$env:"+v.Name+" = "+value)
	}
	for _, name := range unset {
		lines = append(lines, "$env:"+name+" = $null")
	}
	return lines
}

// cmdLines are for cmd.exe as one types them; a batch file wants %%k.
func (u Use) cmdLines(more []Variable) []string {
	set, unset := u.variables(more)
	lines := []string{`for /f "delims=" %k in ('"` + u.call("serve", "--show-key") + `"') do @set "` + LocalKeyVariable + `=%k"`}
	for _, v := range set {
		value := v.Value
		if v.Key {
			value = "%" + LocalKeyVariable + "%"
		}
		lines = append(lines, `set "`+v.Name+"="+value+`"`)
	}
	for _, name := range unset {
		lines = append(lines, `set "`+name+`="`)
	}
	return lines
}
