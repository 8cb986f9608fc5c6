package sandbox

import "strings"

// shell is one that people of a system type into, and how it sets a variable.
type shell struct {
	name   string // empty where there is only one
	before string // what stands before the variable's name
	middle string // between name and value
	after  string // behind the value
	fresh  string // a folder for a try, as the shell spells it
}

// shells are those that are usual on a system, as runtime.GOOS names it.
func shells(os string) []shell {
	if os == "windows" {
		return []shell{
			{"cmd.exe", `set "`, "=", `"`, `%TEMP%\hermes-tui-try`},
			{"PowerShell", "$env:", ` = "`, `"`, `$env:TEMP\hermes-tui-try`},
		}
	}
	return []shell{{"", "export ", `="`, `"`, "$(mktemp -d)"}}
}

// set is the line that sets a variable. The value is one of ours: a web address,
// or the shell's fresh folder.
func (s shell) set(name, value string) string {
	return s.before + name + s.middle + value + s.after
}

// hints are the lines to type into another terminal so that hermes-tui
// signs in at the sandbox.
func hints(os, url, login string) []string {
	var all []string
	for _, s := range shells(os) {
		in := ""
		if s.name != "" {
			in = ", in " + s.name
		}
		all = append(all, "In another terminal"+in+":")
		for _, line := range s.lines(url, login) {
			all = append(all, "  "+line)
		}
	}
	return all
}

func (s shell) lines(url, login string) []string {
	if s.name == "PowerShell" && strings.HasPrefix(login, `"`) {
		login = "& " + login // a quoted word is a text there
	}
	return []string{
		s.set("HERMES_TUI_HOME", s.fresh),
		s.set("HERMES_TUI_MINIMAX_OAUTH_URL", url),
		s.set("HERMES_TUI_MINIMAX_INFERENCE_URL", url+"/anthropic"),
		login,
	}
}
