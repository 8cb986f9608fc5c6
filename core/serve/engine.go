package serve

import (
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// Engine returns the engine that refreshes the tokens of s, by the rules of its
// providers.
func Engine(s *state.State) *refresh.Engine {
	rules := func(id, region string) (refresh.Rules, error) {
		p, r, err := s.Providers.Region(id, region)
		if err != nil {
			return refresh.Rules{}, err
		}
		p.Device.Issuer = r.Issuer
		flow, err := p.Flow(s.OAuth)
		return refresh.Rules{Flow: flow, Check: s.Providers.Check, Skew: p.SkewOf, Grace: p.Grace, Exchanged: p.Exchange != nil}, err
	}
	e := &refresh.Engine{Vault: s.Vault, Rules: rules, Clock: s.Clock, Jitter: s.Jitter, Log: s.Log}
	if s.Vault.Heads != nil { // elsewhere nobody takes over from a machine that sleeps
		e.Awake = s.Awake
	}
	return e
}
