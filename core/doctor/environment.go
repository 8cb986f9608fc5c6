package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
)

// shadowing are variables that programs take before the helper or proxy that
// `connect` gave them.
var shadowing = []struct{ name, who string }{
	{"ANTHROPIC_API_KEY", "Claude Code and the Anthropic SDKs"},
	{"ANTHROPIC_AUTH_TOKEN", "Claude Code and the Anthropic SDKs"},
	{"MINIMAX_API_KEY", "hermes-agent"},
}

// lookAtEnvironment finds variables that get in each other's way. Their values
// are never shown.
func lookAtEnvironment(_ context.Context, p *Patient) []Finding {
	var found []Finding
	for _, v := range shadowing {
		if p.Env(v.name) != "" {
			found = append(found, warning(fmt.Sprintf("%s is set: %s use it instead of a helper command", v.name, v.who), "unset "+v.name))
		}
	}
	if name := p.Env("HERMES_TUI_ACCOUNT"); name != "" && !known(p.Accounts.Snapshot(), name) {
		found = append(found, bad("HERMES_TUI_ACCOUNT names no account: "+name, "unset HERMES_TUI_ACCOUNT, or name one of `hermes-tui list`"))
	}
	if len(found) == 0 {
		found = append(found, good("no variable gets in the way"))
	}
	return found
}

// known reports whether a name could stand for an account or a pool.
func known(s core.Snapshot, name string) bool {
	head, tail, _ := strings.Cut(name, "/")
	for _, a := range s.Accounts {
		switch {
		case a.ID == name, strings.EqualFold(a.Label, name), strings.EqualFold(a.Label, tail):
			return true
		case strings.HasPrefix(a.Provider, strings.ToLower(head)):
			return true
		}
	}
	return false
}
