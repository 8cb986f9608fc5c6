package pool

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestPick_ByPlan(t *testing.T) {
	told := func(id string, used float64, resets time.Duration) Row {
		return Row{ID: id, Plan: Plan{Used: used, Told: true, Resets: noon.Add(resets)}}
	}
	turn := func(r Row) Row { r.Turn = 9; return r }
	unknown := Row{ID: "?"}
	for name, tc := range map[string]struct {
		strategy Strategy
		rows     []Row
		id       string
	}{
		"the least used":                        {MostLeft, []Row{told("a", 40, time.Hour), told("b", 30, time.Hour)}, "b"},
		"unknown is half: more than 40 %":       {MostLeft, []Row{unknown, told("a", 40, time.Hour)}, "a"},
		"unknown is half: less than 60 %":       {MostLeft, []Row{told("a", 60, time.Hour), unknown}, "?"},
		"told as nothing used, not as unknown":  {MostLeft, []Row{unknown, told("a", 0, time.Hour)}, "a"},
		"the one that serves fewer now":         {MostLeft, []Row{{ID: "a", Leases: 2}, {ID: "b", Leases: 1}}, "b"},
		"the one that has served fewer":         {MostLeft, []Row{{ID: "a", Requests: 2}, {ID: "b", Requests: 1}}, "b"},
		"what expires first":                    {SoonestReset, []Row{told("a", 10, 9*time.Hour), told("b", 80, time.Hour)}, "b"},
		"a known end before an unknown one":     {SoonestReset, []Row{unknown, told("b", 10, time.Hour)}, "b"},
		"the first of those unknown":            {SoonestReset, []Row{{ID: "a"}, {ID: "b"}}, "a"},
		"stays up to 90 %":                      {SoonestReset, []Row{turn(told("a", 89, 9*time.Hour)), told("b", 10, time.Hour)}, "a"},
		"leaves at 90 %":                        {SoonestReset, []Row{turn(told("a", 90, 9*time.Hour)), told("b", 10, time.Hour)}, "b"},
		"not for one that is hardly less used":  {SoonestReset, []Row{turn(told("a", 94, 9*time.Hour)), told("b", 90, time.Hour)}, "a"},
		"but for one that is 5 points less":     {SoonestReset, []Row{turn(told("a", 95, 9*time.Hour)), told("b", 90, time.Hour)}, "b"},
		"leaves before it refuses":              {SoonestReset, []Row{turn(told("a", 98, time.Hour)), told("b", 97, 9*time.Hour)}, "b"},
		"nearly used up goes last":              {SoonestReset, []Row{told("a", 99, time.Hour), told("b", 97, 9*time.Hour)}, "b"},
		"nearly used up serves when all are":    {SoonestReset, []Row{told("a", 99, 9*time.Hour), told("b", 98, time.Hour)}, "b"},
		"one that rests is not stayed with":     {SoonestReset, []Row{{ID: "a", Turn: 9, Limits: Limits{Cooldown: cooling(time.Hour)}}, unknown}, "?"},
		"the last turn counts, not any earlier": {SoonestReset, []Row{{ID: "a", Turn: 8}, {ID: "b", Turn: 9}}, "b"},
	} {
		if i, _ := Pick(tc.rows, noon, Want{Strategy: tc.strategy}); i < 0 || tc.rows[i].ID != tc.id {
			t.Errorf("%s: picked %d, want %s", name, i, tc.id)
		}
	}
}

// A conversation that has to leave its account goes where it can stay.
func TestPick_AConversationThatMoves(t *testing.T) {
	rows := []Row{
		{ID: "home", Limits: Limits{Cooldown: cooling(time.Hour)}},
		{ID: "b", Plan: Plan{Used: 93, Told: true, Resets: noon.Add(time.Hour)}},
		{ID: "c", Plan: Plan{Used: 20, Told: true, Resets: noon.Add(9 * time.Hour)}},
	}
	for prefer, want := range map[string]int{"": 1, "home": 2} {
		w := Want{Strategy: SoonestReset}
		if prefer != "" {
			w.Prefer = []string{prefer}
		}
		if i, _ := Pick(rows, noon, w); i != want {
			t.Errorf("preferring %q: picked %d, want %d", prefer, i, want)
		}
	}
}

// Only what the next pick has to know is a turn, so that serving on writes nothing.
func TestStrategy_TakesTurn(t *testing.T) {
	rows := []Row{{ID: "a", Turn: 3}, {ID: "b", Turn: 4}, {ID: "c"}}
	for s, want := range map[Strategy][]bool{
		RoundRobin: {true, true, true}, SoonestReset: {true, false, true}, FillFirst: {false, false, false}, MostLeft: {false, false, false},
	} {
		for i := range rows {
			if got := (Want{Strategy: s}).takesTurn(rows, i, latest(rows)); got != want[i] {
				t.Errorf("%s, row %d: %t", s, i, got)
			}
		}
	}
	if (Want{Strategy: SoonestReset, Prefer: []string{"a"}}).takesTurn(rows, 0, latest(rows)) {
		t.Error("a conversation that stays with its account leads others there")
	}
}

// The page about pools names every strategy, with the words of the program.
func TestStrategy_Rule_IsThatOfThePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/pool.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Strategies() {
		line := "| `" + string(s) + "` | " + s.Rule()
		if s == FillFirst {
			line = "| `" + string(s) + "` (default) | " + s.Rule()
		}
		if !strings.Contains(string(page), line) {
			t.Errorf("docs/pool.md has no line %q", line)
		}
	}
}
