package pool

import (
	"cmp"
	"time"
)

// Plan is what is known of an account's plan.
type Plan struct {
	Used   float64   // percent, of the window of which least is left
	Told   bool      // else Used is not known
	Resets time.Time // when its longest window begins anew; zero: not known
}

const (
	// halfUsed is what a plan of which nothing is known counts as.
	halfUsed = 50
	// NearlyOut is from how many percent of use on an account goes last, so that
	// another one serves before it has to refuse.
	NearlyOut = 98
	// stayUpTo is the percentage of use up to which SoonestReset stays with an
	// account, whose cache knows the conversations.
	stayUpTo = 90
	// worthIt is by how many points less another one must be used for
	// SoonestReset to leave the account for it.
	worthIt = 5
)

func (p Plan) used() float64 {
	if p.Told {
		return p.Used
	}
	return halfUsed
}

// before compares the moments at which two plans begin anew. One that is not
// known is later than all.
func (p Plan) before(o Plan) int {
	switch {
	case p.Resets.IsZero() || o.Resets.IsZero():
		return cmp.Compare(boolean(p.Resets.IsZero()), boolean(o.Resets.IsZero()))
	default:
		return p.Resets.Compare(o.Resets)
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// class is how early a row goes with SoonestReset, whenever its plan begins anew.
func (o Order) class(r *Row) int {
	switch used := r.Plan.used(); {
	case o.Moves && used < stayUpTo: // it should not have to move again
		return 0
	case used < NearlyOut:
		return 1
	default:
		return 2
	}
}

// stays reports whether SoonestReset stays with the row that had the last turn, rather
// than leave it for the first by the order.
func (o Order) stays(now, first *Row) bool {
	used := now.Plan.used()
	return o.class(now) == o.class(first) && (used < stayUpTo || used-first.Plan.used() < worthIt)
}
