package usage

import "time"

// old is from when on something is said with its age.
const old = 10 * time.Minute

// Brief is what is said of a plan where there is room for one thing: that the
// provider serves the account no more, else the tightest window, else the first
// balance.
type Brief struct {
	Blocked string   // why; empty: it is served
	Window  *Window  // nil: none was told, or the account is blocked
	Balance *Balance // nil: there is something better to say, or nothing
	Told    time.Time
	Old     bool // it was told so long ago that its age is worth saying
}

// Brief returns what is said of a plan at now. It is false where nothing is left to
// say.
func (r Reading) Brief(now time.Time) (b Brief, ok bool) {
	b.Told, b.Blocked = r.At, r.BlockedAt(now)
	if w, told := r.Tightest(now); b.Blocked != "" {
		// whatever the windows say
	} else if told {
		b.Window, b.Told = &w, w.Told
	} else if len(r.Balances) > 0 {
		b.Balance = &r.Balances[0]
	} else {
		return Brief{}, false
	}
	b.Old = Old(b.Told, now)
	return b, true
}

// Words says it: "no paid access", "used 62 % of 5h", "$3.10 left".
func (b Brief) Words() string {
	switch {
	case b.Blocked != "":
		return b.Blocked
	case b.Window != nil:
		return "used " + Percent(*b.Window.Used) + " of " + b.Window.Name
	default:
		return b.Balance.Words()
	}
}

// Old reports whether something was told so long ago that its age is worth saying.
func Old(told, now time.Time) bool { return now.Sub(told) >= old }
