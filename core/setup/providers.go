package setup

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// endpointVariables are the environment variables that set where new sign-ins
// go, with the pool that each is for.
var endpointVariables = []struct{ pool, oauth, inference string }{
	{"minimax-oauth/global", "HERMES_TUI_MINIMAX_OAUTH_URL", "HERMES_TUI_MINIMAX_INFERENCE_URL"},
	{"minimax-oauth/cn", "HERMES_TUI_MINIMAX_CN_OAUTH_URL", "HERMES_TUI_MINIMAX_CN_INFERENCE_URL"},
}

// Providers is the table of providers with the endpoints of configuration and
// environment in it. Errors are of kind Usage and name the setting.
func (s *Setup) Providers() (provider.Table, error) {
	described := map[string]provider.Custom{}
	for id, p := range s.Config.Providers {
		described[id] = provider.Custom(p)
	}
	table, err := provider.Default().WithAll(described)
	if err != nil {
		return nil, err
	}
	set := map[string]Endpoint{} // by pool
	for name, e := range s.Config.Endpoints {
		pool, err := poolOf(table, name)
		if err != nil {
			return nil, wrongEndpoint(name, err)
		}
		if _, twice := set[pool]; twice {
			return nil, usage("the configuration has the endpoints of "+pool+" twice", "leave one of them")
		}
		set[pool] = e
	}
	if s.Sandbox { // nothing leaves this machine
		table = table.Within(func(pool string) bool { _, moved := set[pool]; return moved })
	}
	for _, v := range endpointVariables {
		e := set[v.pool]
		e.OAuthURL, e.InferenceURL = cmp.Or(s.Env(v.oauth), e.OAuthURL), cmp.Or(s.Env(v.inference), e.InferenceURL)
		set[v.pool] = e
	}
	for pool, e := range set {
		id, region, _ := strings.Cut(pool, "/")
		if table, err = table.WithOverride(id, region, e.OAuthURL, e.InferenceURL); err != nil {
			return nil, wrongEndpoint(pool, err)
		}
	}
	return table, nil
}

// poolOf is the pool that a name in the configuration means: "minimax",
// "minimax/cn".
func poolOf(table provider.Table, name string) (string, error) {
	p, r, err := table.Find(name)
	return provider.Choice{Provider: p, Region: r}.PoolID(), err
}

// wrongEndpoint says which settings an address may come from.
func wrongEndpoint(pool string, err error) error {
	where := fmt.Sprintf("endpoints.%q in the configuration", strings.TrimSuffix(pool, "/global"))
	for _, v := range endpointVariables {
		if v.pool == pool {
			where += " or " + v.oauth + ", " + v.inference
		}
	}
	var e *autherr.Error
	if !errors.As(err, &e) {
		return err
	}
	return usage(e.Error()+"; look at "+where, e.Hint)
}
