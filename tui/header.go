package tui

import (
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// headerForm is how much the header says beside the keystore.
type headerForm struct{ name, fleet, counts, words string }

// headerForms are the forms of the header, the longest first. The keystore
// never goes; the name, the nouns and the words do.
func (win *window) headerForms() []headerForm {
	n := win.places.waiting
	short := ""
	if n > 0 {
		short = win.Glyphs.Bad + " " + say.Thousands(uint64(n))
	}
	words := win.waitingWords()
	forms := []headerForm{
		{"hermes-tui", "", win.counts(true, 16), words},
		{"hermes-tui", "", win.counts(false, 12), words},
		{"", "", win.counts(false, 12), words},
		{"", "", win.counts(false, 12), short},
		{"", "", win.counts(false, 0), short},
	}
	switch {
	case len(win.snap.Accounts) == 0:
		forms = forms[:1]
	case win.Narrow() && n == 0:
		forms = append([]headerForm{{"", "", win.counts(true, 12), ""}}, forms[2:]...)
	case win.Narrow():
		forms = forms[2:]
	}
	return ofFleet(win.known).header(forms)
}

func (f headerForm) width() int {
	w := cells.Width(f.name) + cells.Width(f.fleet) + cells.Width(f.counts) + cells.Width(f.words)
	if f.fleet != "" {
		w += len(gapAfter(f.name))
	}
	if f.counts != "" {
		w += len(gapAfter(f.name + f.fleet))
	}
	if f.words != "" {
		w += 3
	}
	return w
}

// header is the first line: what this is, how many accounts, and the keystore
// in the longest form that fits. The proxies that run stand before it where there
// is room.
func (win *window) header(w int) string {
	in := &win.Theme.Plain
	stores := storeForms(win.snap.Store)
	least := cells.Width(stores[len(stores)-1])
	var form headerForm
	for _, form = range win.headerForms() {
		if 2+form.width()+2+least+1 <= w {
			break
		}
	}
	line, used := "  ", 2+form.width()
	if form.name != "" {
		line += in.Accent.Render(form.name)
	}
	if form.fleet != "" {
		ink := in.Fg
		if ofFleet(win.known).brief() != "" {
			ink = in.Strong
		}
		line += gapAfter(form.name) + ink.Render(form.fleet)
	}
	if form.counts != "" {
		line += gapAfter(form.name + form.fleet)
	}
	line += in.Muted.Render(form.counts)
	if form.words != "" {
		line += in.Muted.Render(" "+win.Glyphs.Dot+" ") + in.Act.Render(form.words)
	}
	run, store := right(win.known, w-used-2-1)
	ink := in.Muted
	if win.snap.Store.Locked {
		ink = in.Act
	}
	blank := w - used - 1 - cells.Width(run) - cells.Width(store)
	return line + cells.Blank(blank) + in.Muted.Render(run) + ink.Render(store)
}

// gapAfter stands between two parts of the header.
func gapAfter(before string) string {
	if before == "" {
		return ""
	}
	return "   "
}

// counts is how many accounts there are, or how many of them are listed, by
// which filter in at most that many cells, and how many are marked.
func (win *window) counts(nouns bool, most int) string {
	n, p := len(win.snap.Accounts), win.accounts
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
	sep := " " + win.Glyphs.Dot + " "
	if !p.filter.Empty() {
		counts = say.Thousands(uint64(len(p.order))) + " of " + counts
		if most > 0 {
			counts += sep + "/" + cells.Cut(p.filter.Value(), most, win.Glyphs.More)
		}
	}
	if marked := len(p.marks); marked > 0 {
		counts += sep + say.Thousands(uint64(marked)) + " marked"
	}
	if n := win.signingIn(); n > 0 {
		counts += sep + say.Thousands(uint64(n)) + " signing in"
	}
	if nouns {
		counts += win.ending(sep)
	}
	return counts
}

// ending is how many sign-ins their providers end soon, whatever is refreshed.
func (k *known) ending(sep string) string {
	switch n := k.places.ending; n {
	case 0:
		return ""
	case 1:
		return sep + "1 sign-in ends soon"
	default:
		return sep + say.Thousands(uint64(n)) + " sign-ins end soon"
	}
}

// right is what stands at the right end, in at most w cells: the proxies that run,
// as long as fits beside the keystore in some form, and that.
func right(k *known, w int) (run, store string) {
	for _, run := range runningForms(k.snap.Proxies, k.Glyphs.More, " "+k.Glyphs.Dot+" ") {
		run += "   "
		for _, store := range storeForms(k.snap.Store) {
			if cells.Width(run)+cells.Width(store) <= w {
				return run, store
			}
		}
	}
	return "", k.store(w)
}

// store is the keystore in the longest form of at most w cells.
func (k *known) store(w int) string {
	forms := storeForms(k.snap.Store)
	for _, form := range forms {
		if cells.Width(form) <= w {
			return form
		}
	}
	return cells.Cut(forms[len(forms)-1], w, k.Glyphs.More)
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
