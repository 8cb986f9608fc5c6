package account

import (
	"strconv"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// short counts accounts by how they are doing, who serves first, who needs a person
// last: by marks, "●7 ■1 !1", or where g is nil in words, "7 ok, 1 cooling down".
func short(have []core.Account, g *style.Glyphs, now time.Time) string {
	if len(have) == 0 {
		return "no accounts"
	}
	counts := map[string]int{}
	for _, account := range have {
		counts[shortName(account.State(now), g)]++
	}
	var parts []string
	for _, s := range [...]core.State{
		core.OK, core.Expired, core.Shared, core.CoolingDown, core.Paused, core.NotIncluded, core.SignedOut, core.Locked, core.NeedsSignIn,
	} {
		name := shortName(s, g)
		n := counts[name]
		delete(counts, name) // two states may have one mark
		switch {
		case n == 0:
		case g == nil:
			parts = append(parts, strconv.Itoa(n)+" "+name)
		default:
			parts = append(parts, name+strconv.Itoa(n))
		}
	}
	if g == nil {
		return strings.Join(parts, ", ")
	}
	return strings.Join(parts, " ")
}

// shortName is what a state is counted as. What is due is refreshed at the next use and
// counts as ok.
func shortName(s core.State, g *style.Glyphs) string {
	if s == core.Expiring || s == core.Refreshing {
		s = core.OK
	}
	if g == nil {
		return s.Words()
	}
	return tui.StateGlyph(g, s)
}
