package budget

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// Whatever is asked for side by side, and whatever it comes to within what it has
// reserved, at most one request goes beyond a limit, and only one that began while
// something was left.
func TestBook_OneRequestOverAtMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := []Limit{{rapid.Uint64Range(1, 2000).Draw(t, "tokens"), Tokens, 24 * time.Hour}, {rapid.Uint64Range(1, 20).Draw(t, "requests"), Requests, time.Hour}}
		var b Book
		b.roll(limits, noon)
		var tokens, requests, last uint64 // used since noon, and by the largest request
		open := map[string]uint64{}
		for i := range rapid.IntRange(1, 80).Draw(t, "steps") {
			if id := fmt.Sprint(i); rapid.Bool().Draw(t, "begin") {
				most := rapid.Uint64Range(0, 900).Draw(t, "most")
				if full, busy := b.reserve(limits, Open{ID: id, Tokens: most}, noon); full == nil && !busy {
					open[id] = most
				}
				continue
			}
			for id, most := range open {
				used := rapid.Uint64Range(0, most).Draw(t, "used")
				served := rapid.Uint64Range(0, 1).Draw(t, "served")
				b.charge(limits, id, served, used*served, noon)
				tokens, requests, last = tokens+used*served, requests+served, max(last, used)
				delete(open, id)
				break
			}
		}
		if requests > limits[1].Most {
			t.Fatalf("%d requests of %d", requests, limits[1].Most)
		}
		if tokens >= limits[0].Most+max(last, 1) {
			t.Fatalf("%d tokens of %d, the largest request %d", tokens, limits[0].Most, last)
		}
		if b.Spent[0].Used != tokens || b.Spent[1].Used != requests || len(b.Open) != len(open) {
			t.Fatalf("%+v, want %d and %d", b, tokens, requests)
		}
	})
}

func TestBook_Times(t *testing.T) {
	limits := []Limit{{2, Requests, time.Hour}}
	use := func(b *Book, now time.Time) (full *Full) {
		full, _ = b.reserve(limits, Open{ID: "a"}, now)
		b.charge(limits, "a", 1, 0, now)
		return full
	}
	for name, c := range map[string]struct {
		later  time.Duration
		resets time.Duration // after noon; 0: there is room again
	}{
		"within the hour":             {time.Hour - time.Second, time.Hour},
		"after it":                    {time.Hour, 0},
		"the clock is set a bit back": {-time.Minute, time.Hour},
		"the clock is set back":       {-time.Hour, 0},
	} {
		var b Book
		for range 2 {
			if full := use(&b, noon); full != nil {
				t.Fatal(full)
			}
		}
		full := use(&b, noon.Add(c.later))
		if (full == nil) != (c.resets == 0) || full != nil && !full.Resets.Equal(noon.Add(c.resets)) {
			t.Errorf("%s: %+v", name, full)
		}
	}
}

// What a process had under way that was killed counts in full.
func TestBook_ProcessesThatAreGone(t *testing.T) {
	limits := []Limit{{1000, Tokens, time.Hour}, {10, Requests, time.Hour}}
	var b Book
	for _, process := range []string{"dead", "alive", "dead"} {
		if full, busy := b.reserve(limits, Open{ID: process + fmt.Sprint(len(b.Open)), Process: process, Tokens: 100}, noon); full != nil || busy {
			t.Fatal(full, busy)
		}
	}
	b.bury(limits, func(process string) bool { return process == "dead" }, noon)
	if b.Spent[0].Used != 200 || b.Spent[1].Used != 2 || len(b.Open) != 1 || b.Open[0].Process != "alive" {
		t.Errorf("%+v", b)
	}
}
