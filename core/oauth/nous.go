package oauth

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/expiry"
)

// What Nous Portal does its own way, beside RFC 8628, as hermes-agent sends and
// reads it (auth_nous.py): the refresh token travels in a header, and the access
// token is itself the key of the inference API, so that it has to be a JWT with
// the scope for it. Its firewall answers with web pages at times, which polls
// wait out like every other page.
const (
	nousRefreshHeader = "x-nous-refresh-token"
	nousInvokeScope   = "inference:invoke"
)

// Why an access token is no key of the inference API, as hermes-agent names it.
const (
	CodeNotJWT        = "access_token_not_jwt"
	CodeNoInvokeScope = "missing_inference_invoke_scope"
	CodeJWTExpiring   = "invoke_jwt_expiring"
	CodeJWTNoExpiry   = "invoke_jwt_expiry_unknown_or_expiring"
)

// NewNous returns the flow of Nous Portal.
func NewNous(client *Client, rules DeviceRules) *Device {
	d := NewDevice(client, rules)
	d.quirks = quirks{refreshHeader: nousRefreshHeader, refused: nousRefused, granted: nousGranted}
	return d
}

// nousBilling are the portal's codes that are about money, of which the first two
// say that there is no plan at all. Signing in again helps with none of them.
var nousBilling = []string{
	"subscription_required", "subscription_expired",
	"insufficient_credits", "no_usable_credits", "account_missing", "member_spend_cap_exceeded",
}

// nousRefused explains a reuse, which the portal reports as invalid_grant, and
// tells what is about money from what is about the sign-in.
func nousRefused(a *Answer, r *reply, speak speaker) {
	if i := slices.Index(nousBilling, a.Err.Code); i >= 0 && r.refusal() {
		a.Err.Hint = "look at https://portal.nousresearch.com/billing; signing in again cannot help"
		if i < 2 {
			a.Outcome = NotIncluded
		}
	}
	if a.Outcome == Terminal && strings.Contains(strings.ToLower(parseProblem(r).text), "reuse") {
		a.Err.Message = "another program had already used its refresh token, so " + speak.name + " ended the sign-in"
		a.Err.Hint = "sign in again, and let only one program refresh this account"
	}
}

// nousGranted checks that the access token is a key of the inference API. What
// only a clock could have got wrong is no reason to give up the sign-in.
func nousGranted(t *Tokens, scope string, r *reply, speak speaker) {
	claims := claimsOf(t.Access)
	switch {
	case claims == nil:
		t.Unfit = unfit(speak, CodeNotJWT, "sent an access token that its inference API does not take")
		return
	case !slices.Contains(scopesOf(claims, firstText(t.Scope, scope)), nousInvokeScope):
		t.Unfit = unfit(speak, CodeNoInvokeScope, "sent an access token without the scope "+nousInvokeScope)
		return
	}
	at, err := expiry.FromJWT(t.Access, r.exchange)
	switch {
	case err != nil:
		t.ExpiresAt, t.ExpiryErr = time.Time{}, speak.final(CodeJWTNoExpiry, "the access token does not say when it ends", "")
	case !at.After(r.exchange.Received):
		t.ExpiresAt, t.ExpiryErr = time.Time{}, speak.final(CodeJWTExpiring, "the access token has ended already", "check the clock of this machine")
	default:
		t.ExpiresAt, t.ExpiryErr = at, nil
	}
}

func unfit(speak speaker, code, what string) *autherr.Error {
	return &autherr.Error{
		Kind: autherr.SignIn, Provider: speak.provider, Code: code, Relogin: true,
		Message: speak.name + " " + what, Hint: "sign in again",
	}
}

// scopesOf returns the scopes in a token's claims (scope or scp, a list or words
// in one string), else those that were granted with it.
func scopesOf(claims object, granted string) []string {
	for _, name := range []string{"scope", "scp"} {
		if !claims.has(name) {
			continue
		}
		var list []string
		if json.Unmarshal(claims[name], &list) == nil {
			return list
		}
		return strings.Fields(claims.text(name))
	}
	return strings.Fields(granted)
}
