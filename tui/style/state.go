package style

import "github.com/hermes-tui/hermes-tui/core/accounts"

// State is the mark of a state.
func (g *Glyphs) State(s accounts.State) string {
	switch s {
	case accounts.OK:
		return g.Good
	case accounts.Expiring:
		return g.Soon
	case accounts.Refreshing, accounts.SigningIn:
		return g.Busy
	case accounts.Expired, accounts.Shared:
		return g.Ended
	case accounts.CoolingDown, accounts.NotIncluded:
		return g.Waiting
	case accounts.NeedsSignIn, accounts.Locked:
		return g.Bad
	case accounts.SignedOut:
		return g.Dash
	default:
		return ""
	}
}
