package pool

import (
	"slices"
	"time"
)

// Want is what a request asks of the account that serves it.
type Want struct {
	Model string   // that it names; empty when it names none
	Not   []string // ids of accounts that have refused it
}

// None is why no account of a pool can serve.
type None struct {
	Reason Reason
	Until  time.Time // with CoolingDown: when the first one serves again
}

// Pick returns the index of the row that serves a request now: the first one,
// in pool order, that can. Without one the index is -1 and none says why:
// CoolingDown if any of them is, else Refused if any has refused this request,
// else Locked if any is, else NeedsSignIn.
func Pick(rows []Row, now time.Time, want Want) (index int, none None) {
	for i := range rows {
		reason, until := rows[i].Why(want.Model, now)
		if reason == "" && slices.Contains(want.Not, rows[i].ID) {
			reason = Refused
		}
		if reason == "" {
			return i, None{}
		}
		none.add(reason, until)
	}
	if none.Reason == "" {
		none.Reason = NeedsSignIn
	}
	return -1, none
}

// rank orders reasons by how soon they may pass.
var rank = map[Reason]int{CoolingDown: 3, Refused: 2, Locked: 1}

// add keeps the reason that is likely to pass first.
func (n *None) add(reason Reason, until time.Time) {
	switch {
	case rank[reason] > rank[n.Reason]:
		*n = None{reason, until}
	case reason == CoolingDown && until.Before(n.Until):
		n.Until = until
	}
}
