package pool

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// changing is an account whose row becomes another one by time.
type changing struct {
	Row
	sharedFrom, failsFrom, toldUntil time.Time
}

func (c *changing) at(now time.Time) Row {
	r := c.Row
	if !c.sharedFrom.IsZero() && !now.Before(c.sharedFrom) {
		r.Out = Shared
	}
	if !c.failsFrom.IsZero() {
		r.Unrefreshed = !now.Before(c.failsFrom) && now.Before(r.RetryAt)
	}
	if !now.Before(c.toldUntil) {
		r.Plan = Plan{}
	}
	r.Changes = Soonest(now, r.Limits.Changes(now), r.Paused.Until, c.sharedFrom, c.failsFrom, r.RetryAt, c.toldUntil)
	return r
}

func drawChanging(t *rapid.T) *changing {
	at := func(what string) time.Time {
		return noon.Add(time.Duration(rapid.IntRange(-5, 60).Draw(t, what)) * 10 * time.Second)
	}
	c := &changing{toldUntil: at("told until")}
	switch rapid.IntRange(0, 8).Draw(t, "kind") {
	case 0:
		c.Out = rapid.SampledFrom([]Reason{NeedsSignIn, Locked, SignedOut}).Draw(t, "out")
	case 1:
		c.Limits.Cooldown = Cooldown{Status: 429, At: noon.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "written ahead")) * time.Minute), Until: at("rest")}
	case 2:
		c.Limits.Models = map[string]Cooldown{"m": {Status: 429, At: noon, Until: at("rest of m")}}
	case 3:
		c.failsFrom, c.RetryAt = at("fails"), at("retry")
	case 4:
		c.Paused = Pause{At: noon, Until: at("pause")}
	case 5:
		c.sharedFrom = at("shared")
	}
	if rapid.Bool().Draw(t, "told") {
		c.Plan = Plan{Used: rapid.SampledFrom([]float64{0, 48, 50, 87, 89, 90, 93, 97, 98, 100}).Draw(t, "used"), Told: true}
	}
	if rapid.Bool().Draw(t, "its end was told") {
		c.Plan.Resets = at("resets")
	}
	drawUse(t, c)
	return c
}

func drawUse(t *rapid.T, c *changing) {
	c.Requests = rapid.Uint64Range(0, 3).Draw(t, "requests")
	c.Turn = rapid.Uint64Range(0, 4).Draw(t, "turn")
	c.Leases = rapid.IntRange(0, 2).Draw(t, "leases")
}

// Of a ranking, with all that it keeps while rows, clock and requests change, come the
// answers of [Pick], whatever the strategy.
func TestRanking_PicksWhatPickPicks(t *testing.T) {
	rapid.Check(t, rankingProperty)
}

func FuzzRanking(f *testing.F) { f.Fuzz(rapid.MakeFuzz(rankingProperty)) }

func rankingProperty(t *rapid.T) {
	all := rapid.SliceOfN(rapid.Custom(drawChanging), 1, 9).Draw(t, "accounts")
	for i := range all {
		all[i].ID = fmt.Sprint(i)
	}
	id := func(what string) string { return fmt.Sprint(rapid.IntRange(0, len(all)).Draw(t, what)) } // the last is nobody's
	from := Source{
		Rows: len(all),
		At: func(id string) (int, bool) {
			i := slices.IndexFunc(all, func(c *changing) bool { return c.ID == id })
			return i, i >= 0
		},
		Row: func(i int, now time.Time) Row { return all[i].at(now) },
	}
	now, kept := noon, map[Order]*Ranking{}
	for range rapid.IntRange(1, 20).Draw(t, "requests") {
		now = now.Add(time.Duration(rapid.IntRange(-2, 9).Draw(t, "later")) * 10 * time.Second)
		chance := rapid.IntRange(0, 100).Draw(t, "chance")
		want := Want{
			Strategy: rapid.SampledFrom(append(Strategies(), "", "quota_aware")).Draw(t, "strategy"),
			Model:    rapid.SampledFrom([]string{"", "m", "n"}).Draw(t, "model"),
			Not:      rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return id("refused by") }), 0, 3).Draw(t, "not"),
			Random:   func(n int) int { return chance % n },
		}
		if rapid.Bool().Draw(t, "has a home") {
			want.Prefer = []string{id("home"), id("stand-in")}
		}
		ranking := kept[want.Order()]
		if ranking == nil {
			ranking = want.Order().Rank(from, now)
			kept[want.Order()] = ranking
		}
		ranking.Advance(now)
		same(t, all, now, want, ranking)

		if i, there := from.At(id("used")); there {
			drawUse(t, all[i])
			for _, r := range kept {
				r.Changed(all[i].ID)
			}
		}
	}
}

// same looks whether a ranking says what [Pick] says of the same rows.
func same(t *rapid.T, all []*changing, now time.Time, want Want, ranking *Ranking) {
	t.Helper()
	rows := make([]Row, len(all))
	for i := range all {
		rows[i] = all[i].at(now)
	}
	index, none := Pick(rows, now, want)
	others, turn := false, uint64(0)
	if index >= 0 {
		without := want
		without.Not = append([]string{rows[index].ID}, want.Not...)
		next, _ := Pick(rows, now, without)
		others = next >= 0
		if want.takesTurn(rows, index, latest(rows)) {
			for i := range rows {
				turn = max(turn, rows[i].Turn+1)
			}
		}
	}
	got, more, reason := ranking.Pick(want)
	if got != index || more != others || reason != none {
		t.Fatalf("%d, %t, %+v; Pick says %d, %t, %+v", got, more, reason, index, others, none)
	}
	if got >= 0 {
		if number := ranking.Turn(got, want); number != turn {
			t.Fatalf("turn %d, should be %d", number, turn)
		}
	}
}
