package tui

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// usable is an account whose API programs speak.
func usable() core.Account {
	a := account("work")
	a.API, a.APIs = "anthropic_messages", []string{"anthropic_messages"}
	return a
}

func TestUseWith_CopiesWhatIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, newBackend(usable()), connected)
		d.press("w")
		d.shows("key_cmd: hermes-tui token", "~/.hermes/config.yaml")
		d.press("down", "down", "c")
		d.shows("apiKeyHelper")
		if len(d.copied) != 1 || !strings.Contains(d.copied[0], `"apiKeyHelper"`) {
			t.Errorf("copied %q", d.copied)
		}
		d.press("esc")
		d.shows("ACCOUNT")
	})
}

func TestUseWith_IsThereOnlyWhereItHelps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, newBackend(account("work")), connected) // an API that no program speaks
		d.press("w")
		d.hides("use with a program")
	})
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, newBackend(usable())) // nobody knows how programs call this one
		d.press("w")
		d.hides("use with a program")
	})
}

// Whatever goes away while the page is open, it still draws.
func TestUseWith_SurvivesARemovedAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, newBackend(usable()), connected)
		d.press("w")
		d.change(func([]core.Account) []core.Account { return nil })
		d.shows("removed")
		d.press("esc")
	})
}

// The list is not sealed: where a program sends its tokens is read from the
// record, and without it there is no text.
func TestUseWith_IsNotWhatTheListSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listed := usable()
		listed.BaseURL = "https://evil.example/anthropic"
		b := newBackend(listed)
		b.runtime = &core.Runtime{Provider: "minimax-oauth", BaseURL: "https://api.minimax.io/anthropic", API: "anthropic_messages"}
		d := newDriver(t, b, connected)
		d.press("w")
		d.shows("base_url: https://api.minimax.io/anthropic")
		d.hides("evil.example")
		d.press("esc", "c", "u")
		if len(d.copied) != 1 || d.copied[0] != "https://api.minimax.io/anthropic" {
			t.Errorf("copied %q", d.copied)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := newBackend(usable())
		b.runtimeErr = &autherr.Error{Kind: autherr.Keystore, Message: "the keyring is locked", Hint: "unlock it"}
		d := newDriver(t, b, connected)
		d.press("w")
		d.shows("keyring is locked", "ACCOUNT")
	})
}

// Where no model is known, the person is told where to put one.
func TestUseWith_AnyModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := account("grok")
		a.Provider, a.API, a.APIs, a.BaseURL = "xai-oauth", "codex_responses", []string{"codex_responses"}, "https://api.x.ai/v1"
		d := newDriver(t, newBackend(a), connected)
		d.press("w")
		d.shows("Codex CLI", "default_model: MODEL", "Put the name of a model in the place of MODEL.")
	})
}
