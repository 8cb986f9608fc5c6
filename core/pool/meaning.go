package pool

import (
	"net/http"
	"slices"
	"strings"
)

// Meaning is what a refusal says about the account that sent the request.
type Meaning string

// The meanings. The zero value leaves it to the status and the code.
const (
	ByStatus Meaning = ""
	Nobody   Meaning = "nobody"  // it is the request, the network, or what stands between: no account is to blame
	Busy     Meaning = "busy"    // the whole API is overloaded, this account no more than the others
	Token    Meaning = "token"   // the access token is not taken any more; a refreshed one may be
	Grant    Meaning = "grant"   // no token of this sign-in will be taken any more
	Denied   Meaning = "denied"  // 403 without more
	Rate     Meaning = "rate"    // too many requests in a short time
	Quota    Meaning = "quota"   // what the plan includes is used up until it is filled again
	Billing  Meaning = "billing" // out of money, or the plan does not include the API
	Model    Meaning = "model"   // the plan does not include this model
	Absent   Meaning = "absent"  // there is no such model, or not for this account: what another one is told shows which
)

// Rule is what a provider's own code or sentence means, whatever the status.
type Rule struct {
	// Codes are in lower case. One that ends in "*" stands for all that begin so.
	Codes []string
	// Words are parts of the sentence in lower case. They count where the answer
	// has none of the codes.
	Words []string
	Means Meaning
}

// HasCode reports whether one of the rule's codes is code, in lower case, or a
// part of it between colons ("unauthenticated:bad-credentials").
func (r Rule) HasCode(code string) bool {
	return slices.ContainsFunc(r.Codes, func(known string) bool {
		if begin, ok := strings.CutSuffix(known, "*"); ok {
			return strings.HasPrefix(code, begin)
		}
		return code == known || slices.Contains(strings.Split(code, ":"), known)
	})
}

// HasWords reports whether the sentence, in lower case, has one of the rule's
// texts.
func (r Rule) HasWords(sentence string) bool {
	return slices.ContainsFunc(r.Words, func(text string) bool { return strings.Contains(sentence, text) })
}

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
	"insufficient_balance_error",
}

// unverified says that the provider is still looking at a payment.
const unverified = "billing_unverified"

// Meaning is what the refusal says about its account: what the provider's own
// rules say, else what its status and code do.
func (r Refusal) Meaning() Meaning {
	code := strings.ToLower(r.Code)
	switch {
	case r.Means != ByStatus:
		return r.Means
	case r.Status == http.StatusUnauthorized && slices.Contains(dead, code):
		return Grant
	case r.Status == http.StatusUnauthorized, r.badCredentials():
		return Token
	case r.Status == http.StatusPaymentRequired,
		r.Status/100 == 4 && (code == unverified || slices.Contains(billing, code)):
		return Billing
	case r.Status == http.StatusForbidden:
		return Denied
	case r.Status == http.StatusTooManyRequests:
		return Rate
	case r.Status == StatusOverloaded, r.Status >= 500 && !r.ResetAt.IsZero():
		return Busy
	default:
		return Nobody
	}
}

// StatusOverloaded is Anthropic's own: the API is overloaded
// (https://docs.anthropic.com/en/api/errors).
const StatusOverloaded = 529

// badCredentials reports whether a 403 says what others say with a 401: xAI
// answers "unauthenticated:bad-credentials" once a token has expired.
func (r Refusal) badCredentials() bool {
	return r.Status == http.StatusForbidden && strings.Contains(strings.ToLower(r.Code+" "+r.Message), "bad-credentials")
}

// Passable reports whether another account of the pool may well serve what this
// one was refused.
func (r Refusal) Passable() bool {
	switch r.Meaning() {
	case Busy, Token, Grant, Rate, Quota, Billing:
		return true
	case Model, Absent:
		return r.Model != ""
	default:
		return false
	}
}

// RefusesToken reports whether the request may be tried once more with a refreshed
// token.
func (r Refusal) RefusesToken() bool {
	m := r.Meaning()
	return (m == Token || m == Grant) && (r.Status == http.StatusUnauthorized || r.Means != ByStatus)
}
