package usage

import "time"

// Refilled returns what of a reading contradicts that the plan was used up at a
// moment, as a person reads it: "used 8 % of 5h". That needs every window of the plan
// to have been told since, and none to be used up: of one that was told before, nobody
// knows whether it is the one that was meant.
func (r Reading) Refilled(at, now time.Time) (words string, ok bool) {
	if !r.since(at) || r.BlockedAt(now) != "" {
		return "", false
	}
	for _, w := range r.Counting("", now) {
		if w.Used != nil && (*w.Used >= 100 || !w.Told.After(at)) {
			return "", false
		}
	}
	w, ok := r.Tightest(now)
	if !ok {
		return "", false
	}
	return Brief{Window: &w}.Words(), true
}

// ToppedUp returns what of a reading contradicts that the account was out of money at
// a moment: "$3.10 left".
func (r Reading) ToppedUp(at, now time.Time) (words string, ok bool) {
	if !r.since(at) || r.BlockedAt(now) != "" {
		return "", false
	}
	for _, b := range r.Balances {
		if b.Told.After(at) && (b.Unlimited || b.Amount > 0) {
			return b.Words(), true
		}
	}
	return "paid access", r.Paid
}

// since reports whether a reading may know better than a refusal at that moment. The
// headers of what was asked before it come in for a while.
func (r Reading) since(at time.Time) bool {
	if r.Source == FromHeader {
		return r.At.Sub(at) >= late
	}
	return r.At.After(at)
}
