package account

import (
	"strconv"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// inShort is the order in which states are counted: who serves first, who needs a
// person last. What is due is renewed at the next use and counts as ok.
var inShort = [...]core.State{
	core.OK, core.Expired, core.Shared, core.CoolingDown, core.NotIncluded, core.SignedOut, core.Locked, core.NeedsSignIn,
}

// short counts accounts by how they are doing: by marks, "●7 ■1 !1", or where g is
// nil in words, "7 ok, 1 cooling down".
func short(have []core.Account, g *style.Glyphs, now time.Time) string {
	if len(have) == 0 {
		return "no accounts"
	}
	counts := map[string]int{}
	for _, account := range have {
		counts[shortName(account.State(now), g)]++
	}
	var parts []string
	for _, s := range inShort {
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

func shortName(s core.State, g *style.Glyphs) string {
	if s == core.Expiring || s == core.Refreshing {
		s = core.OK
	}
	if g == nil {
		return s.Words()
	}
	return tui.StateGlyph(g, s)
}
