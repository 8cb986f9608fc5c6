package pool

// tournament finds the first of contestants, which are numbers, by a comparison, and finds
// it again after one of them has changed with as many comparisons as 10,000 has binary
// digits. Of several that are equal the lowest number is the first.
type tournament struct {
	compare func(a, b int) int
	nodes   []node // [1] is the final, those of n are 2n and 2n+1, and the second half are the contestants
	size    int    // how many take part
}

// node is who has won a match, and how many contestants below it are no worse.
type node struct{ winner, ties int32 } // without ties nobody has

// newTournament is one of n numbers, none of which takes part.
func newTournament(n int, compare func(a, b int) int) *tournament {
	leaves := 1
	for leaves < n {
		leaves *= 2
	}
	return &tournament{compare: compare, nodes: make([]node, 2*leaves)}
}

// seat lets a number take part or not; what is played before [tournament.play] does not know of it.
func (t *tournament) seat(i int, in bool) {
	leaf := &t.nodes[len(t.nodes)/2+i]
	t.size -= int(leaf.ties)
	*leaf = node{winner: int32(i)} //nolint:gosec // a place among accounts
	if in {
		leaf.ties = 1
	}
	t.size += int(leaf.ties)
}

// play plays all matches.
func (t *tournament) play() {
	for at := len(t.nodes)/2 - 1; at > 0; at-- {
		t.nodes[at] = t.match(at)
	}
}

// set lets a number take part or not, and plays its matches again.
func (t *tournament) set(i int, in bool) {
	t.seat(i, in)
	for at := (len(t.nodes)/2 + i) / 2; at > 0; at /= 2 {
		after := t.match(at)
		if after == t.nodes[at] && int(after.winner) != i { // further up nothing changes
			return
		}
		t.nodes[at] = after
	}
}

func (t *tournament) match(at int) node {
	left, right := t.nodes[2*at], t.nodes[2*at+1]
	switch by := t.between(left, right); {
	case by < 0:
		return left
	case by > 0:
		return right
	default:
		left.ties += right.ties
		return left
	}
}

// between compares the winners of two matches; somebody goes before nobody.
func (t *tournament) between(a, b node) int {
	switch {
	case b.ties == 0:
		return -1
	case a.ties == 0:
		return 1
	default:
		return t.compare(int(a.winner), int(b.winner))
	}
}

// has reports whether a number, which may be -1, takes part.
func (t *tournament) has(i int) bool { return i >= 0 && t.nodes[len(t.nodes)/2+i].ties > 0 }

// first is the winner of all, -1 where nobody takes part.
func (t *tournament) first() int {
	if t.size == 0 {
		return -1
	}
	return int(t.nodes[1].winner)
}

// ties is how many are no worse than the first, with itself.
func (t *tournament) ties() int { return int(t.nodes[1].ties) }

// tied is the nth of those, the lowest number first.
func (t *tournament) tied(n int) int {
	at, first := 1, t.nodes[1]
	for at < len(t.nodes)/2 {
		at *= 2
		left := 0
		if t.between(t.nodes[at], first) == 0 {
			left = int(t.nodes[at].ties)
		}
		if n >= left {
			n -= left
			at++
		}
	}
	return at - len(t.nodes)/2
}
