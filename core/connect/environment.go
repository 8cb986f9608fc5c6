package connect

import "strings"

// environment is for every program that reads the variables of Anthropic or of
// OpenAI: the SDKs, aider, litellm, goose, qwen-code, scripts.
func environment() Program {
	return Program{
		ID: "env", Name: "any other program", Aliases: []string{"environment", "shell"},
		forms: func(u Use) ([]Form, error) {
			if err := u.speaks("a program of this kind", anthropicMessages, chatCompletions, codexResponses); err != nil {
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

// ownKey is the value of a variable that is to have the proxy's key.
const ownKey = "\x00key"

// variable is one that a program reads; without a value it must not be set.
type variable struct{ name, value string }

// variables lead a program to the proxy. The OpenAI SDKs read OPENAI_BASE_URL,
// litellm and what is built on it OPENAI_API_BASE, goose the host and the path.
func (u Use) variables() []variable {
	model := u.model()
	if u.API == anthropicMessages {
		all := []variable{{"ANTHROPIC_BASE_URL", u.proxyBase()}, {"ANTHROPIC_AUTH_TOKEN", ownKey}, {"ANTHROPIC_API_KEY", ""}}
		if model != "" {
			all = append(all, variable{"ANTHROPIC_MODEL", model})
		}
		return all
	}
	all := []variable{{"OPENAI_BASE_URL", u.proxyBase()}, {"OPENAI_API_BASE", u.proxyBase()}, {"OPENAI_API_KEY", ownKey}}
	if u.API == chatCompletions {
		path := strings.TrimPrefix(u.proxyBase(), u.Proxy)
		all = append(all, variable{"OPENAI_HOST", u.Proxy}, variable{"OPENAI_BASE_PATH", strings.TrimPrefix(path, "/") + "/chat/completions"})
	}
	if model != "" {
		all = append(all, variable{"OPENAI_MODEL", model})
	}
	return append(all, variable{"OPENAI_ORG_ID", ""}, variable{"OPENAI_ORGANIZATION", ""}, variable{"OPENAI_PROJECT", ""})
}

func (u Use) posixLines() []string {
	lines := []string{u.keyLine()}
	for _, v := range u.variables() {
		switch v.value {
		case "":
			lines = append(lines, "unset "+v.name)
		case ownKey:
			lines = append(lines, "export "+v.name+`="$`+LocalKeyVariable+`"`)
		default:
			lines = append(lines, "export "+v.name+"="+ShellWord(v.value))
		}
	}
	return lines
}

func (u Use) powerShellLines() []string {
	lines := []string{u.keyLine()}
	for _, v := range u.variables() {
		switch v.value {
		case "":
			lines = append(lines, "$env:"+v.name+" = $null")
		case ownKey:
			lines = append(lines, "$env:"+v.name+" = $env:"+LocalKeyVariable)
		default:
			lines = append(lines, "$env:"+v.name+" = "+quotePowerShell(v.value))
		}
	}
	return lines
}

// cmdLines are for cmd.exe as one types them; a batch file wants %%k.
func (u Use) cmdLines() []string {
	lines := []string{`for /f "delims=" %k in ('"` + u.call("serve", "--show-key") + `"') do @set "` + LocalKeyVariable + `=%k"`}
	for _, v := range u.variables() {
		value := v.value
		if value == ownKey {
			value = "%" + LocalKeyVariable + "%"
		}
		lines = append(lines, `set "`+v.name+"="+value+`"`)
	}
	return lines
}
