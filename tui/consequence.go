package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// consequence is what it means for programs that accounts of a pool have ended.
type consequence struct {
	pool    pool.ID
	name    string    // of the pool
	stand   string    // label of the account that serves in their place; empty: nobody does
	refused []string  // programs that have been refused since, as far as that is counted
	since   time.Time // since when at the earliest
	before  bool      // that is before any of them ended
}

// consequences are those of accounts that have ended, one for each pool, in the order of
// the accounts.
func (k telling) consequences(ended []core.Account) []consequence {
	var all []consequence
	for _, a := range ended {
		at := slices.IndexFunc(all, func(c consequence) bool { return c.pool == a.Pool() })
		if at < 0 {
			at = len(all)
			all = append(all, consequence{pool: a.Pool(), name: cells.Clean(a.ProviderName), stand: k.standIn(a)})
		}
		if all[at].stand == "" {
			k.addRefused(&all[at], a)
		}
	}
	return all
}

// standIn is who serves in the place of an account; empty where nobody does.
func (k telling) standIn(a core.Account) string {
	stand := ""
	for _, of := range k.places.pools {
		if of.ID != a.Pool() {
			continue
		}
		for _, member := range of.Members {
			if member.ID != a.ID && k.serves(member.Account) && (stand == "" || member.Next) {
				stand = cells.Clean(member.Label)
			}
		}
	}
	return stand
}

// addRefused adds the programs that an account has refused since it ended. What is
// counted of the twenty minutes in which it ended may be from before: then it is told
// from when on is counted.
func (k telling) addRefused(c *consequence, a core.Account) {
	if a.Marker == nil || a.Marker.At.IsZero() {
		return
	}
	for _, row := range k.tallies.of[a.ID] {
		name := cells.Clean(row.Program)
		if name == "" || row.Refused == 0 || !row.Since(a.Marker.At) {
			continue
		}
		if !slices.Contains(c.refused, name) {
			c.refused = append(c.refused, name)
		}
		since, before := a.Marker.At, row.Slot.Before(a.Marker.At)
		if before {
			since = row.Slot
		}
		if c.since.IsZero() || since.Before(c.since) {
			c.since, c.before = since, before
		}
	}
}

// sentence says it of the only pool that is spoken about.
func (k telling) sentence(c consequence) string {
	if c.stand != "" {
		return c.stand + " serves in its place."
	}
	return k.nobody(c)
}

// sentences say it of several accounts.
func (k telling) sentences(all []consequence) []string {
	said := make([]string, len(all))
	for i, c := range all {
		if c.stand != "" {
			said[i] = c.stand + " serves for " + c.name + "."
		} else {
			said[i] = k.nobody(c)
		}
	}
	return said
}

// nobody says that nobody serves, and who has been refused.
func (k telling) nobody(c consequence) string {
	text := "Nobody serves " + c.name + " now"
	who, verb := strings.Join(c.refused, " and "), "have"
	switch n := len(c.refused); {
	case n == 0:
		return text + "."
	case n == 1:
		verb = "has"
	case n > 2:
		who = say.Plural(n, "program", "programs")
	}
	since := say.TimeOfDay(c.since, k.now, k.location, false)
	if c.before {
		return text + ": " + who + " " + verb + " been refused, counted from " + since + "."
	}
	return text + ": " + who + " " + verb + " been refused since " + since + "."
}
