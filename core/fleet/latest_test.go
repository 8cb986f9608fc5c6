package fleet

import (
	"math/rand/v2"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// seenAs is an entry of a generation, after so many restored stores.
func seenAs(restores, gen uint64, unheard bool) *entry {
	h := &record.Head{Public: record.Public{Gen: gen, Status: record.StatusOK}}
	return &entry{body: body{Restores: restores, Unheard: unheard}, head: h}
}

// A second store is restored before a host came back that was not heard at the first:
// what it has counts, whoever else hands something in, and before or after it.
func TestNewest_NotHeardBefore(t *testing.T) {
	away, others := candidate{entry: seenAs(0, 3, false)}, candidate{entry: seenAs(1, 2, true)}
	for _, all := range [][]candidate{{away}, {away, others}, {others, away}, {others, away, others}} {
		if got := newest(seenAs(1, 2, true), all); got.head.Gen != 3 {
			t.Errorf("%d handed in: generation %d", len(all), got.head.Gen)
		}
	}
	after := candidate{entry: seenAs(1, 3, false)} // somebody went on from what was accepted
	for _, all := range [][]candidate{{away, after}, {after, away}, {others, away, after}} {
		if got := newest(seenAs(1, 2, true), all); got != after.entry {
			t.Errorf("%d handed in: generation %d after %d restores", len(all), got.head.Gen, got.body.Restores)
		}
	}
}

// Who hands something in first decides nothing.
func TestNewest_InWhateverOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 14))
	for range 5000 {
		var unheard [4][6]bool // whoever has seen the same has seen the same of this
		for i := range unheard {
			for j := range unheard[i] {
				unheard[i][j] = r.IntN(2) == 0
			}
		}
		var all []candidate
		for range 1 + r.IntN(6) {
			restores, gen := r.IntN(len(unheard)), r.IntN(len(unheard[0]))
			e := seenAs(uint64(restores), uint64(gen), unheard[restores][gen])
			if r.IntN(6) == 0 {
				e.head.Status = record.StatusQuarantined
			}
			all = append(all, candidate{entry: e})
		}
		first := newest(nil, all)
		for range 5 {
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			if got := newest(nil, all); got.before(first) || first.before(got) {
				t.Fatalf("generation %d after %d restores, or %d after %d", got.head.Gen, got.body.Restores, first.head.Gen, first.body.Restores)
			}
		}
	}
}
