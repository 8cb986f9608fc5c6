package connect

import (
	"slices"
	"strings"
)

// LocalKeyVariable is the environment variable in which programs look for the
// proxy's key.
const LocalKeyVariable = "HERMES_TUI_LOCAL_KEY"

func shellText(lines []string) string { return strings.Join(lines, "\n") + "\n" }

// keyLine sets the variable that a program reads the proxy's key from.
func (u Use) keyLine() string {
	if u.OS == "windows" {
		return "$env:" + LocalKeyVariable + " = " + powerShellLine(append(slices.Clone(u.Command), "serve", "--show-key")...)
	}
	return "export " + LocalKeyVariable + `="$(` + u.call("serve", "--show-key") + `)"`
}

// servesNote says that a proxy form needs the proxy.
func (u Use) servesNote() string {
	return "`" + u.call("serve") + "` has to run; contrib/ has a service for it"
}

// placeholder stands where a program's file takes a key and no variable.
const placeholder = "KEY-OF-HERMES-TUI"

// keyHere says what goes in the place of [placeholder].
func (u Use) keyHere() string {
	if u.LocalKey != "" {
		return u.keyNote()
	}
	return "its file takes no variable: --write makes a key for it, or put one in the place of " + placeholder + " (`" + u.call("key", "add", "NAME") + "`)"
}

// keyNote says where the proxy's key comes from.
func (u Use) keyNote() string {
	if u.LocalKey != "" {
		return "the key in the file is this program's own (`hermes-tui key list`); --undo revokes it"
	}
	if u.OS == "windows" {
		return "in PowerShell's profile: " + u.keyLine()
	}
	return "in your shell's profile: " + u.keyLine()
}
