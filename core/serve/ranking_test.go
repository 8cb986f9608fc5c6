package serve

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// A selection's rankings, which hear of what the ledger counts, and of no model that
// nobody has limits for, pick whom a look at all accounts picks.
func TestRanked_PicksWhatPickPicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		found := rapid.SliceOfN(rapid.Custom(drawAccount), 1, 6).Draw(t, "accounts")
		for i := range found {
			found[i].ID, found[i].Label = fmt.Sprint(i), fmt.Sprint("label", i)
		}
		id := func() string { return found[rapid.IntRange(0, len(found)-1).Draw(t, "whose")].ID }
		l := serving(state.Config{}).ledger
		chosen := newSelection(found, rapid.SampledFrom([]string{"", "label0"}).Draw(t, "name"))
		orders := rapid.SliceOfN(rapid.Custom(drawOrder), 1, 3).Draw(t, "orders")
		now := noon
		for range rapid.IntRange(1, 30).Draw(t, "events") {
			l.mu.Lock()
			switch rapid.IntRange(0, 9).Draw(t, "event") {
			case 0:
				now = now.Add(rapid.SampledFrom([]time.Duration{-time.Minute, time.Second, time.Minute, time.Hour}).Draw(t, "later"))
			case 1:
				l.lease(Leased{ID: id()}, "")
			case 2:
				for whose := range maps.Clone(l.leases) {
					l.end(whose)
				}
			case 3:
				l.use(id(), record.Usage{Requests: 1})
			case 4: // more than is remembered
				for range len(l.news.ids) {
					l.use("another pool's", record.Usage{Requests: 1})
				}
				l.use(id(), record.Usage{Requests: 3})
			default:
				choiceIsPicks(t, l, chosen, rapid.SampledFrom(orders).Draw(t, "order"), now)
			}
			l.mu.Unlock()
		}
	})
}

func drawOrder(t *rapid.T) pool.Order {
	return pool.Order{
		Strategy: rapid.SampledFrom(pool.Strategies()).Draw(t, "strategy"),
		Model:    rapid.SampledFrom([]string{"", "m", "M", "n"}).Draw(t, "model"),
		Moves:    rapid.Bool().Draw(t, "has a home"),
	}
}

// choiceIsPicks makes a choice, which [pool.Pick] has to make as well.
func choiceIsPicks(t *rapid.T, l *ledger, chosen *selection, o pool.Order, now time.Time) {
	t.Helper()
	chance := rapid.IntRange(0, 9).Draw(t, "chance")
	want := pool.Want{Strategy: o.Strategy, Model: o.Model, Random: func(n int) int { return chance % n }}
	if o.Moves {
		want.Prefer = []string{"0"}
	}
	rows := make([]pool.Row, len(chosen.found))
	for i := range rows {
		rows[i] = l.row(&chosen.found[i], want.Order(), now)
		if chosen.called {
			rows[i].Paused = pool.Pause{}
		}
	}
	ranked := l.ranked(chosen, want.Order(), now)
	index, none := pool.Pick(rows, now, want)
	if got, _, why := ranked.Pick(want); got != index || why != none {
		t.Fatalf("%s, model %q: %d (%+v); Pick says %d (%+v)", want.Strategy, want.Model, got, why, index, none)
	}
	if index < 0 {
		return
	}
	if turn := ranked.Turn(index, want); turn > 0 {
		l.use(rows[index].ID, record.Usage{Turn: turn})
	}
}

func drawAccount(t *rapid.T) (a accounts.Account) {
	at := func(what string) time.Time {
		return noon.Add(time.Duration(rapid.IntRange(-2, 5).Draw(t, what)) * time.Minute)
	}
	a.ExpiresAt = at("expiry")
	a.Requests = rapid.Uint64Range(0, 3).Draw(t, "requests")
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0:
		a.Locked = true
	case 1:
		a.Cooldown = pool.Cooldown{Status: 429, At: noon, Until: at("rest")}
	case 2:
		a.Models = map[string]pool.Cooldown{"m": {Status: 429, At: noon, Until: at("rest of m")}}
	case 3:
		a.Paused = pool.Pause{At: noon, Until: at("pause")}
	case 4:
		a.NotBefore = at("wait")
	case 5:
		a.Owner = "hermes-agent"
	}
	used := rapid.SampledFrom([]float64{10, 89, 93, 99}).Draw(t, "used")
	scope := rapid.SampledFrom([]string{"", "m", "M"}).Draw(t, "scope")
	a.Plan = &usage.Known{Reading: usage.Reading{At: noon, Windows: []usage.Window{{Scope: scope, Used: &used, Told: noon, Resets: at("resets")}}}}
	return a
}

// What is kept of many models is bounded.
func TestRanked_KeepsSoMuch(t *testing.T) {
	l := serving(state.Config{}).ledger
	found := make([]accounts.Account, mostRanked/4)
	for i := range found {
		found[i].ID = fmt.Sprint(i)
	}
	chosen := newSelection(found, "")
	for i := range 9 {
		model := fmt.Sprint("m", i)
		chosen.models[model] = true
		l.ranked(chosen, pool.Order{Strategy: pool.RoundRobin, Model: model}, noon)
		l.ranked(chosen, pool.Order{Strategy: pool.RoundRobin, Model: "nobody limits it" + model}, noon)
	}
	if n := len(chosen.rankings); n != 4 {
		t.Errorf("%d rankings are kept", n)
	}
}
