package tui

import (
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// StateGlyph is the mark of a state.
func StateGlyph(g *style.Glyphs, s core.State) string {
	switch s {
	case core.OK:
		return g.Good
	case core.Expiring:
		return g.Soon
	case core.Refreshing, core.SigningIn:
		return g.Busy
	case core.Expired, core.Shared:
		return g.Ended
	case core.CoolingDown, core.NotIncluded:
		return g.Waiting
	case core.Paused:
		return g.Held
	case core.NeedsSignIn, core.Locked:
		return g.Bad
	case core.SignedOut:
		return g.Dash
	default:
		return ""
	}
}

// stateInk is the ink of a state's mark: it tells the kind.
func stateInk(i *style.Inks, s core.State) style.Ink {
	switch s {
	case core.OK, core.Expiring:
		return i.OK
	case core.Refreshing, core.SigningIn:
		return i.Busy
	case core.Expired, core.CoolingDown, core.NotIncluded, core.Shared:
		return i.Warn
	case core.NeedsSignIn, core.Locked:
		return i.Alarm
	default:
		return i.Muted
	}
}

// wordInk is the ink of a state's word: loud only where the person must act.
func wordInk(i *style.Inks, s core.State) style.Ink {
	if s == core.NeedsSignIn || s == core.Locked {
		return i.Act
	}
	return i.Fg
}
