//go:build unix

package main_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/internal/openidtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// A provider of the configuration is in the window like the built-in ones; a
// second sign-in of one owner asks, and can take the first one's place.
func TestWindow_ProviderOfTheConfiguration(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	server := openidtest.New(t)
	server.AutoApprove("id1")
	b.configure("browser = false\n" + workedExample(t, server.URL))
	ctx, cancel := context.WithTimeout(context.Background(), 2*limit)
	t.Cleanup(cancel)
	cmd := b.command(ctx)
	cmd.Env = append(cmd.Env, "TERM=xterm-256color", "LANG=C.UTF-8")
	x := open(t, cmd, 100, 30, false)
	x.match(`No accounts yet`)

	signIn := func() {
		x.press("a")
		x.match(`OpenAI Codex`)
		x.press("acme") // what is typed finds it
		x.match(`▌ Acme`)
		x.press("\r")
		x.match(`called after its owner`)
		x.press("\r")
	}
	signIn()
	x.match(`acme +Acme +. ok`)

	signIn()
	x.match(`owner, id1, is here already as "acme"`)
	x.pressUntil("r", `1 account `) // a question that has just opened ignores keys for a moment
	x.match(`acme +Acme +. ok`)
	b.id = "acme"
	if a := b.account(); a["identity"].(map[string]any)["subject"] != "id1" {
		t.Errorf("the account is %v", a)
	}
	var accounts []map[string]any
	b.decode(b.must("list", "--json"), &accounts)
	if len(accounts) != 1 {
		t.Errorf("%d accounts", len(accounts))
	}
	x.press("q")
}

// The plain sign-in asks the same, and waits for nobody who has left.
func TestLogin_AsksAboutTheOwner(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		press, says string
		code        string
		accounts    int
	}{
		"replace": {"r\r", `Signed in: acme \(Acme`, "0", 1},
		"add":     {"a\r", `Signed in: acme-2 \(Acme`, "0", 2},
		"enter":   {"\r", `nothing was saved`, "1", 1},
		"ctrl+c":  {"\x03", `ended with`, "130", 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, sandbox.Options{})
			server := openidtest.New(t)
			server.AutoApprove("id1")
			b.configure("browser = false\n" + workedExample(t, server.URL))
			b.must("login", "acme", "--label", "acme")
			ctx, cancel := context.WithTimeout(context.Background(), 2*limit)
			t.Cleanup(cancel)
			cmd := exec.CommandContext(ctx, "sh", "-c", `trap : INT; "$0" login acme --label acme-2; echo "ended with $?"`, binary)
			cmd.Env, cmd.Dir = b.env, b.home
			x := open(t, cmd, 100, 30, false)
			x.match(`owner, id1, is here already as "acme"`)
			x.match(`save nothing \(N\)\?`)
			x.press(tc.press)
			x.match(tc.says)
			x.match(`ended with ` + tc.code)
			var accounts []map[string]any
			b.decode(b.must("list", "--json"), &accounts)
			if len(accounts) != tc.accounts {
				t.Errorf("%d accounts", len(accounts))
			}
		})
	}
}

// A key that is pasted into a terminal is not shown.
func TestLogin_APIKeyWithoutEcho(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	ctx, cancel := context.WithTimeout(context.Background(), 2*limit)
	t.Cleanup(cancel)
	x := open(t, b.command(ctx, "login", "minimax", "--api-key"), 100, 30, false)
	x.match(`API key \(it is not shown\)`)
	x.press(pastedKey + "\r")
	x.match(`Added the API key: minimax`)
	if strings.Contains(x.written(), pastedKey) {
		t.Error("the key is on the screen")
	}
	if out := b.must("token"); out != pastedKey+"\n" {
		t.Errorf("the token is %q", out)
	}
}

// Who thinks better of it, or is told to end, gets a terminal back that shows
// what is typed.
func TestLogin_APIKeyGivenUp(t *testing.T) {
	for name, end := range map[string]struct {
		do   func(*terminal)
		code string
	}{
		"ctrl+c":  {func(x *terminal) { x.press("sk-FAKE\x03") }, "130"},
		"ctrl+d":  {func(x *terminal) { x.press("\x04") }, "130"},
		"SIGTERM": {func(x *terminal) { signalGroup(t, x, syscall.SIGTERM) }, "143"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, sandbox.Options{})
			ctx, cancel := context.WithTimeout(context.Background(), 2*limit)
			t.Cleanup(cancel)
			cmd := exec.CommandContext(ctx, "sh", "-c", `trap : TERM; "$0" login minimax --api-key; echo "ended with $?"; stty -a`, binary)
			cmd.Env, cmd.Dir = b.env, b.home
			x := open(t, cmd, 100, 30, false)
			x.match(`API key \(it is not shown\)`)
			end.do(x)
			x.match(`ended with ` + end.code)
			x.match(` echo `)
			if strings.Contains(x.written(), "sk-FAKE") {
				t.Error("the key is on the screen")
			}
		})
	}
}

// signalGroup signals the program in the terminal, and the shell around it.
func signalGroup(t *testing.T, x *terminal, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(-x.cmd.Process.Pid, s); err != nil {
		t.Fatal(err)
	}
}

// The passphrase of a sealed key is asked for, and not shown.
func TestPassphrase_InATerminal(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	token := strings.TrimSpace(b.must("token"))
	const passphrase = "correct horse"
	sealKey(t, filepath.Join(b.home, "tui", "data", "key"), passphrase)
	ctx, cancel := context.WithTimeout(context.Background(), 2*limit)
	t.Cleanup(cancel)
	for name, tc := range map[string]struct{ typed, says, code string }{
		"right":  {passphrase + "\r", regexp.QuoteMeta(token), "0"},
		"wrong":  {"wrong\r", "does not open the key file", "4"},
		"ctrl+c": {"\x03", "ended with", "130"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(ctx, "sh", "-c", `trap : INT; "$0" token; echo "ended with $?"`, binary)
			cmd.Env, cmd.Dir = b.env, b.home
			x := open(t, cmd, 200, 30, false)
			x.match(`Passphrase of the key file:`)
			x.press(tc.typed)
			x.match(tc.says)
			x.match(`ended with ` + tc.code)
			if strings.Contains(x.written(), strings.TrimSpace(tc.typed)) {
				t.Error("what was typed is on the screen")
			}
		})
	}
}

// sealKey seals a key file with a passphrase.
func sealKey(t *testing.T, path, passphrase string) {
	t.Helper()
	plain, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(10)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil || w.Close() != nil {
		t.Fatal("the key cannot be sealed")
	}
	if err := os.WriteFile(path, sealed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
