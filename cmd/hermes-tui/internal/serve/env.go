package serve

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// conflicting are variables with which a program that reads Anthropic's would go
// around the proxy: keys that it would send instead, and switches to other providers.
// Most programs read them as Claude Code does.
func conflicting() []string {
	claude, _ := connect.ByCommand("claude")
	return claude.Variables()
}

// speak is what the accounts that name means are asked in. A program that asks in
// something else is an error: it would run, and get nothing but refusals.
func speak(accounts *core.Core, name string, program connect.Program) (spoken []string, err error) {
	found, err := accounts.Select(name)
	if err != nil {
		return nil, err
	}
	for _, account := range found {
		spoken = append(spoken, account.APIs...)
	}
	if len(paths(found)) == 0 {
		return nil, unserved(found)
	}
	able := func(api string) bool { return slices.Contains(program.APIs, api) }
	if len(program.APIs) > 0 && !slices.ContainsFunc(spoken, able) {
		slices.Sort(spoken)
		return nil, exit.Usage(
			fmt.Sprintf("%s asks in %s, and %s accounts speak %s", program.Name, strings.Join(program.APIs, " or "), found[0].ProviderName, strings.Join(slices.Compact(spoken), ", ")),
			"name an account or a pool that speaks it, as in `hermes-tui exec ACCOUNT -- "+program.Command+"`",
		)
	}
	return spoken, nil
}

// chosen are the accounts that name means, all of them without a name.
func chosen(accounts *core.Core, name string) []core.Account {
	found, err := accounts.Select(name)
	if err != nil && name == "" {
		return accounts.Snapshot().Accounts
	}
	return found
}

// paths are those of the proxy at which accounts are asked.
func paths(of []core.Account) (found []string) {
	speaks := func(apis ...string) bool {
		return slices.ContainsFunc(of, func(a core.Account) bool { return a.Speaks(apis) })
	}
	if len(of) == 0 || speaks(oauth.AnthropicMessages) {
		found = append(found, "/anthropic")
	}
	if speaks(oauth.ChatCompletions, oauth.CodexResponses) {
		found = append(found, "/openai/v1")
	}
	return found
}

// unserved says that the proxy has no path for what accounts speak: every request
// would be refused.
func unserved(of []core.Account) error {
	var names, spoken []string
	for i := range of {
		names, spoken = append(names, of[i].ProviderName), append(spoken, of[i].APIs...)
	}
	slices.Sort(names)
	slices.Sort(spoken)
	return exit.Usage(
		fmt.Sprintf("%s accounts speak %s, which the proxy does not", strings.Join(slices.Compact(names), ", "), strings.Join(slices.Compact(spoken), ", ")),
		fmt.Sprintf("it serves %s, %s and %s; `hermes-tui token` hands out a token or key of any account", oauth.AnthropicMessages, oauth.ChatCompletions, oauth.CodexResponses),
	)
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
// proxy in the place of what leads elsewhere, for what the accounts speak.
func childEnv(environ []string, at net.Addr, key secret.Secret, keyVariables []string, program connect.Program, spoken []string) []string {
	url := "http://" + at.String()
	set := map[string]string{connect.LocalKeyVariable: key.Reveal(), "HERMES_TUI_PROXY_URL": url}
	for _, v := range program.Sets {
		set[v.Name] = v.Value
	}
	drop := program.Variables()
	for _, api := range spoken {
		lead, away := connect.Variables(url, "", api)
		for _, v := range lead {
			set[v.Name] = v.Value
			if v.Key {
				set[v.Name] = key.Reveal()
			}
		}
		drop = append(drop, away...)
		if api == oauth.AnthropicMessages {
			drop = append(drop, conflicting()...)
		}
	}
	for _, name := range keyVariables {
		set[name] = key.Reveal()
	}
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
