package tui

import (
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// consequence is what it means for programs that an account has ended: who serves in its
// place, or that nobody does and who has been refused.
func (k telling) consequence(a core.Account) string {
	of, _ := k.poolOf(a)
	stand := ""
	for _, member := range of.Members {
		if member.ID != a.ID && k.serves(member.Account) && (stand == "" || member.Next) {
			stand = cells.Clean(member.Label)
		}
	}
	if stand != "" {
		return stand + " serves in its place."
	}
	text := "Nobody serves " + cells.Clean(a.ProviderName) + " now"
	if refused := k.refused(a); refused != "" {
		text += ": " + refused
	}
	return text + "."
}

// refused says which programs an account has refused since it ended, as far as that is
// counted; empty where it is not known.
func (k telling) refused(a core.Account) string {
	if a.Marker == nil || a.Marker.At.IsZero() {
		return ""
	}
	var names []string
	for _, row := range k.tallies.of[a.ID] {
		if name := cells.Clean(row.Program); name != "" && row.Refused > 0 && row.Since(a.Marker.At) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	verb := " has been refused since "
	switch {
	case len(names) == 0:
		return ""
	case len(names) > 2:
		names, verb = []string{say.Plural(len(names), "program", "programs")}, " have been refused since "
	case len(names) == 2:
		verb = " have been refused since "
	}
	return strings.Join(names, " and ") + verb + say.TimeOfDay(a.Marker.At, k.now, k.location, false)
}

// consequences are those of several accounts, each pool once.
func (k telling) consequences(all []core.Account) []string {
	var said []string
	for _, a := range all {
		text := k.consequence(a)
		if strings.HasSuffix(text, "in its place.") {
			text = strings.TrimSuffix(text, "in its place.") + "for " + cells.Clean(a.ProviderName) + "."
		}
		if !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	return said
}
