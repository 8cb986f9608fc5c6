package pool

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPick_Strategies(t *testing.T) {
	rows := []Row{
		{ID: "a", Requests: 9, Turn: 4},
		{ID: "dead", Out: NeedsSignIn},
		{ID: "b", Requests: 2, Turn: 7},
		{ID: "c", Requests: 5, Turn: 3},
		{ID: "resting", Limits: Limits{Cooldown: cooling(time.Hour)}},
	}
	leased := func(by map[string]int) []Row {
		out := slices.Clone(rows)
		for i := range out {
			out[i].Leases = by[out[i].ID]
		}
		return out
	}
	last := func(n int) int { return n - 1 }
	for name, tc := range map[string]struct {
		rows []Row
		want Want
		id   string
	}{
		"none is fill first":           {rows, Want{}, "a"},
		"an unknown one is fill first": {rows, Want{Strategy: "quota_aware"}, "a"},
		"fill first, though leased":    {leased(map[string]int{"a": 5}), Want{Strategy: FillFirst}, "a"},
		"round robin":                  {rows, Want{Strategy: RoundRobin}, "c"},
		"round robin, refused":         {rows, Want{Strategy: RoundRobin, Not: []string{"c"}}, "a"},
		"round robin, leased":          {leased(map[string]int{"a": 1, "c": 1}), Want{Strategy: RoundRobin}, "b"},
		"least used":                   {rows, Want{Strategy: LeastUsed}, "b"},
		"least used, all leased":       {leased(map[string]int{"a": 1, "b": 2, "c": 1}), Want{Strategy: LeastUsed}, "c"},
		"random":                       {rows, Want{Strategy: Random, Random: last}, "c"},
		"random, the last is leased":   {leased(map[string]int{"c": 1}), Want{Strategy: Random, Random: last}, "b"},
	} {
		if i, _ := Pick(tc.rows, noon, tc.want); i < 0 || tc.rows[i].ID != tc.id {
			t.Errorf("%s: picked %d, want %s", name, i, tc.id)
		}
	}
}

func TestStand_WhoIsNextAndWhyNotTheOthers(t *testing.T) {
	rows := []Row{
		{ID: "dead", Out: NeedsSignIn}, {ID: "a", Turn: 2},
		{ID: "resting", Limits: Limits{Cooldown: cooling(time.Hour)}}, {ID: "b", Turn: 1},
	}
	for strategy, next := range map[Strategy][]bool{
		FillFirst: {1: true, 3: false}, RoundRobin: {3: true}, LeastUsed: {1: true, 3: false}, Random: {1: true, 3: true},
	} {
		all := Stand(rows, noon, strategy)
		for i, want := range next {
			if all[i].Next != want {
				t.Errorf("%s: %s next %t", strategy, rows[i].ID, all[i].Next)
			}
		}
		if all[0].Reason != NeedsSignIn || all[2].Reason != CoolingDown || all[2].Until != noon.Add(time.Hour) || all[1].Reason != "" {
			t.Errorf("%s: %+v", strategy, all)
		}
	}
}

// Whatever the pool looks like, only a row that can serve is picked, and one is
// picked whenever there is one.
func TestPick_Property(t *testing.T) { rapid.Check(t, pickProperty) }

func FuzzPick(f *testing.F) { f.Fuzz(rapid.MakeFuzz(pickProperty)) }

