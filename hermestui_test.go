package hermestui_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"golang.org/x/oauth2"

	"github.com/hermes-tui/hermes-tui"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

func library(t *testing.T, o sandbox.Options, labels ...string) (*machine, *hermestui.Accounts) {
	t.Helper()
	m, err := newMachine(o, labels...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.close)
	accounts, err := m.open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = accounts.Close() })
	return m, accounts
}

// TestClient_APoolIsAsGoodAsItsBestAccount: an account that meets a limit is
// noted, and the next request goes to another one.
func TestClient_APoolIsAsGoodAsItsBestAccount(t *testing.T) {
	m, accounts := library(t, sandbox.Options{}, "one", "two")
	m.portal.SetFaults(sandbox.Fault{Name: "429", On: "model", Count: 1})
	client := accounts.Client("minimax")
	var statuses []int
	for range 3 {
		const question = `{"model": "MiniMax-M3", "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]}`
		answer, err := client.Post(m.portal.URL()+"/anthropic/v1/messages", "application/json", strings.NewReader(question))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		statuses = append(statuses, answer.StatusCode)
	}
	if fmt.Sprint(statuses) != "[429 200 200]" {
		t.Errorf("answers: %v", statuses)
	}
	list, err := accounts.List(t.Context())
	if err != nil || len(list) != 2 || list[0].State != "cooling_down" || list[0].Serves || !list[1].Serves {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestToken_ManyAtOnce: those who ask together for a token that the API refused
// cause one refresh.
func TestToken_ManyAtOnce(t *testing.T) {
	m, accounts := library(t, sandbox.Options{}, "work")
	m.portal.ExpireAllAccess()
	client := accounts.Client("")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			answer, err := client.Get(m.portal.URL() + "/anthropic/v1/models")
			if err != nil {
				t.Error(err)
				return
			}
			answer.Body.Close()
			if answer.StatusCode != 200 {
				t.Errorf("status %d", answer.StatusCode)
			}
		})
	}
	all.Wait()
	if n := m.portal.Stats().Refreshes.Total; n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestTokenSource(t *testing.T) {
	_, accounts := library(t, sandbox.Options{}, "work")
	token, err := oauth2.TokenSource(accounts.TokenSource(t.Context(), "work")).Token()
	if err != nil || !token.Valid() || !strings.HasPrefix(token.AccessToken, "sandbox-at-") {
		t.Errorf("%v, %v", token.Valid(), err)
	}
}

// TestToken_DoesNotPrint: a token that lands in a log by mistake is not there.
func TestToken_DoesNotPrint(t *testing.T) {
	_, accounts := library(t, sandbox.Options{}, "work")
	token, err := accounts.Token(t.Context(), "work")
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, token); strings.Contains(text, token.AccessToken) {
			t.Errorf("%s prints it", format)
		}
	}
}

func TestKinds(t *testing.T) {
	m, accounts := library(t, sandbox.Options{}, "work")
	list, err := accounts.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range m.portal.Grants() {
		if err := m.portal.Revoke(g.ID); err != nil {
			t.Fatal(err)
		}
	}
	m.portal.ExpireAllAccess()
	if _, err := accounts.Client(list[0].ID).Get(m.portal.URL() + "/anthropic/v1/models"); !errors.Is(err, hermestui.ErrSignIn) {
		t.Errorf("a revoked sign-in: %v", err)
	}
	if _, err := accounts.Token(t.Context(), ""); !errors.Is(err, hermestui.ErrSignIn) {
		t.Errorf("and then: %v", err)
	}
	if _, err := hermestui.Open(t.Context(), hermestui.WithEnv(m.env), hermestui.WithConfig("/nowhere/config.toml")); !errors.Is(err, hermestui.ErrUsage) {
		t.Errorf("a configuration that is not there: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := hermestui.Open(ended, hermestui.WithEnv(m.env)); !errors.Is(err, context.Canceled) {
		t.Errorf("opened all the same: %v", err)
	}
}

// TestExample: the program of docs/library.md lists the account and gets an
// answer.
func TestExample(t *testing.T) {
	m, _ := library(t, sandbox.Options{}, "work")
	cmd := exec.CommandContext(t.Context(), "go", "run", "./examples/ask", "minimax", `Say "hello"`)
	cmd.Env = os.Environ()
	for _, name := range []string{"HERMES_TUI_HOME", "HERMES_TUI_KEYSTORE", "HERMES_TUI_MINIMAX_OAUTH_URL", "HERMES_TUI_MINIMAX_INFERENCE_URL"} {
		cmd.Env = append(cmd.Env, name+"="+m.env(name))
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "work") || !strings.Contains(string(out), `"type":"message"`) {
		t.Errorf("%v\n%s", err, out)
	}
}
