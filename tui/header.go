package tui

import (
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// headerForm is how much the header says beside the keystore.
type headerForm struct{ name, counts, words string }

// headerForms are the forms of the header, the longest first. The keystore
// never goes; the name, the nouns and the words do.
func (m *Model) headerForms() []headerForm {
	n := m.places.waiting
	short := ""
	if n > 0 {
		short = m.Glyphs.Bad + " " + say.Thousands(uint64(n))
	}
	words := m.waitingWords()
	forms := []headerForm{
		{"hermes-tui", m.counts(true, 16), words},
		{"hermes-tui", m.counts(false, 12), words},
		{"", m.counts(false, 12), words},
		{"", m.counts(false, 12), short},
		{"", m.counts(false, 0), short},
	}
	switch {
	case len(m.snap.Accounts) == 0:
		return forms[:1]
	case m.Narrow() && n == 0:
		return append([]headerForm{{"", m.counts(true, 12), ""}}, forms[2:]...)
	case m.Narrow():
		return forms[2:]
	default:
		return forms
	}
}

func (f headerForm) width() int {
	w := cells.Width(f.name) + cells.Width(f.counts) + cells.Width(f.words)
	if f.name != "" && f.counts != "" {
		w += 3
	}
	if f.words != "" {
		w += 3
	}
	return w
}

// header is the first line: what this is, how many accounts, and the keystore
// in the longest form that fits.
func (m *Model) header(w int) string {
	in := &m.Theme.Plain
	stores := storeForms(m.snap.Store)
	least := cells.Width(stores[len(stores)-1])
	var form headerForm
	for _, form = range m.headerForms() {
		if 2+form.width()+2+least+1 <= w {
			break
		}
	}
	line, used := "  ", 2+form.width()
	if form.name != "" {
		line += in.Accent.Render(form.name)
	}
	if form.name != "" && form.counts != "" {
		line += "   "
	}
	line += in.Muted.Render(form.counts)
	if form.words != "" {
		line += in.Muted.Render(" "+m.Glyphs.Dot+" ") + in.Act.Render(form.words)
	}
	store := m.store(w - used - 2 - 1)
	ink := in.Muted
	if m.snap.Store.Locked {
		ink = in.Act
	}
	return line + cells.Blank(w-used-1-cells.Width(store)) + ink.Render(store)
}

// counts is how many accounts there are, or how many of them are listed, by
// which filter in at most that many cells, and how many are marked.
func (m *Model) counts(nouns bool, most int) string {
	n, p := len(m.snap.Accounts), m.accounts
	if n == 0 {
		return ""
	}
	counts := say.Thousands(uint64(n))
	switch {
	case nouns && n == 1:
		counts += " account"
	case nouns:
		counts += " accounts"
	}
	sep := " " + m.Glyphs.Dot + " "
	if !p.filter.Empty() {
		counts = say.Thousands(uint64(len(p.order))) + " of " + counts
		if most > 0 {
			counts += sep + "/" + cells.Cut(p.filter.Value(), most, m.Glyphs.More)
		}
	}
	if marked := len(p.marks); marked > 0 {
		counts += sep + say.Thousands(uint64(marked)) + " marked"
	}
	if nouns {
		counts += m.ending(sep)
	}
	return counts
}

// ending is how many sign-ins their providers end soon, whatever is renewed.
func (m *Model) ending(sep string) string {
	switch n := m.places.ending; n {
	case 0:
		return ""
	case 1:
		return sep + "1 sign-in ends soon"
	default:
		return sep + say.Thousands(uint64(n)) + " sign-ins end soon"
	}
}

// store is the keystore in the longest form of at most w cells.
func (m *Model) store(w int) string {
	forms := storeForms(m.snap.Store)
	for _, form := range forms {
		if cells.Width(form) <= w {
			return form
		}
	}
	return cells.Cut(forms[len(forms)-1], w, m.Glyphs.More)
}

// storeForms are the names of the keystore, the longest first.
func storeForms(s core.StoreInfo) []string {
	name := cells.Clean(s.Name)
	var forms []string
	switch s.Kind {
	case "":
		return []string{""}
	case "keyring":
		if name != "" && name != "keyring" {
			forms = append(forms, "keyring: "+name)
		}
		forms = append(forms, "keyring")
	case "file":
		if reason := cells.Clean(s.Reason); reason != "" {
			forms = append(forms, "encrypted file ("+reason+")")
		}
		forms = append(forms, "encrypted file", "file")
	default:
		forms = append(forms, cells.Clean(s.Kind))
	}
	suffix := ""
	switch {
	case s.Locked:
		suffix = ", locked"
	case s.Moving != "":
		suffix = ", moving"
	}
	for i := range forms {
		forms[i] += suffix
	}
	return forms
}
