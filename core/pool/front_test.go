package pool

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What is found row by row, with all that is kept between, is what [Pick] and [Able]
// find among all rows.
func TestFront_FindsWhatPickFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Row {
			at := func(what string) time.Time {
				return noon.Add(time.Duration(rapid.IntRange(-5, 60).Draw(t, what)) * 10 * time.Second)
			}
			r := Row{}
			switch rapid.IntRange(0, 6).Draw(t, "kind") {
			case 0:
				r.Out = rapid.SampledFrom([]Reason{NeedsSignIn, Locked, SignedOut}).Draw(t, "out")
			case 1:
				r.Limits.Cooldown = Cooldown{Status: 429, Until: at("rest")}
			case 2:
				r.Limits.Models = map[string]Cooldown{"m": {Status: 429, Until: at("rest of m")}}
			case 3:
				r.Unrefreshed, r.RetryAt = true, at("retry")
			case 4:
				r.Paused = Pause{At: noon, Until: at("pause")}
			}
			return r
		}), 1, 8).Draw(t, "rows")
		for i := range rows {
			rows[i].ID = fmt.Sprint(i)
		}
		var f Front
		now := noon
		for range rapid.IntRange(1, 12).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.IntRange(-2, 9).Draw(t, "later")) * 10 * time.Second)
			want := Want{Model: rapid.SampledFrom([]string{"", "m", "n"}).Draw(t, "model")}
			id := func(what string) string { return fmt.Sprint(rapid.IntRange(0, len(rows)-1).Draw(t, what)) }
			if rapid.Bool().Draw(t, "was refused") {
				want.Not = []string{id("not")}
			}
			var preferred []int
			if rapid.Bool().Draw(t, "has a home") {
				want.Prefer = []string{id("home"), id("stand-in")}
				for _, id := range want.Prefer {
					preferred = append(preferred, IndexOf(rows, id))
				}
			}
			index, none := Pick(rows, now, want)
			others := false
			if index >= 0 {
				not := want
				not.Not = append([]string{rows[index].ID}, want.Not...)
				others = Able(rows, now, not) > 0
			}
			got, more := f.First(len(rows), func(i int) Row { return rows[i] }, preferred, now, want)
			if got != index || more != others {
				t.Fatalf("%d, %v; Pick says %d, %v (%v)", got, more, index, others, none)
			}
		}
	})
}
