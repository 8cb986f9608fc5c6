package hermes

import (
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// shortestKey is how long an API key is at least.
const shortestKey = 8

// keyProviders are the ids under which hermes-agent keeps API keys of providers
// that one can also sign in to, where they differ, with the region.
var keyProviders = map[string][2]string{
	"minimax":    {provider.MiniMax, "global"},
	"minimax-cn": {provider.MiniMax, "cn"},
	"xai":        {provider.XAI, "global"},
}

// keyProvider is the id under which hermes-agent keeps the API keys of a
// provider.
func keyProvider(id, region string) string {
	for theirs, ours := range keyProviders {
		if ours == [2]string{id, region} {
			return theirs
		}
	}
	return id
}

// IsKey reports whether the row is an API key, which several programs may use.
func (r Row) IsKey() bool { return r.AuthType == record.APIKey }

// Find returns the row of a provider's pool with an id, or for an empty one the
// provider's own block.
func (f *File) Find(id, row string) (Row, bool) {
	i := slices.IndexFunc(f.Rows, func(r Row) bool { return r.Provider == id && r.ID == row && (row != "" || r.Singleton()) })
	if i < 0 {
		return Row{}, false
	}
	return f.Rows[i], true
}

// HasKey reports whether the file holds this API key.
func (f *File) HasKey(key secret.Secret) bool {
	return slices.ContainsFunc(f.Rows, func(r Row) bool { return r.IsKey() && r.Access == key })
}

// Secret is what makes the row the grant that it is: its refresh token, or the
// key.
func (r Row) Secret() secret.Secret {
	if r.IsKey() {
		return r.Access
	}
	return r.Refresh
}

// claudeTerms is why a sign-in of Claude's is left alone.
const claudeTerms = "it is a sign-in of Claude's, and its terms forbid other programs to use it; an API key of Anthropic can be kept"

// claude reports whether a row is the sign-in of a Claude subscription, whatever
// it is called: the tokens of these begin so.
func claude(r Row) bool {
	return r.Provider == provider.Anthropic && (!r.IsKey() || strings.HasPrefix(r.Access.Reveal(), "sk-ant-o"))
}

// keyDraft finds out which pool an API key can fall back for. A key that is used
// at another address than the provider's is left alone.
func keyDraft(g Grant, table provider.Table) (Draft, string) {
	row := g.Row
	id := row.Provider
	if to, ok := keyProviders[id]; ok {
		id = to[0]
		if row.Region == "" {
			row.Region = to[1]
		}
	}
	known, ok := find(table, id)
	switch {
	case !row.Dead && len(row.Access.Reveal()) < shortestKey:
		return Draft{}, "it holds no key that can be used"
	case claude(row):
		return Draft{}, claudeTerms
	case !ok || known.KeysOnly:
		p, binding, why := table.Key(id, row.BaseURL)
		return Draft{Grant: g, ID: row.poolID(), AuthType: record.APIKey, Provider: p, Binding: binding}, why
	case known.NoKeys:
		return Draft{}, "API keys of " + known.Name + " are not kept here"
	}
	region, why := place(known, row)
	switch {
	case why != "":
		return Draft{}, why
	case row.BaseURL != "" && !oauth.HostListed(region.APIHosts, hostOf(row.BaseURL)):
		return Draft{}, "it is a key for " + shown(hostOf(row.BaseURL)) + ", which is not one of " + known.Name + "'s hosts"
	}
	target := provider.Target(known, region).Binding
	if base, ok := target.ResourceBase(row.BaseURL); ok {
		target.BaseURL = base
	}
	return Draft{Grant: g, ID: row.poolID(), AuthType: record.APIKey, Provider: known, Binding: oauth.Binding{
		Provider: target.Provider, Region: target.Region, APIHosts: slices.Clone(target.APIHosts), BaseURL: target.BaseURL, API: target.API, Also: slices.Clone(target.Also),
	}}, ""
}
