//go:build unix

package main_test

import (
	"context"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/openidtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// A provider of the configuration is in the window like the built-in ones; a
// second sign-in of one owner asks, and can take the first one's place.
func TestWindow_ProviderOfTheConfiguration(t *testing.T) {
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
