package connect

import (
	"regexp"
	"strings"
	"sync"
)

// plainWord means itself in every shell.
var plainWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_./:=@,+-]+$`) })

// variableName is where one may begin, for cmd.exe.
var variableName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`%([\pL\pN_])`) })

// ShellWord quotes a word for a POSIX shell, if it needs it.
func ShellWord(s string) string {
	if plainWord().MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// WindowsWord quotes a word for cmd.exe, if it needs it. A POSIX shell, which
// some programs run on Windows, reads the same unless there is a $ or a ` in it.
// No path there has a double quote. A variable's name begins behind a %, and
// quotes around its first character make it one that does not exist, which
// cmd.exe leaves as it stands.
func WindowsWord(s string) string {
	if plainWord().MatchString(s) {
		return s
	}
	s = strings.ReplaceAll(s, `"`, ``)
	if strings.HasSuffix(s, `\`) { // which would take the quote behind it along
		s += `\`
	}
	return `"` + variableName().ReplaceAllString(s, `%"$1"`) + `"`
}

// quotePowerShell is a word as a text of PowerShell.
func quotePowerShell(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Line is a command line for the shell that is usual on a system: POSIX, or cmd
// on Windows.
func Line(os string, words ...string) string {
	quote := ShellWord
	if os == "windows" {
		quote = WindowsWord
	}
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quote(word)
	}
	return strings.Join(quoted, " ")
}

// powerShellLine is a command line for PowerShell, where a quoted command needs
// an operator.
func powerShellLine(words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quotePowerShell(word)
		if plainWord().MatchString(word) && !strings.ContainsAny(word, ",@") {
			quoted[i] = word
		}
	}
	if quoted[0][0] != '\'' {
		return strings.Join(quoted, " ")
	}
	return "& " + strings.Join(quoted, " ")
}
