package pool

import (
	"strings"
	"time"
)

// Refusal is what a model API answered instead of serving a request. A request
// that was refused with 401 was tried once more with a refreshed token before.
type Refusal struct {
	Status  int       // HTTP status, or what stands for it in an event of a stream
	Code    string    // type or code of the error as parsed from the body; empty when there is none
	Message string    // the provider's words
	Means   Meaning   // what the provider's own rules say; empty: go by status and code
	ResetAt time.Time // when the account serves again; zero when the provider names no time
	Model   string    // set when the refusal concerns one model only
	Gen     uint64    // generation of the token that was used; 0 when not known
}

// Verdict is what a refusal means for its account.
type Verdict int

// The verdicts.
const (
	Nothing Verdict = iota // the fault is the request's, or passes by itself
	CoolDown
	SignIn // the grant is dead: only signing in again helps
)

// Verdict says what the refusal means for its account.
func (r Refusal) Verdict() Verdict {
	switch r.Meaning() {
	case Grant:
		return SignIn
	case Token, Denied, Rate, Quota, Billing:
		return CoolDown
	case Model:
		if r.Model != "" {
			return CoolDown
		}
	case Busy:
		if !r.ResetAt.IsZero() {
			return CoolDown
		}
	}
	return Nothing
}

// Lacks is what a refusal that said [Absent] means once another account of the pool
// has served the model: there is one, and not for this account.
func (r Refusal) Lacks() Refusal {
	r.Means = Model
	return r
}

// Outdated reports whether the refusal says nothing about an account whose last
// sign-in brought generation signedIn, and which is at current now: it is of
// tokens from before the sign-in, or a 401 of a token that has been refreshed.
func (r Refusal) Outdated(signedIn, current uint64) bool {
	if r.Gen == 0 {
		return false
	}
	return r.Gen < signedIn || r.RefusesToken() && r.Gen < current
}

// soleRest bounds the rest of the only account there is, unless it is out of
// money: nobody serves meanwhile, so it is worth trying.
const soleRest = time.Minute

// rest is how long an account rests when the provider names no time. It doubles
// with every failure in a row; jitter takes up to a quarter off, so that
// accounts that failed together do not come back together.
func (r Refusal) rest(failures int, o Odds) time.Duration {
	first, most := time.Minute, time.Hour
	means := r.Meaning()
	switch {
	case strings.EqualFold(r.Code, unverified):
		return time.Minute
	case means == Billing, means == Quota, means == Model:
		first, most = time.Hour, 24*time.Hour
	case means == Token, means == Grant:
		first = 5 * time.Minute
	case means == Denied:
		first = time.Hour
	}
	if o.Sole && means != Billing && means != Model {
		first, most = min(first, soleRest), soleRest
	}
	rest := most
	if doublings := failures - 1; doublings < 10 {
		rest = min(first<<doublings, most)
	}
	return rest - time.Duration(o.Jitter*float64(rest)/4)
}
