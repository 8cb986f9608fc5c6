package serve

import (
	"net"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// conflicting are variables with which a program would go around the proxy: keys
// that it would send instead, and switches to other providers. Most programs
// that read Anthropic's variables read them as Claude Code does.
func conflicting(program []string) []string {
	claude, _ := connect.ByCommand("claude")
	return slices.Concat(claude.Variables(), program, []string{
		"ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE", "ANTHROPIC_API_URL", "HERMES_TUI_LOCAL_KEY", "HERMES_TUI_PROXY_URL",
	})
}

// usualModel is the model of the accounts that name means.
func usualModel(accounts *core.Core, name string) string {
	found, err := accounts.Select(name)
	if err != nil {
		return ""
	}
	return connect.UsualModel(found[0].Provider)
}

// withModel names the provider's model to Claude Code where the person has named
// none: it would ask for one of Anthropic's, which others refuse.
func withModel(env []string, model string) []string {
	for _, name := range connect.ModelVariables() {
		set := slices.ContainsFunc(env, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
		if model != "" && !set {
			env = append(env, name+"="+model)
		}
	}
	return env
}

// childEnv is the environment of the command: its own, with what leads to the
// proxy in the place of what leads elsewhere.
func childEnv(environ []string, at net.Addr, key secret.Secret, keyVariables, program []string) []string {
	url := "http://" + at.String()
	set := map[string]string{
		"ANTHROPIC_BASE_URL":     url + "/anthropic",
		"ANTHROPIC_API_BASE":     url + "/anthropic", // litellm, aider
		"ANTHROPIC_AUTH_TOKEN":   key.Reveal(),
		connect.LocalKeyVariable: key.Reveal(),
		"HERMES_TUI_PROXY_URL":   url,
	}
	for _, name := range keyVariables {
		set[name] = key.Reveal()
	}
	drop := conflicting(program)
	env := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		_, ours := set[name]
		return ours || slices.Contains(drop, name)
	})
	for name, value := range set {
		env = append(env, name+"="+value)
	}
	return noProxy(env, "127.0.0.1")
}

// noProxy keeps requests to host away from a proxy that the environment names.
// Programs read one of the two spellings, so that both get the same list: what
// stands in either, and host.
func noProxy(env []string, host string) []string {
	var hosts []string
	rest := slices.DeleteFunc(env, func(entry string) bool {
		name, value, _ := strings.Cut(entry, "=")
		if name != "NO_PROXY" && name != "no_proxy" {
			return false
		}
		for one := range strings.SplitSeq(value, ",") {
			if one = strings.TrimSpace(one); one != "" && !slices.Contains(hosts, one) {
				hosts = append(hosts, one)
			}
		}
		return true
	})
	if !slices.Contains(hosts, host) && !slices.Contains(hosts, "*") {
		hosts = append(hosts, host)
	}
	list := strings.Join(hosts, ",")
	return append(rest, "NO_PROXY="+list, "no_proxy="+list)
}
