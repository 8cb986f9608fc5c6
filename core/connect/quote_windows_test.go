package connect

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// printWords makes this test's program print its words, as JSON.
const printWords = "HERMES_TUI_TEST_WORDS"

func TestMain(m *testing.M) {
	if os.Getenv(printWords) != "" {
		_ = json.NewEncoder(os.Stdout).Encode(os.Args[1:])
		return
	}
	os.Exit(m.Run())
}

// TestLine_ArrivesInTheShellsOfWindows runs helper lines as programs do: Node
// with cmd /d /s /c, Python with cmd /c; and in PowerShell.
func TestLine_ArrivesInTheShellsOfWindows(t *testing.T) {
	words := []string{
		"token", `D:\my tokens\`, `D:\plain\`, "it's", "R&D", "100%", "%PATH%", `C:\100%\%PATH%\x`, "a^b", "^", "(x)", "!x!", "a;b,c=d",
		"Zoë Müller 日本", "", `\\server\my share\`, "a|b>c<d", "~", "$HOME", "`x`", "--home",
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"plain", "R&D 100% (x86)", "%PATH% ^ it's", "Zoë 日本"} {
		dir := filepath.Join(t.TempDir(), folder)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		program := filepath.Join(dir, "hermes-tui.exe")
		clone(t, self, program)
		line := Line("windows", append([]string{program}, words...)...)
		for name, cmdLine := range map[string]string{
			"Node":   `cmd.exe /d /s /c "` + line + `"`,
			"Python": `cmd.exe /c "` + line + `"`,
		} {
			cmd := exec.Command("cmd.exe")
			cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: cmdLine}
			arrives(t, name+", "+folder, cmd, words)
		}
		if out, _ := exec.Command("powershell", "-NoProfile", "-Command", "'here'").Output(); strings.TrimSpace(string(out)) != "here" {
			t.Log("no PowerShell here (Wine has the name only): it is left out")
			continue
		}
		plain := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == "" || strings.HasSuffix(word, `\`) }) // old ones lose these
		arrives(t, "PowerShell, "+folder, exec.Command("powershell", "-NoProfile", "-Command", powerShellLine(append([]string{program}, plain...)...)), plain)
	}
}

func arrives(t *testing.T, name string, cmd *exec.Cmd, want []string) {
	t.Helper()
	cmd.Env = append(os.Environ(), printWords+"=1")
	out, err := cmd.CombinedOutput()
	var got []string
	if err != nil || json.Unmarshal(out, &got) != nil || !slices.Equal(got, want) {
		t.Errorf("%s: %v, %s\ngot  %q\nwant %q", name, err, out, got, want)
	}
}

func clone(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if closed := out.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
}
