package fleet

import "math/rand/v2"

// The kinds of what a host does in the model.
const (
	refreshes = iota
	reads
	waits
	waitsLong
	cuts
	comesLate
	signsIn
	isRestored
	doesOther
	moves
	kinds
)

// swarm is how often each kind of thing comes about in one schedule. Were it the same in
// all of them, what needs several of one kind, and none of another that hides it, would
// hardly ever be met.
type swarm struct {
	weights [kinds]int
	sum     int
	asks    int  // of 3 refreshes, how many are asked for before they are due
	kills   bool // processes die, and answers are lost: a token may then be spent without anybody's fault
}

func swarmOf(r *rand.Rand, more, moving, restoring bool) (s swarm) {
	s.weights = [kinds]int{9, 3, 3, 1, 2, 1, 1, 2, 6, 4}
	for i := range s.weights {
		s.weights[i] *= []int{0, 1, 1, 3}[r.IntN(4)]
	}
	s.weights[refreshes] = max(9, s.weights[refreshes])
	if !more {
		s.weights[doesOther] = 0
	}
	if !moving {
		s.weights[moves] = 0
	}
	if restoring {
		s.weights = [kinds]int{refreshes: 9, waits: 2, waitsLong: 2, isRestored: 9}
	}
	for _, weight := range s.weights {
		s.sum += weight
	}
	s.asks = 1 + r.IntN(3)
	s.kills = r.IntN(2) == 0 && !restoring
	return s
}

// pick draws a kind.
func (s swarm) pick(r *rand.Rand) int {
	n := r.IntN(s.sum)
	for kind, weight := range s.weights {
		if n < weight {
			return kind
		}
		n -= weight
	}
	return refreshes
}
