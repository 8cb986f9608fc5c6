// Package style is how the window looks: colours, inks and the characters that
// draw, for every kind of terminal.
package style

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Background is what is known of the terminal's.
type Background int

const (
	Unknown Background = iota // drawn in colours that suit either
	Dark
	Light
)

// Inks are the styles that text is written in; one set for plain rows, one for
// the selected row, one for rows that step back.
type Inks struct {
	Fg, Strong, Muted, Accent, Key Ink
	OK, Busy, Warn, Bad            Ink
	Act, Alarm                     Ink // the person must do something: in words, and its mark
	Line, Code, Link               Ink
}

// Theme holds every style, built once for a profile and a background.
type Theme struct {
	Plain, Selected, Dimmed Inks
	QR                      lipgloss.Style
	Boxed                   bool // a background of our own can be seen
}

// New is the theme of that name, with a person's own colours in it.
func New(name string, own Colors, profile colorprofile.Profile, bg Background) *Theme {
	return newTheme(colorsOf(name, own), profile, bg)
}

func newTheme(c colors, profile colorprofile.Profile, bg Background) *Theme {
	pick := func(t token) color.Color { return t.in(profile, bg) }
	t := &Theme{Plain: newInks(c, pick), Boxed: profile > colorprofile.ANSI && bg != Unknown}
	if profile <= colorprofile.ANSI || bg == Unknown && c.selection == (token{}) {
		// Nobody knows how the 16 colours look, and high contrast has no colour for an
		// unknown background: text stays in the terminal's own.
		t.Plain.Act = t.Plain.Strong
	}
	t.Dimmed = t.Plain.all(t.Plain.Muted)
	switch {
	case profile <= colorprofile.ANSI, c.selection == (token{}):
		// A reversed row keeps no colours: they would be unreadable.
		reverse := lipgloss.NewStyle().Reverse(true)
		t.Selected = t.Plain.all(newInk(reverse))
		t.Selected.Strong = newInk(reverse.Bold(true))
		t.Selected.Act, t.Selected.Alarm = t.Selected.Strong, t.Selected.Strong
	case bg == Unknown: // no background is one that all of them can be read on
		t.Selected = t.Plain.bold()
	default:
		t.Selected = t.Plain.over(pick(c.selection))
	}
	// The QR scans only as black on white, so it keeps its colours even where
	// all others are dropped.
	if profile < colorprofile.ANSI {
		profile = colorprofile.ANSI
	}
	t.QR = lipgloss.NewStyle().
		Foreground(black().in(profile, Dark)).Background(white().in(profile, Dark))
	return t
}

func newInks(c colors, pick func(token) color.Color) Inks {
	style := func(t token) lipgloss.Style { return lipgloss.NewStyle().Foreground(pick(t)) }
	plain := func(t token) Ink { return newInk(style(t)) }
	bold := func(t token) Ink { return newInk(style(t).Bold(true)) }
	return Inks{
		Fg: plain(c.fg), Strong: bold(c.fg), Muted: plain(c.muted), Accent: bold(c.accent), Key: bold(c.accent),
		OK: plain(c.ok), Busy: plain(c.busy), Warn: plain(c.warn), Bad: plain(c.bad),
		Act: bold(c.bad), Alarm: bold(c.bad), Line: plain(c.line),
		Code: newInk(style(c.fg).Bold(true).Background(pick(c.selection)).Reverse(c.selection == (token{}))),
		Link: newInk(style(c.accent).Underline(true)),
	}
}

// all is the set with every style the same.
func (Inks) all(s Ink) Inks {
	return Inks{s, s, s, s, s, s, s, s, s, s, s, s, s, s}
}

// over is the set on a background.
func (i Inks) over(bg color.Color) Inks {
	return i.each(func(s lipgloss.Style) lipgloss.Style { return s.Background(bg) })
}

// bold is the set in bold type.
func (i Inks) bold() Inks {
	return i.each(func(s lipgloss.Style) lipgloss.Style { return s.Bold(true) })
}

// each is the set with every style of a row changed.
func (i Inks) each(change func(lipgloss.Style) lipgloss.Style) Inks {
	for _, s := range []*Ink{
		&i.Fg, &i.Strong, &i.Muted, &i.Accent, &i.Key, &i.OK, &i.Busy, &i.Warn, &i.Bad, &i.Act, &i.Alarm, &i.Line,
	} {
		*s = newInk(change(*s.style))
	}
	return i
}