func pickProperty(t *rapid.T) {
	outs := []Reason{"", "", "", NeedsSignIn, SignedOut, NotIncluded, Shared, Locked}
	rows := make([]Row, rapid.IntRange(0, 8).Draw(t, "rows"))
	for i := range rows {
		rows[i] = Row{
			ID: fmt.Sprint(i), Out: rapid.SampledFrom(outs).Draw(t, "out"),
			Requests: rapid.Uint64().Draw(t, "requests"), Turn: rapid.Uint64().Draw(t, "turn"), Leases: rapid.IntRange(0, 3).Draw(t, "leases"),
			Plan: Plan{Used: rapid.Float64Range(0, 100).Draw(t, "used"), Told: rapid.Bool().Draw(t, "told")},
		}
		if rapid.Bool().Draw(t, "resets") {
			rows[i].Plan.Resets = noon.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "at")))
		}
		if rapid.Bool().Draw(t, "resting") {
			at := noon.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "at")))
			rows[i].Limits.Cooldown = Cooldown{At: at, Until: at.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "length")))}
		}
	}
	want := Want{
		Strategy: rapid.SampledFrom(append(Strategies(), "")).Draw(t, "strategy"),
		Not:      rapid.SliceOfN(rapid.SampledFrom([]string{"0", "1", "2", "x"}), 0, 3).Draw(t, "not"),
		Random:   func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "random") },
	}
	serves := func(r Row) bool {
		reason, _ := r.Why("", noon)
		return reason == "" && !slices.Contains(want.Not, r.ID)
	}
	i, none := Pick(rows, noon, want)
	switch {
	case i >= 0 && !serves(rows[i]):
		t.Fatalf("picked %+v", rows[i])
	case i < 0 && slices.ContainsFunc(rows, serves):
		t.Fatal("picked none although one could")
	case i < 0 && none.Reason == CoolingDown && (!none.Until.After(noon) || none.Until.Sub(noon) > longest+drift):
		t.Fatalf("would wait until %s", none.Until)
	case i < 0 && none.Reason == "":
		t.Fatal("no reason")
	}
}

// However often and with whatever an account is refused, it rests for a sane
// time: as long as the provider names, or at most a day.
func TestCooldown_Property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now, l := noon, Limits{}
		for range rapid.IntRange(1, 30).Draw(t, "refusals") {
			now = now.Add(time.Duration(rapid.Int64Range(-1e13, 1e13).Draw(t, "passed")))
			r := Refusal{
				Status: rapid.SampledFrom([]int{401, 402, 403, 429, 529}).Draw(t, "status"),
				Code:   rapid.SampledFrom([]string{"", "billing_unverified", "insufficient_quota"}).Draw(t, "code"),
				Model:  rapid.SampledFrom([]string{"", "big"}).Draw(t, "model"),
			}
			if named := rapid.Int64Range(-1e16, 1e16).Draw(t, "reset"); r.Status == 529 || rapid.Bool().Draw(t, "named") {
				r.ResetAt = now.Add(time.Duration(named))
			}
			if r.Verdict() != CoolDown {
				continue
			}
			before := l.Until(r.Model, now)
			l, _ = l.With(r, Odds{Now: now, Sole: rapid.Bool().Draw(t, "sole"), Jitter: rapid.Float64Range(0, 0.999).Draw(t, "jitter")})
			until := l.Until(r.Model, now)
			switch rest := until.Sub(now); {
			case !until.After(now):
				t.Fatalf("refused, yet it serves: %+v", l)
			case until.Before(before):
				t.Fatal("a refusal made the rest shorter")
			case rest > longest+drift:
				t.Fatalf("rests %s", rest)
			case before.IsZero() && r.ResetAt.IsZero() && (rest > 24*time.Hour || rest < 40*time.Second):
				t.Fatalf("rests %s although no time was named", rest)
			}
		}
	})
}

func BenchmarkPick(b *testing.B) {
	for _, n := range []int{10, 1_000, 10_000} {
		rows := make([]Row, n)
		for i := range rows {
			rows[i] = Row{ID: fmt.Sprint(i), Limits: Limits{Cooldown: cooling(time.Hour)}, Requests: uint64(i * 7919 % n)}
			if i >= n/2 { // the first half rests
				rows[i].Limits = Limits{}
			}
		}
		for _, s := range Strategies() {
			b.Run(fmt.Sprintf("%s/accounts=%d", s, n), func(b *testing.B) {
				want := Want{Strategy: s, Random: func(n int) int { return n / 2 }}
				for b.Loop() {
					if i, _ := Pick(rows, noon, want); i < 0 {
						b.Fatal("none")
					}
				}
			})
		}
	}
}
