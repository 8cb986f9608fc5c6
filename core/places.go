package core

import (
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// Providers returns every place where a person can sign in.
func (c *Core) Providers() []ProviderChoice {
	var all []ProviderChoice
	for _, choice := range c.state.Providers.Choices() {
		p, r := choice.Provider, choice.Region
		all = append(all, ProviderChoice{
			Provider: p.ID, ProviderName: p.Name, Region: r.ID, RegionName: r.Name,
			Name: r.ProviderName, Host: r.Host, Note: p.Note,
			NamesOwner: p.Protocol != provider.MiniMaxUserCode,
		})
	}
	return all
}
