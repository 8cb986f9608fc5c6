package core

import (
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// place returns a provider, by id or alias, in a region; an empty region is the
// provider's first.
func (c *Core) place(id, region string) (provider.Provider, provider.Region, error) {
	if region == "" {
		return c.config.Providers.Find(id)
	}
	return c.config.Providers.Region(id, region)
}

// Providers returns every place where a person can sign in.
func (c *Core) Providers() []ProviderChoice {
	var all []ProviderChoice
	for _, choice := range c.config.Providers.Choices() {
		p, r := choice.Provider, choice.Region
		all = append(all, ProviderChoice{
			Provider: p.ID, ProviderName: p.Name, Region: r.ID, RegionName: r.Name,
			Name: r.ProviderName, Host: r.Host, Note: p.Note,
			NamesOwner: p.Protocol != provider.MiniMaxUserCode,
		})
	}
	return all
}
