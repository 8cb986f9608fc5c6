package pool

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Refusal is what a model API answered instead of serving a request. A request
// that was refused with 401 was tried once more with a renewed token before.
type Refusal struct {
	Status  int       // HTTP status
	Code    string    // type or code of the error as parsed from the body; empty when there is none
	Message string    // the provider's words
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

// dead are the codes of a 401 which say that no token of this grant will be
// taken any more.
var dead = []string{
	"token_invalidated", "token_revoked", "invalid_token",
	"invalid_grant", "unauthorized_client", "refresh_token_reused",
}

// billing are the codes which say that the account is out of money or has no
// plan, whatever the status.
var billing = []string{
	"subscription_required", "subscription_expired", "insufficient_credits", "no_usable_credits",
	"account_missing", "member_spend_cap_exceeded", "insufficient_quota", "insufficient_balance", "billing_error",
}

// unverified says that the provider is still looking at a payment.
const unverified = "billing_unverified"

// Verdict says what the refusal means for its account.
func (r Refusal) Verdict() Verdict {
	code := strings.ToLower(r.Code)
	switch {
	case r.Status == http.StatusUnauthorized && slices.Contains(dead, code):
		return SignIn
	case r.Status == http.StatusUnauthorized, r.Status == http.StatusForbidden, r.Status == http.StatusTooManyRequests, r.isBilling():
		return CoolDown
	case r.Status >= 500 && !r.ResetAt.IsZero():
		return CoolDown
	default:
		return Nothing
	}
}

// Outdated reports whether the refusal says nothing about an account whose last
// sign-in brought generation signedIn, and which is at current now: it is of
// tokens from before the sign-in, or a 401 of a token that has been renewed.
func (r Refusal) Outdated(signedIn, current uint64) bool {
	if r.Gen == 0 {
		return false
	}
	return r.Gen < signedIn || r.Status == http.StatusUnauthorized && r.Gen < current
}

func (r Refusal) isBilling() bool {
	code := strings.ToLower(r.Code)
	return r.Status == http.StatusPaymentRequired || r.Status/100 == 4 && (code == unverified || slices.Contains(billing, code))
}

// badCredentials reports whether a 403 says what others say with a 401: xAI
// answers "unauthenticated:bad-credentials" once a token has expired.
func (r Refusal) badCredentials() bool {
	return r.Status == http.StatusForbidden && strings.Contains(strings.ToLower(r.Code+" "+r.Message), "bad-credentials")
}

// soleRest bounds the rest of the only account there is, unless it is out of
// money: nobody serves meanwhile, so it is worth trying.
const soleRest = time.Minute

// rest is how long an account rests when the provider names no time. It doubles
// with every failure in a row; jitter takes up to a quarter off, so that
// accounts that failed together do not come back together.
func (r Refusal) rest(failures int, o Odds) time.Duration {
	first, most := time.Minute, time.Hour
	switch {
	case strings.EqualFold(r.Code, unverified):
		return time.Minute
	case r.isBilling():
		first, most = time.Hour, 24*time.Hour
	case r.Status == http.StatusUnauthorized, r.badCredentials():
		first = 5 * time.Minute
	case r.Status == http.StatusForbidden:
		first = time.Hour
	}
	if o.Sole && !r.isBilling() {
		first, most = min(first, soleRest), soleRest
	}
	rest := most
	if doublings := failures - 1; doublings < 10 {
		rest = min(first<<doublings, most)
	}
	return rest - time.Duration(o.Jitter*float64(rest)/4)
}
