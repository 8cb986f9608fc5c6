//go:build unix

package main_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// snippets are the blocks of docs/snippets.md of one language.
func snippets(t *testing.T, language string, want int) []string {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "snippets.md"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(doc), -1) {
		found = append(found, m[1])
	}
	if len(found) != want {
		t.Fatalf("%d snippets for %s, not %d", len(found), language, want)
	}
	return found
}

// snippetBench is a machine with one account, whose path leads to the program.
func snippetBench(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	bin := b.mkdir(".local/bin")
	if err := os.Symlink(binary, filepath.Join(bin, "hermes-tui")); err != nil {
		t.Fatal(err)
	}
	b.env = append(b.env, "PATH="+bin+":"+os.Getenv("PATH"), "LANG=C.UTF-8", "TERM=xterm-256color", "SHELL=/bin/sh")
	return b
}

// sh runs a program of this machine in the bench.
func (b *bench) sh(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(b.t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = b.env, b.home, time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if slices.Contains(strings.Split(os.Getenv("HERMES_TUI_TEST_REQUIRE"), ","), program) {
			t.Fatal(err)
		}
		t.Skipf("there is no %s here: %v", program, err)
	}
}

func TestSnippet_Tmux(t *testing.T) {
	t.Parallel()
	need(t, "tmux")
	b := snippetBench(t)
	conf, socket := filepath.Join(b.home, "tmux.conf"), filepath.Join(b.home, "tmux.socket")
	if err := os.WriteFile(conf, []byte(snippets(t, "tmux", 1)[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "tmux", "-u", "-S", socket, "-f", conf)
	cmd.Env, cmd.Dir = b.env, b.home
	x := open(t, cmd, 80, 10, false)
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", socket, "kill-server").Run() }) // the test's context is done by then
	x.match(`●1 \d\d:\d\d`)
}

func TestSnippet_Zsh(t *testing.T) {
	t.Parallel()
	need(t, "zsh")
	b := snippetBench(t)
	if err := os.WriteFile(filepath.Join(b.home, ".zshrc"), []byte(snippets(t, "zsh", 1)[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "zsh", "-i")
	cmd.Env, cmd.Dir = b.env, b.home
	x := open(t, cmd, 80, 10, false)
	x.match(`●1`)
	x.press("exit\r")
}

// TestSnippet_Starship runs what starship runs, and starship where it is installed.
func TestSnippet_Starship(t *testing.T) {
	t.Parallel()
	b := snippetBench(t)
	var conf struct {
		Custom map[string]struct{ Command, Format string }
	}
	text := snippets(t, "toml", 1)[0]
	if err := toml.Unmarshal([]byte(text), &conf); err != nil {
		t.Fatal(err)
	}
	h := conf.Custom["hermes"]
	if out, err := b.sh("sh", "-c", h.Command); err != nil || out != "●1\n" {
		t.Errorf("command: %v, %q", err, out)
	}
	need(t, "starship")
	file := filepath.Join(b.home, "starship.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := b.sh("env", "STARSHIP_CONFIG="+file, "STARSHIP_SHELL=sh", "starship", "module", "custom.hermes"); err != nil || !strings.HasPrefix(out, "●1") {
		t.Errorf("starship: %v, %q", err, out)
	}
}

func TestSnippet_Waybar(t *testing.T) {
	t.Parallel()
	b := snippetBench(t)
	var conf map[string]struct{ Exec string }
	if err := json.Unmarshal([]byte(snippets(t, "json", 1)[0]), &conf); err != nil {
		t.Fatal(err)
	}
	if out, err := b.sh("sh", "-c", conf["custom/hermes"].Exec); err != nil || out != "●1\n" {
		t.Errorf("%v, %q", err, out)
	}
}

func TestSnippet_Systemd(t *testing.T) {
	t.Parallel()
	need(t, "systemd-analyze")
	b := snippetBench(t)
	dir := b.mkdir("units")
	b.env = append(b.env, "XDG_RUNTIME_DIR="+b.mkdir("run"))
	names := []string{"hermes-tui-check.service", "hermes-tui-check.timer", "hermes-tui-failed.service"}
	var paths []string
	for i, text := range snippets(t, "ini", 3) {
		path := filepath.Join(dir, names[i])
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "%h", b.home)), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
		for _, m := range regexp.MustCompile(`(?m)^ExecStart=%h/\.local/bin/(hermes-tui .*)$`).FindAllStringSubmatch(text, -1) {
			if out, err := b.sh("sh", "-c", m[1]); err != nil {
				t.Errorf("%s: %v\n%s", m[1], err, out)
			}
		}
	}
	if out, err := b.sh("systemd-analyze", append([]string{"verify", "--man=no", "--user"}, paths...)...); err != nil || strings.Contains(out, "hermes-tui-") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSnippet_Cron(t *testing.T) {
	t.Parallel()
	b := snippetBench(t)
	b.env = append(b.env, "PATH=/usr/bin:/bin") // as cron has it
	line := strings.TrimPrefix(strings.TrimSpace(snippets(t, "cron", 1)[0]), "*/10 * * * * ")
	if out, err := b.sh("sh", "-c", line); err != nil || out != "" {
		t.Errorf("while all is well cron would send mail: %v, %q", err, out)
	}
	b.portal.RevokeAll()
	b.run("refresh", "--force")
	if out, err := b.sh("sh", "-c", line); err != nil || out != "1 needs sign-in\n" {
		t.Errorf("when somebody has to sign in: %v, %q", err, out)
	}
}

func TestSnippet_Script(t *testing.T) {
	t.Parallel()
	b := snippetBench(t)
	out, err := b.sh("sh", "-e", "-c", snippets(t, "sh", 1)[0])
	if want := regexp.MustCompile(`^work\tok\tin 1[45]m \d\ds\nkeystore: encrypted file\nwork\tok, .*\n$`); err != nil || !want.MatchString(out) {
		t.Errorf("%v\n%s", err, out)
	}
}
