package pool

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A tournament of which one contestant at a time changes has the first, and those that
// are no worse, of a look at all.
func TestTournament_FindsWhatALookAtAllFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		marks := rapid.SliceOfN(rapid.IntRange(0, 3), 1, 20).Draw(t, "marks")
		in := make([]bool, len(marks))
		all := newTournament(len(marks), func(a, b int) int { return cmp.Compare(marks[a], marks[b]) })
		for i := range marks {
			in[i] = rapid.Bool().Draw(t, "takes part")
			all.seat(i, in[i])
		}
		all.play()
		for range rapid.IntRange(0, 20).Draw(t, "changes") {
			i := rapid.IntRange(0, len(marks)-1).Draw(t, "who")
			marks[i], in[i] = rapid.IntRange(0, 3).Draw(t, "mark"), rapid.Bool().Draw(t, "takes part now")
			all.set(i, in[i])

			var best []int
			for i := range marks {
				switch {
				case !in[i] || len(best) > 0 && marks[i] > marks[best[0]]:
				case len(best) > 0 && marks[i] < marks[best[0]]:
					best = []int{i}
				default:
					best = append(best, i)
				}
			}
			var tied []int
			for n := range all.ties() {
				tied = append(tied, all.tied(n))
			}
			if !slices.Equal(tied, best) || all.first() != append(best, -1)[0] {
				t.Fatalf("first %d, tied %v, should be %v", all.first(), tied, best)
			}
		}
	})
}
