package signin

import (
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// Providers returns every place where a person can sign in.
func (in *SignIns) Providers() []ProviderChoice {
	var all []ProviderChoice
	for _, choice := range in.state.Providers.Choices() {
		p, r := choice.Provider, choice.Region
		all = append(all, ProviderChoice{
			Provider: p.ID, ProviderName: p.Name, Region: r.ID, RegionName: r.Name,
			Name: r.ProviderName, Host: r.Host, Note: p.Note,
			NamesOwner: p.Protocol != provider.MiniMaxUserCode,
		})
	}
	return all
}

// ProviderChoice is one place where a person can sign in: a provider in one of
// its regions.
type ProviderChoice struct {
	Provider     string // id, such as "minimax-oauth"
	ProviderName string // "MiniMax"
	Region       string // "global", "cn"
	RegionName   string // "Global", "China"
	Name         string // of the two together: "MiniMax", "MiniMax China"
	Host         string // where the person will approve: "minimax.io"
	Note         string // what to know beforehand: "The approval page names OpenClaw …"
	NamesOwner   bool   // its tokens may say whose they are
}
