package tui

import (
	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/core"
)

// header is the first line: what this is, how many accounts, and the keystore
// in the longest form that fits.
func (m *Model) header(w int) string {
	in := &m.theme.plain
	name, words := "hermes-tui", m.waitingWords()
	counts := m.counts()
	if counts != "" && m.narrow() {
		name = ""
	}
	line, used := "  ", 2
	put := func(s string, styled string) { line, used = line+styled, used+width(s) }
	if name != "" {
		put(name, in.accent.Render(name))
		if counts != "" {
			put("   ", "   ")
		}
	}
	put(counts, in.muted.Render(counts))
	if words != "" {
		sep := " " + m.glyphs.dot + " "
		put(sep, in.muted.Render(sep))
		put(words, in.act.Render(words))
	}
	store := m.store(w - used - 2 - 1)
	ink := in.muted
	if m.snap.Store.Locked {
		ink = in.act
	}
	return line + blank(w-used-1-width(store)) + ink.Render(store)
}

// counts is how many accounts there are, or how many of them are listed and by
// which filter, and how many are marked.
func (m *Model) counts() string {
	n, p := len(m.snap.Accounts), m.accounts
	if n == 0 {
		return ""
	}
	counts, nouns := thousands(uint64(n)), " accounts"
	if n == 1 {
		nouns = " account"
	}
	if m.narrow() {
		nouns = ""
	}
	sep := " " + m.glyphs.dot + " "
	if p.filter.empty() {
		counts += nouns
	} else {
		counts = thousands(uint64(len(p.order))) + " of " + counts + nouns + sep + "/" + cut(p.filter.value(), 16, m.glyphs.more)
	}
	if marked := len(p.marks); marked > 0 {
		counts += sep + thousands(uint64(marked)) + " marked"
	}
	return counts
}

// store is the keystore in the longest form of at most w cells.
func (m *Model) store(w int) string {
	forms := storeForms(m.snap.Store)
	for _, form := range forms {
		if width(form) <= w {
			return form
		}
	}
	return cut(forms[len(forms)-1], w, m.glyphs.more)
}

// storeForms are the names of the keystore, the longest first.
func storeForms(s core.StoreInfo) []string {
	name := clean(s.Name)
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
		if reason := clean(s.Reason); reason != "" {
			forms = append(forms, "encrypted file ("+reason+")")
		}
		forms = append(forms, "encrypted file", "file")
	default:
		forms = append(forms, clean(s.Kind))
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

// headerRule is the line under the header. In the sandbox it carries the
// portal's address.
func (m *Model) headerRule(w int) string {
	line := m.theme.plain.line.Render
	if m.o.PortalURL == "" {
		return m.rule(m.glyphs.rule, line, line, "", "", w)
	}
	url := clean(m.o.PortalURL)
	text := cut("sandbox: "+url, w-6, m.glyphs.more)
	styled := func(s ...string) string {
		return ansi.SetHyperlink(url) + m.theme.plain.link.Render(s...) + ansi.ResetHyperlink()
	}
	return m.rule(m.glyphs.rule, line, styled, text, "", w)
}

// crumbs is the header of a page: where one is, and something at the right.
func (m *Model) crumbs(w int, path, here, right string) string {
	in := &m.theme.plain
	right = cut(right, w/2, m.glyphs.more)
	room := w - 2 - width(path) - 3 - width(right) - 3
	here = cut(here, room, m.glyphs.more)
	line := "  " + in.muted.Render(path+" "+m.glyphs.crumb) + " " + in.accent.Render(here)
	return line + blank(w-2-width(path)-3-width(here)-width(right)-1) + in.muted.Render(right)
}
