package hermestui_test

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/setup"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// machine is a machine of its own: a folder with accounts that are signed in to
// a sandbox.
type machine struct {
	home   string
	portal *sandbox.Server
}

// newMachine signs in to an account for each label.
func newMachine(o sandbox.Options, labels ...string) (*machine, error) {
	home, err := os.MkdirTemp("", "hermes-tui-library-")
	if err != nil {
		return nil, err
	}
	o.AutoApprove = time.Nanosecond
	m := &machine{home: home, portal: sandbox.New(o)}
	if err := m.portal.Listen(""); err != nil {
		return nil, err
	}
	found, err := setup.Find(m.env, "")
	if err != nil {
		return nil, err
	}
	accounts, _, err := found.Open(setup.Options{})
	if err != nil {
		return nil, err
	}
	defer accounts.Close(context.Background())
	for _, label := range labels {
		for event := range accounts.SignIn(context.Background(), core.SignInOptions{Provider: "minimax", Label: label}) {
			if failed, ok := event.(core.SignInFailed); ok {
				return nil, failed.Err
			}
		}
	}
	return m, nil
}

// env is the environment that programs of the machine have.
func (m *machine) env(name string) string {
	return map[string]string{
		"HERMES_TUI_HOME": m.home, "HERMES_TUI_KEYSTORE": "file",
		"HERMES_TUI_MINIMAX_OAUTH_URL": m.portal.URL(), "HERMES_TUI_MINIMAX_INFERENCE_URL": m.portal.URL() + "/anthropic",
	}[name]
}

func (m *machine) open() (*hermestui.Accounts, error) {
	return hermestui.Open(context.Background(), hermestui.WithEnv(m.env))
}

func (m *machine) close() {
	_ = m.portal.Close(context.Background())
	_ = os.RemoveAll(filepath.Clean(m.home))
}
