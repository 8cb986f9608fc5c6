package tui

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/hermes-tui/hermes-tui/core"
)

// token is one meaning of colour, with a value of its own for every kind of
// terminal and background. An empty value is the terminal's default.
type token struct {
	dark, dark256, light, light256, basic string
}

// The palette. Contrast is at least 4.5 on common backgrounds, and the state
// colours are told apart by colour-blind eyes. Line is never used for text.
var (
	tokenFg        = token{"#E6E8EE", "", "#1B1E27", "", ""}
	tokenMuted     = token{"#A3A9B8", "248", "#5B6172", "240", ""}
	tokenAccent    = token{"#C4B0FF", "183", "#6A35C9", "55", ""}
	tokenOK        = token{"#7CE3BD", "115", "#0E6E52", "23", "2"}
	tokenBusy      = token{"#4DB2FF", "75", "#0A45A8", "25", "6"}
	tokenWarn      = token{"#F5D74E", "221", "#7A5600", "58", "3"}
	tokenBad       = token{"#FF8570", "209", "#8F0A2E", "125", "1"}
	tokenLine      = token{"#4A5166", "240", "#B9BFCC", "250", ""}
	tokenSelection = token{"#2C3142", "236", "#DCE1F0", "189", ""}
	tokenBlack     = token{"#000000", "16", "#000000", "16", "0"}
	tokenWhite     = token{"#FFFFFF", "231", "#FFFFFF", "231", "15"}
)

// background is what is known of the terminal's.
type background int

const (
	unknown background = iota // drawn in the 16 colours, which suit either
	dark
	light
)

// inks are the styles that text is written in; one set for plain rows, one for
// the selected row, one for rows that step back.
type inks struct {
	fg, strong, muted, accent, key lipgloss.Style
	ok, busy, warn, bad, act       lipgloss.Style // act: bold, the person must do something
	line, code, link               lipgloss.Style
}

// theme holds every style, built once for a profile and a background.
type theme struct {
	plain, selected, dimmed inks
	qr                      lipgloss.Style
}

func newTheme(profile colorprofile.Profile, bg background) *theme {
	if bg == unknown && profile > colorprofile.ANSI {
		profile = colorprofile.ANSI
	}
	pick := func(t token) color.Color { return t.in(profile, bg) }
	t := &theme{plain: newInks(pick)}
	t.dimmed = t.plain.all(t.plain.muted)
	if profile > colorprofile.ANSI {
		t.selected = t.plain.over(pick(tokenSelection))
	} else {
		// A reversed row keeps no colours: they would be unreadable.
		t.selected = t.plain.all(lipgloss.NewStyle().Reverse(true))
		t.selected.strong = t.selected.strong.Bold(true)
		t.selected.act = t.selected.act.Bold(true)
	}
	// The QR scans only as black on white, so it keeps its colours even where
	// all others are dropped.
	if profile < colorprofile.ANSI {
		profile = colorprofile.ANSI
	}
	t.qr = lipgloss.NewStyle().
		Foreground(tokenBlack.in(profile, dark)).Background(tokenWhite.in(profile, dark))
	return t
}

// in returns the token's colour for a terminal.
func (t token) in(p colorprofile.Profile, bg background) color.Color {
	full, indexed := t.dark, t.dark256
	if bg == light {
		full, indexed = t.light, t.light256
	}
	value := func(s string) color.Color {
		if s == "" {
			return lipgloss.NoColor{}
		}
		return lipgloss.Color(s)
	}
	return lipgloss.Complete(p)(value(t.basic), value(indexed), value(full))
}

func newInks(pick func(token) color.Color) inks {
	ink := func(t token) lipgloss.Style { return lipgloss.NewStyle().Foreground(pick(t)) }
	return inks{
		fg: ink(tokenFg), strong: ink(tokenFg).Bold(true), muted: ink(tokenMuted),
		accent: ink(tokenAccent).Bold(true), key: ink(tokenAccent).Bold(true),
		ok: ink(tokenOK), busy: ink(tokenBusy), warn: ink(tokenWarn), bad: ink(tokenBad),
		act: ink(tokenBad).Bold(true), line: ink(tokenLine),
		code: lipgloss.NewStyle().Bold(true).Foreground(pick(tokenFg)).Background(pick(tokenSelection)),
		link: lipgloss.NewStyle().Foreground(pick(tokenAccent)).Underline(true),
	}
}

// all is the set with every style the same.
func (inks) all(s lipgloss.Style) inks {
	return inks{s, s, s, s, s, s, s, s, s, s, s, s, s}
}

// over is the set on a background.
func (i inks) over(bg color.Color) inks {
	for _, s := range []*lipgloss.Style{
		&i.fg, &i.strong, &i.muted, &i.accent, &i.key, &i.ok, &i.busy, &i.warn, &i.bad, &i.act, &i.line,
	} {
		*s = s.Background(bg)
	}
	return i
}

// glyph is the style of a state's mark: it tells the kind.
func (i *inks) glyph(s core.State) lipgloss.Style {
	switch s {
	case core.OK, core.Expiring:
		return i.ok
	case core.Refreshing, core.SigningIn:
		return i.busy
	case core.Expired, core.CoolingDown, core.NotIncluded, core.Shared:
		return i.warn
	case core.NeedsSignIn, core.Locked:
		return i.act
	default:
		return i.muted
	}
}

// word is the style of a state's word: loud only where the person must act.
func (i *inks) word(s core.State) lipgloss.Style {
	if s == core.NeedsSignIn || s == core.Locked {
		return i.act
	}
	return i.fg
}
