package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
)

// lookAtEnvironment finds variables that get in each other's way. Their values
// are never shown.
func lookAtEnvironment(_ context.Context, p *Patient) []Finding {
	var found []Finding
	local := p.Env("HERMES_TUI_LOCAL_KEY")
	names, who := shadowing(p)
	for _, name := range names {
		// `connect env` sets one of them to the proxy's own key.
		if value := p.Env(name); value != "" && value != local {
			found = append(found, warning(fmt.Sprintf("%s is set: %s takes it before what `connect` wrote", name, who[name]), "unset "+name))
		}
	}
	if name := proxied(p.Env); name != "" && !sparesLoopback(p.Env) {
		found = append(found, warning(name+" is set, and NO_PROXY leaves out 127.0.0.1: programs may send there what is meant for `hermes-tui serve`",
			`export NO_PROXY="${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost"`))
	}
	if name := p.Env("HERMES_TUI_ACCOUNT"); name != "" && !known(p.Accounts.Snapshot(), name) {
		found = append(found, bad("HERMES_TUI_ACCOUNT names no account: "+name, "unset HERMES_TUI_ACCOUNT, or name one of `hermes-tui list`"))
	}
	if len(found) == 0 {
		found = append(found, good("no variable gets in the way"))
	}
	return found
}

// lookAtTerminal says what the terminal answered when the window asked it for its
// background. Nothing is asked here.
func lookAtTerminal(_ context.Context, p *Patient) []Finding {
	if p.Terminal == "" {
		return nil
	}
	return []Finding{good(p.Terminal)}
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

// proxied is the variable that sends plain requests through a proxy.
func proxied(env func(string) string) string {
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"} {
		if env(name) != "" {
			return name
		}
	}
	return ""
}

func sparesLoopback(env func(string) string) bool {
	for host := range strings.SplitSeq(env("NO_PROXY")+","+env("no_proxy"), ",") {
		if host = strings.TrimSpace(host); host == "*" || strings.HasPrefix(host, "127.") {
			return true
		}
	}
	return false
}
