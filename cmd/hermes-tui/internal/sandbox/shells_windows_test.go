package sandbox

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestHints_InTheirShells runs the lines in the shells that they are for,
// with a command behind them that shows what was set.
func TestHints_InTheirShells(t *testing.T) {
	const url = "http://127.0.0.1:8123"
	want := filepath.Join(os.Getenv("TEMP"), "hermes-tui-try") + "|" + url + "|" + url + "/anthropic"
	runs := map[string]struct {
		show string
		run  func(lines []string) *exec.Cmd
	}{
		"cmd.exe": {
			"echo %HERMES_TUI_HOME%^|%HERMES_TUI_MINIMAX_OAUTH_URL%^|%HERMES_TUI_MINIMAX_INFERENCE_URL%",
			func(lines []string) *exec.Cmd {
				script := filepath.Join(t.TempDir(), "typed.cmd")
				if err := os.WriteFile(script, []byte("@echo off\r\n"+strings.Join(lines, "\r\n")+"\r\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command("cmd")
				cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /d /c ` + script}
				return cmd
			},
		},
		"PowerShell": {
			`"$env:HERMES_TUI_HOME|$env:HERMES_TUI_MINIMAX_OAUTH_URL|$env:HERMES_TUI_MINIMAX_INFERENCE_URL"`,
			func(lines []string) *exec.Cmd {
				return exec.Command("powershell", "-NoProfile", "-Command", strings.Join(lines, "\n"))
			},
		},
	}
	for _, s := range shells("windows") {
		t.Run(s.name, func(t *testing.T) {
			if s.name == "PowerShell" {
				if out, _ := exec.Command("powershell", "-NoProfile", "-Command", "'here'").Output(); strings.TrimSpace(string(out)) != "here" {
					t.Skip("no PowerShell here: Wine has the name only")
				}
			}
			out, err := runs[s.name].run(s.lines(url, runs[s.name].show)).CombinedOutput()
			if got := strings.TrimSpace(string(out)); err != nil || got != want {
				t.Errorf("%v: %q, want %q", err, got, want)
			}
		})
	}
}
