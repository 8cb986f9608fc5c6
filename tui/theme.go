package tui

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/hermes-tui/hermes-tui/core"
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
	fg, strong, muted, accent, key ink
	ok, busy, warn, bad            ink
	act, alarm                     ink // the person must do something: in words, and its mark
	line, code, link               ink
}

// theme holds every style, built once for a profile and a background.
type theme struct {
	plain, selected, dimmed inks
	qr                      lipgloss.Style
}

func newTheme(c colors, profile colorprofile.Profile, bg background) *theme {
	if bg == unknown && profile > colorprofile.ANSI {
		profile = colorprofile.ANSI
	}
	pick := func(t token) color.Color { return t.in(profile, bg) }
	t := &theme{plain: newInks(c, pick)}
	if profile <= colorprofile.ANSI {
		// Nobody knows how the 16 colours look: text stays in the terminal's own.
		t.plain.act = t.plain.strong
	}
	t.dimmed = t.plain.all(t.plain.muted)
	if profile > colorprofile.ANSI && c.selection != (token{}) {
		t.selected = t.plain.over(pick(c.selection))
	} else {
		// A reversed row keeps no colours: they would be unreadable.
		reverse := lipgloss.NewStyle().Reverse(true)
		t.selected = t.plain.all(newInk(reverse))
		t.selected.strong = newInk(reverse.Bold(true))
		t.selected.act, t.selected.alarm = t.selected.strong, t.selected.strong
	}
	// The QR scans only as black on white, so it keeps its colours even where
	// all others are dropped.
	if profile < colorprofile.ANSI {
		profile = colorprofile.ANSI
	}
	t.qr = lipgloss.NewStyle().
		Foreground(black().in(profile, dark)).Background(white().in(profile, dark))
	return t
}

func newInks(c colors, pick func(token) color.Color) inks {
	style := func(t token) lipgloss.Style { return lipgloss.NewStyle().Foreground(pick(t)) }
	plain := func(t token) ink { return newInk(style(t)) }
	bold := func(t token) ink { return newInk(style(t).Bold(true)) }
	return inks{
		fg: plain(c.fg), strong: bold(c.fg), muted: plain(c.muted), accent: bold(c.accent), key: bold(c.accent),
		ok: plain(c.ok), busy: plain(c.busy), warn: plain(c.warn), bad: plain(c.bad),
		act: bold(c.bad), alarm: bold(c.bad), line: plain(c.line),
		code: newInk(style(c.fg).Bold(true).Background(pick(c.selection)).Reverse(c.selection == (token{}))),
		link: newInk(style(c.accent).Underline(true)),
	}
}

// all is the set with every style the same.
func (inks) all(s ink) inks {
	return inks{s, s, s, s, s, s, s, s, s, s, s, s, s, s}
}

// over is the set on a background.
func (i inks) over(bg color.Color) inks {
	for _, s := range []*ink{
		&i.fg, &i.strong, &i.muted, &i.accent, &i.key, &i.ok, &i.busy, &i.warn, &i.bad, &i.act, &i.alarm, &i.line,
	} {
		*s = newInk(s.style.Background(bg))
	}
	return i
}

// glyph is the style of a state's mark: it tells the kind.
func (i *inks) glyph(s core.State) ink {
	switch s {
	case core.OK, core.Expiring:
		return i.ok
	case core.Refreshing, core.SigningIn:
		return i.busy
	case core.Expired, core.CoolingDown, core.NotIncluded, core.Shared:
		return i.warn
	case core.NeedsSignIn, core.Locked:
		return i.alarm
	default:
		return i.muted
	}
}

// word is the style of a state's word: loud only where the person must act.
func (i *inks) word(s core.State) ink {
	if s == core.NeedsSignIn || s == core.Locked {
		return i.act
	}
	return i.fg
}
