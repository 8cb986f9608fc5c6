package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// standing says when the account serves, or why it does not, in w cells if it
// can be said in so few.
func (k *known) standing(member core.Member, w int) string {
	shorter := func(long, short string) string {
		if cells.Width(long) > w {
			return short
		}
		return long
	}
	var words string
	switch {
	case member.Reason == pool.CoolingDown:
		rests := k.rests(member.Cooldown)
		return shorter(rests+": "+member.Cooldown.Words(), shorter(rests, strings.TrimPrefix(rests, "tried ")))
	case member.Reason == pool.NotRefreshed && !member.Until.IsZero():
		again := "not refreshed; tried again in " + say.Span(say.Until(member.Until, k.now))
		return shorter(again, member.Reason.Words())
	case member.Reason == pool.Paused && !member.Until.IsZero():
		return shorter("paused for "+say.Span(say.Until(member.Until, k.now))+" more", "paused")
	case member.Reason == pool.Paused:
		return "paused"
	case member.Reason == pool.Shared:
		return shorter("not before "+cells.Clean(member.Owner)+" refreshes its token", "not refreshed here")
	case member.Reason != "":
		words := member.Reason.Words()
		return shorter("skipped: "+words, words)
	case member.Next && k.places.random[member.Pool()]:
		words = "any of these serves next"
	case member.Next:
		words = "serves next"
	default:
		words = "ready"
	}
	for _, model := range slices.Sorted(maps.Keys(member.Models)) {
		if rest := member.Models[model]; rest.Holds(k.now) {
			words += "; not " + cells.Clean(model) + " (" + k.rests(rest) + ")"
		}
	}
	return words
}

func (k *known) rests(c pool.Cooldown) string {
	if c.Named {
		return "resets in " + say.Span(say.Until(c.Until, k.now))
	}
	return "tried again in " + say.Span(say.Until(c.Until, k.now))
}

// strategy is that of an account's pool.
func (k *known) strategy(a core.Account) pool.Strategy {
	for i := range k.places.pools {
		if k.places.pools[i].ID == a.Pool() {
			return k.places.pools[i].Strategy
		}
	}
	return pool.FillFirst
}

func nextStrategy(s pool.Strategy) pool.Strategy {
	all := pool.Strategies()
	return all[(slices.Index(all, s)+1)%len(all)]
}

// setStrategy changes how a pool spreads its requests; it can be taken back.
func (win acts) setStrategy(of core.Pool, s pool.Strategy) tea.Cmd {
	was, id := of.Strategy, of.Members[0].ID
	words := fmt.Sprintf("%s: %s, %s.", cells.Clean(of.Name), s.Words(), s.Rule())
	set := func(s pool.Strategy, words string) tea.Cmd {
		return win.act(words, func(ctx context.Context) error {
			_, err := win.o.Backend.SetStrategy(ctx, id, s)
			return err
		})
	}
	still := func(k *known) bool {
		return k.account(id, func(a core.Account) bool { return k.strategy(a) == s })
	}
	win.undos.add(undo{"the strategy of " + cells.Clean(of.Name), still, func() tea.Cmd {
		return set(was, cells.Clean(of.Name)+": "+was.Words()+" again.")
	}})
	return set(s, words)
}
