//go:build unix

package main_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/hermes-tui/hermes-tui/internal/screen"
)

// terminal is a program in a terminal emulator.
type terminal struct {
	t      testing.TB
	cmd    *exec.Cmd
	pty    *os.File
	screen *screen.Screen
	mu     sync.Mutex
	raw    bytes.Buffer // everything that was written to the terminal
	before *term.State  // of the terminal's driver
	done   chan struct{}
}

// Write implements io.Writer: what the program writes.
func (x *terminal) Write(p []byte) (int, error) {
	x.mu.Lock()
	x.raw.Write(p)
	x.mu.Unlock()
	return x.screen.Write(p)
}

func (x *terminal) written() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.raw.String()
}

// open starts a command in a terminal. One that is mute never answers a query.
func open(t testing.TB, cmd *exec.Cmd, columns, rows int, mute bool) *terminal {
	t.Helper()
	file, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, cmd: cmd, pty: file, done: make(chan struct{})}
	x.before = x.state()
	if err := pty.Setsize(file, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)}); err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	err = cmd.Start()
	_ = tty.Close()
	if err != nil {
		t.Fatal(err)
	}
	var replies io.Writer = file
	if mute {
		replies = nil
	}
	x.screen = screen.New(columns, rows, replies)
	go func() {
		defer close(x.done)
		_, _ = io.Copy(x, file) // ends when the program has left the terminal
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = file.Close()
		<-x.done
		_ = x.screen.Close()
	})
	return x
}

// press types keys.
func (x *terminal) press(keys string) {
	x.t.Helper()
	if _, err := io.WriteString(x.pty, keys); err != nil {
		x.t.Fatal(err)
	}
}

// match waits until the screen matches, and returns the groups.
func (x *terminal) match(pattern string) []string {
	x.t.Helper()
	re := regexp.MustCompile(pattern)
	timeout := time.After(limit)
	for {
		changed := x.screen.Changed()
		if found := re.FindStringSubmatch(x.screen.Text()); found != nil {
			return found
		}
		select {
		case <-changed:
		case <-timeout:
			x.t.Fatalf("the screen never matched %q:\n%s", pattern, x.screen.Text())
		}
	}
}

// writes waits until what was written to the terminal matches, and returns the
// groups. It is for what cannot be seen; that comes beside the frames.
func (x *terminal) writes(pattern string) []string {
	x.t.Helper()
	re := regexp.MustCompile(pattern)
	timeout := time.After(limit)
	for {
		changed := x.screen.Changed()
		if found := re.FindStringSubmatch(x.written()); found != nil {
			return found
		}
		select {
		case <-changed:
		case <-timeout:
			x.t.Fatalf("never written: %q, but %q", pattern, x.written())
		}
	}
}

// resize changes the size of the terminal.
func (x *terminal) resize(columns, rows int) {
	x.t.Helper()
	x.screen.Resize(columns, rows)
	if err := pty.Setsize(x.pty, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)}); err != nil {
		x.t.Fatal(err)
	}
}

// window starts the terminal UI with a portal of its own, in an empty home
// folder. When it has ended, the shell around it says how it left the terminal.
func window(t testing.TB, columns, rows int, flags ...string) (*terminal, []string) {
	t.Helper()
	return windowIn(t, nil, columns, rows, flags...)
}

// windowIn is a window with further environment variables.
func windowIn(t testing.TB, more []string, columns, rows int, flags ...string) (*terminal, []string) {
	t.Helper()
	temp, err := os.MkdirTemp("", "e2e") // short, because its name is shown
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temp) })
	env := []string{
		"HOME=" + t.TempDir(), "TMPDIR=" + temp, "TERM=xterm-256color", "LANG=C.UTF-8",
		"PATH=" + filepath.Dir(binary) + ":" + os.Getenv("PATH"),
	}
	env = append(env, more...)
	ctx, cancel := context.WithTimeout(context.Background(), 2*limit)
	t.Cleanup(cancel)
	script := `"${RUN:-hermes-tui}" --sandbox "$@"; echo "ended with $?"; stty -a`
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", script, "sh"}, flags...)...)
	cmd.Env, cmd.Dir = env, temp
	return open(t, cmd, columns, rows, false), env
}

// throwaway finds the folder of the window, and the portal in its configuration.
func throwaway(t testing.TB, env []string) (dir, portal string) {
	t.Helper()
	temp := strings.TrimPrefix(env[1], "TMPDIR=")
	found, err := filepath.Glob(filepath.Join(temp, "hermes-tui-sandbox-*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("folders of the window: %v, %v", found, err)
	}
	data, err := os.ReadFile(filepath.Join(found[0], "config", "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return found[0], regexp.MustCompile(`oauth_url = "([^"]+)"`).FindStringSubmatch(string(data))[1]
}

// submit loads a page of the portal and sends its form with one of its buttons,
// as a person without a browser does it with curl.
func submit(t testing.TB, portal, page, action string) {
	t.Helper()
	text := get(t, portal+page)
	fields := url.Values{"action": {action}}
	for _, found := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(text, -1) {
		fields.Set(found[1], found[2])
	}
	target := regexp.MustCompile(`<form method="post" action="([^"]+)"`).FindStringSubmatch(text)
	if target == nil {
		t.Fatalf("no form on %s:\n%s", page, text)
	}
	answer, err := http.PostForm(portal+target[1], fields)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s on %s: %s", action, page, answer.Status)
	}
}

func get(t testing.TB, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// osc52 is how a terminal is asked to copy a text.
func osc52(text string) string {
	return "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\a"
}

const codeOnScreen = `\b([A-Z]{4}-[0-9]{4})\b *(?:\]|\s|$)`
