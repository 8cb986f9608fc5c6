package provider

import (
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// Format is a further format in which a provider's models are asked, beside
// [Provider.API].
type Format struct {
	API      string // such as "chat_completions"
	Path     string // that stands in place of the base URL's /anthropic; empty: the base URL is the same
	KeysOnly bool   // it takes API keys and no sign-in's tokens
}

// Wires returns every format in which an account's models are asked, and where. The
// first is the binding's own; those that are sealed beside it follow, and then the
// table's, on the same host, for those only that speak what the table says.
func (p Provider) Wires(b oauth.Binding, isKey bool) []oauth.Wire {
	base, api := Models(b)
	all := append([]oauth.Wire{{API: api, BaseURL: base}}, b.Also...)
	if api != p.API {
		return all
	}
	for _, f := range p.Formats {
		if f.KeysOnly && !isKey {
			continue
		}
		at := baseFor(f.API, base)
		if f.Path != "" {
			at = strings.TrimSuffix(base, "/anthropic") + f.Path
		}
		all = append(all, oauth.Wire{API: f.API, BaseURL: at})
	}
	return all
}

// formats are what an API can speak, in the order in which a program that speaks
// several is offered them.
func formats() []string {
	return []string{oauth.AnthropicMessages, oauth.ChatCompletions, oauth.CodexResponses}
}

// further are the addresses at which a described provider is asked in something
// else than [Custom.API], in the order of [formats]. Errors are usage errors that
// say what is wrong.
func (c Custom) further(id string) (all []oauth.Wire, hosts []string, err error) {
	for api := range c.Wires {
		switch {
		case !slices.Contains(formats(), api):
			return nil, nil, wrongSetting(id, "wires", "has "+quoted(api)+", not one of "+strings.Join(formats(), ", "))
		case api == c.api():
			return nil, nil, wrongSetting(id, "wires", "has "+api+", which base_url speaks already: leave one of them, or say with api what base_url speaks")
		}
	}
	for _, api := range formats() {
		address, ok := c.Wires[api]
		if !ok {
			continue
		}
		_, host, err := baseURL(address)
		if err != nil {
			return nil, nil, wrongSetting(id, "wires", "is wrong for "+api+": "+err.Error())
		}
		all, hosts = append(all, oauth.Wire{API: api, BaseURL: baseFor(api, address)}), add(hosts, host)
	}
	return all, hosts, nil
}
