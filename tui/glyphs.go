package tui

import "github.com/hermes-tui/hermes-tui/core"

// glyphs are the characters that draw, in UTF-8 or in ASCII only.
type glyphs struct {
	state map[core.State]string

	cursor, mark, more, crumb        string
	dot, dash                        string
	rule, thick                      string
	full, empty                      string // of the bar
	from, now, refreshAt, to         string // of the life line
	quoteLeft, quoteRight, busy, bad string
}

func newGlyphs(ascii bool) *glyphs {
	if ascii {
		return &glyphs{
			state: map[core.State]string{
				core.OK: "*", core.Expiring: ".", core.Refreshing: "~", core.Expired: "o",
				core.CoolingDown: "=", core.NeedsSignIn: "!", core.NotIncluded: "=", core.Shared: "o",
				core.Locked: "!", core.SigningIn: "~", core.SignedOut: "-",
			},
			cursor: ">", mark: "+", more: "~", crumb: ">", dot: "-", dash: "-", rule: "-", thick: "#",
			full: "#", empty: "-", from: "|", now: "*", refreshAt: "|", to: "|",
			quoteLeft: `"`, quoteRight: `"`, busy: "~", bad: "!",
		}
	}
	return &glyphs{
		state: map[core.State]string{
			core.OK: "●", core.Expiring: "•", core.Refreshing: "»", core.Expired: "○",
			core.CoolingDown: "■", core.NeedsSignIn: "!", core.NotIncluded: "■", core.Shared: "○",
			core.Locked: "!", core.SigningIn: "»", core.SignedOut: "–",
		},
		cursor: "▌", mark: "✓", more: "…", crumb: "›", dot: "·", dash: "–", rule: "─", thick: "━",
		full: "━", empty: "─", from: "├", now: "●", refreshAt: "┼", to: "┤",
		quoteLeft: "“", quoteRight: "”", busy: "»", bad: "!",
	}
}
