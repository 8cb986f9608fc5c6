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
	fg, strong, muted, accent, key lipgloss.Style
	ok, busy, warn, bad            lipgloss.Style
	act, alarm                     lipgloss.Style // the person must do something: in words, and its mark
	line, code, link               lipgloss.Style
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
		t.selected = t.plain.all(lipgloss.NewStyle().Reverse(true))
		t.selected.strong = t.selected.strong.Bold(true)
		t.selected.act = t.selected.act.Bold(true)
		t.selected.alarm = t.selected.act
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
	ink := func(t token) lipgloss.Style { return lipgloss.NewStyle().Foreground(pick(t)) }
	return inks{
		fg: ink(c.fg), strong: ink(c.fg).Bold(true), muted: ink(c.muted),
		accent: ink(c.accent).Bold(true), key: ink(c.accent).Bold(true),
		ok: ink(c.ok), busy: ink(c.busy), warn: ink(c.warn), bad: ink(c.bad),
		act: ink(c.bad).Bold(true), alarm: ink(c.bad).Bold(true), line: ink(c.line),
		code: lipgloss.NewStyle().Bold(true).Foreground(pick(c.fg)).Background(pick(c.selection)).Reverse(c.selection == (token{})),
		link: lipgloss.NewStyle().Foreground(pick(c.accent)).Underline(true),
	}
}

// all is the set with every style the same.
func (inks) all(s lipgloss.Style) inks {
	return inks{s, s, s, s, s, s, s, s, s, s, s, s, s, s}
}

// over is the set on a background.
func (i inks) over(bg color.Color) inks {
	for _, s := range []*lipgloss.Style{
		&i.fg, &i.strong, &i.muted, &i.accent, &i.key, &i.ok, &i.busy, &i.warn, &i.bad, &i.act, &i.alarm, &i.line,
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
		return i.alarm
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
