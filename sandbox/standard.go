package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Sign-ins by RFC 8628, of clients that are not MiniMax's: a device code beside
// the user code, times in seconds, errors as in RFC 6749. The rules of the portal
// are the same: the device code's second half is the verifier of the first.

// discovery answers what a client asks an issuer for (RFC 8414).
func discovery(s *Server) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := s.begin(w, r, KindPage)
		at := "http://" + r.Host
		x.answer(Shown, http.StatusOK, fields{
			"issuer": at, "authorization_endpoint": at + "/oauth-authorize", "device_authorization_endpoint": at + "/oauth2/device/code",
			"token_endpoint": at + "/oauth2/token", "revocation_endpoint": at + "/oauth2/revoke",
		})
	}
}

// askStandard answers a device authorization request.
func (x *exchange) askStandard(c client, form url.Values) {
	x.event.Client = c.name
	if !c.allows(form.Get("scope")) {
		x.refuseStandard(&refusal{http.StatusBadRequest, "invalid_scope", "this client may not ask for that scope"})
		return
	}
	made, secret, ok := newStandardCode(x, c, form.Get("scope"))
	if !ok {
		return
	}
	page := "http://" + x.r.Host + "/oauth-authorize"
	body := fields{
		"device_code": made.UserCode + "." + secret, "user_code": made.UserCode,
		"verification_uri": page, "verification_uri_complete": page + "?user_code=" + made.UserCode,
		"expires_in": seconds(x.s.opts.CodeTTL), "interval": max(1, seconds(x.s.opts.Interval)),
	}
	if c.family == copilotDialect { // there the code has to be typed
		body["verification_uri"] = "http://" + x.r.Host + "/login/device"
		delete(body, "verification_uri_complete")
	}
	x.answer(Issued, http.StatusOK, body)
}

// newStandardCode hands out a user code and the secret that belongs to it. It reports
// whether there is one; if not, the request is dealt with.
func newStandardCode(x *exchange, c client, scope string) (made Code, secret string, ok bool) {
	p := x.s.portal
	p.mu.Lock()
	secret, err := p.randomText(32)
	p.mu.Unlock()
	if err != nil {
		x.fail(err)
		return Code{}, "", false
	}
	sum := sha256.Sum256([]byte(secret))
	made, bad, err := p.newCode(c, scope, base64.RawURLEncoding.EncodeToString(sum[:]))
	return made, secret, !x.stops(err, bad, x.refuseStandard)
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// standard is the token endpoint for these clients.
func (x *exchange) standard(c client, form url.Values) {
	var fault string
	switch x.event.Kind {
	case KindPoll:
		userCode, secret, _ := strings.Cut(form.Get("device_code"), ".")
		if c.grantType == grantCode {
			userCode, secret = strings.TrimPrefix(form.Get("code"), "ac_"), form.Get("code_verifier")
		}
		out, state, bad, err := x.s.portal.redeem(c, userCode, secret, x.shaped(&fault))
		switch {
		case x.stops(err, bad, x.refuseStandard):
		case state == CodePending:
			x.answer(Pending, c.wrong(), standardError{"authorization_pending", "the person has not decided yet"})
		case state == CodeDenied:
			x.answer(Denied, c.wrong(), standardError{"access_denied", x.text("the person denied the request")})
		default:
			x.grantStandard(Granted, c, out, fault)
		}
	case KindRefresh:
		token := form.Get("refresh_token")
		if c.family == nousDialect { // hermes-agent, auth_nous.py
			token = x.r.Header.Get("X-Nous-Refresh-Token")
		}
		out, bad, err := x.s.portal.rotate(c, token, x.shaped(&fault))
		if !x.stops(err, bad, x.refuseStandard) {
			x.grantStandard(Rotated, c, out, fault)
		}
	default:
		x.refuseStandard(&refusal{http.StatusBadRequest, "unsupported_grant_type", "use the device_code or refresh_token grant"})
	}
}

// wrong is the status of what is no answer with tokens yet: GitHub's is 200.
func (c client) wrong() int {
	if c.family == copilotDialect {
		return http.StatusOK
	}
	return http.StatusBadRequest
}

// standardError is an error of RFC 6749.
type standardError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func (x *exchange) refuseStandard(why *refusal) {
	x.event.Code = why.code
	x.answer(why.outcome(), why.status, standardError{why.code, x.text(why.description)})
}

// grantStandard sends tokens.
func (x *exchange) grantStandard(outcome Outcome, c client, out issued, fault string) {
	x.event.Grant = out.grant
	if fault == "lost" {
		x.record("fault:lost", 0)
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	body := fields{
		"access_token": out.access, "token_type": "Bearer", "scope": strings.Join(c.scopes, " "),
		"expires_in": seconds(out.expiresAt.Sub(out.now)),
	}
	if fault == "bad-expiry" {
		body["expires_in"] = -1
	}
	switch {
	case c.family == copilotDialect: // the one token there is
		body = fields{"access_token": out.refresh, "token_type": "bearer", "scope": strings.Join(c.scopes, ",")}
	case out.refresh != "":
		body["refresh_token"] = out.refresh
	}
	x.answer(outcome, http.StatusOK, body)
}
