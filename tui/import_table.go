package tui

import (
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// importTable sets the rows of a plan into columns. Where there is no room for
// all of them, the place in the file goes first, then the provider.
type importTable struct{ number, where, who, label, what int }

func newImportTable(rows, w int) importTable {
	t := importTable{number: len(say.Thousands(uint64(rows))), where: 28, who: 14, label: 22}
	switch {
	case w < 72:
		t.where, t.who, t.label = 0, 0, 22
	case w < 100:
		t.where = 0
	}
	if w < 50 {
		t.label = 14
	}
	t.what = max(w-3-t.number-2-t.where-t.who-t.label-2, 1)
	return t
}

// line is one line of the table.
func (t importTable) line(more, number, where, who, label, what string) string {
	column := func(s string, w int) string {
		if w == 0 {
			return ""
		}
		return cells.Left(s, w-2, more) + "  "
	}
	return "  " + cells.Right(number, t.number, "") + "  " + column(where, t.where) + column(who, t.who) + column(label, t.label) + cells.Cut(what, t.what, more)
}

// rows is the table of what happens. What is longer than its column goes on in
// the next line.
func (p *importPage) rows(win *window, w int) []string {
	plan, in := p.of.plan, &win.Theme.Plain
	if p.unread {
		return win.foundLines(p.of.files, w)
	}
	if plan == nil || len(plan.Rows) == 0 {
		return nil
	}
	t := newImportTable(len(plan.Rows), w)
	lines := []string{in.Muted.Render(t.line(win.Glyphs.More, "", "WHERE", "PROVIDER", "ACCOUNT", "WHAT HAPPENS"))}
	for _, r := range plan.Rows {
		where := strings.Replace(r.Where, "."+r.Provider, "", 1) // which has a column of its own
		if r.Profile != "" {
			where = r.Profile + ": " + where
		}
		ink := rowInk(win, r)
		for i, what := range cells.Wrap(cells.Clean(r.Words()), t.what) {
			line := t.line(win.Glyphs.More, "", "", "", "", what)
			if i == 0 {
				line = t.line(win.Glyphs.More, say.Thousands(uint64(r.Number)), cells.Clean(where), cells.Clean(r.ProviderName), cells.Clean(r.Label), what)
			}
			lines = append(lines, ink.Render(strings.TrimRight(line, " ")))
		}
	}
	return lines
}

// rowInk lets stand out what becomes an account.
func rowInk(win *window, r core.ImportRow) style.Ink {
	switch r.Verdict {
	case hermes.New:
		return win.Theme.Plain.Strong
	case hermes.Quarantined:
		return win.Theme.Plain.Fg
	default:
		return win.Theme.Plain.Muted
	}
}
