package tui

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/internal/order"
)

// sorting is an order of the list.
type sorting string

// The orders of the list, in the order in which o goes through them.
const (
	byPool     sorting = "" // as the accounts serve
	byTrouble  sorting = "trouble"
	byLabel    sorting = "label"
	byProvider sorting = "provider"
	byExpiry   sorting = "expiry"
	byUse      sorting = "use"
)

var sortings = []sorting{byPool, byTrouble, byLabel, byProvider, byExpiry, byUse}

// words complete "Sorted by …".
func (s sorting) words() string {
	switch s {
	case byTrouble:
		return "what needs you first"
	case byExpiry:
		return "what expires first"
	case byUse:
		return "last use"
	case byPool:
		return "place in the pool"
	default:
		return string(s)
	}
}

// sortingNamed is the order of that name, and the pool's for any other.
func sortingNamed(name string) sorting {
	if s := sorting(name); slices.Contains(sortings, s) {
		return s
	}
	return byPool
}

// list finds out which accounts are listed and in which order, and keeps the
// cursor on its account.
func (p *accountsPage) list(win *window) {
	words := strings.Fields(strings.ToLower(p.filter.Value()))
	p.order, p.until = p.order[:0], time.Time{}
	win.changes++
	for i := range win.all {
		if a := &win.all[i]; len(words) > 0 || p.sort == byTrouble { // states are looked for
			p.until = win.nextState(p.until, a)
		}
		if len(words) == 0 || win.matches(&win.all[i], words) {
			p.order = append(p.order, i)
		}
	}
	if compare := win.comparison(p.sort); compare != nil {
		order.By(p.order, compare)
	}
	p.groups = p.in(win).groupsOf()
	p.follow(win)
}

// nextState is the sooner of a moment and the next one at which the state of an account
// changes by time alone.
func (k *known) nextState(known time.Time, a *core.Account) time.Time {
	for _, at := range []time.Time{a.Cooldown.Until, a.Paused.Until, a.RefreshAt(), a.ExpiresAt} {
		known = nextTurn(known, k.now, at)
	}
	return known
}

// matches says whether every word is in what the account's row says.
func (k *known) matches(a *core.Account, words []string) bool {
	text := strings.ToLower(a.Label + "\n" + a.ProviderName + "\n" + a.ProviderShort + "\n" + a.Provider + "\n" +
		a.Region + "\n" + a.ID + "\n" + k.state(*a).Words())
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// comparison compares two accounts, given as indices of known.all; nil for the
// order in which they are. Those of a pool stand together.
func (k *known) comparison(by sorting) func(i, j int) int {
	switch by {
	case byTrouble:
		return byKey(k.all, func(a *core.Account) int { return urgency(k.state(*a)) })
	case byLabel:
		return byKey(k.all, func(a *core.Account) string { return strings.ToLower(a.Label) })
	case byProvider:
		return byKey(k.all, func(a *core.Account) string { return a.ProviderName })
	case byExpiry:
		return byKey(k.all, func(a *core.Account) int64 {
			if a.ExpiresAt.IsZero() {
				return math.MaxInt64
			}
			return a.ExpiresAt.Unix()
		})
	case byUse:
		return byKey(k.all, func(a *core.Account) int64 { return -a.LastUsedAt.Unix() })
	default:
		return k.byRank()
	}
}

// byKey compares accounts by a key that is found out once for each.
func byKey[K cmp.Ordered](all []core.Account, key func(*core.Account) K) func(i, j int) int {
	keys := make([]K, len(all))
	for i := range all {
		keys[i] = key(&all[i])
	}
	return func(i, j int) int { return cmp.Compare(keys[i], keys[j]) }
}

// urgency ranks the states by how much they want of a person.
func urgency(s core.State) int {
	switch s {
	case core.NeedsSignIn:
		return 0
	case core.Locked:
		return 1
	case core.SigningIn, core.SignedOut:
		return 2
	case core.NotIncluded, core.CoolingDown, core.Paused:
		return 3
	case core.Expired, core.Shared:
		return 4
	default:
		return 5
	}
}

// sortBy sorts the list and remembers it for the next window.
func (p *accountsPage) sortBy(win *window, by sorting) tea.Cmd {
	p.sort = by
	p.list(win)
	win.say("Sorted by " + by.words() + ".")
	win.memory.Sort = string(by)
	return remember(win)
}

// sortNext goes to the next order.
func (p *accountsPage) sortNext(win *window) tea.Cmd {
	at := slices.Index(sortings, p.sort)
	return p.sortBy(win, sortings[(at+1)%len(sortings)])
}
