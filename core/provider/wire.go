package provider

import (
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

// Wires returns every format in which an account's models are asked, and where.
// The first is api at base, as its tokens are bound; the others are the table's,
// on the same host, and for those only that speak what the table says.
func (p Provider) Wires(api, base string, isKey bool) []oauth.Wire {
	all := []oauth.Wire{{API: api, BaseURL: base}}
	if api != p.API {
		return all
	}
	for _, f := range p.Formats {
		if f.KeysOnly && !isKey {
			continue
		}
		at := base
		if f.Path != "" {
			at = strings.TrimSuffix(base, "/anthropic") + f.Path
		}
		all = append(all, oauth.Wire{API: f.API, BaseURL: at})
	}
	return all
}
