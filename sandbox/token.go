package sandbox

import (
	"math"
	"net/http"
	"net/url"
	"strings"
)

// tokenAnswer is MiniMax's answer with tokens. ExpiredIn means what
// [Options.ExpiredIn] says.
type tokenAnswer struct {
	Status       string `json:"status,omitempty"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	ExpiredIn    int64  `json:"expired_in"`
	TokenType    string `json:"token_type"`
	Notification string `json:"notification_message,omitempty"`
}

// statusAnswer is a 200 answer without tokens: "pending", or "error" when the
// person said no.
type statusAnswer struct {
	Status   string    `json:"status"`
	BaseResp *baseResp `json:"base_resp,omitempty"`
}

// token is the token endpoint: polls and refreshes.
func (x *exchange) token(form url.Values) {
	c, bad := knownClient(x.r, form)
	if bad != nil {
		x.refuse(bad)
		return
	}
	x.event.Client = c.name
	if c.standard {
		x.standard(c, form)
		return
	}
	switch x.event.Kind {
	case KindPoll:
		x.poll(c, form)
	case KindRefresh:
		x.refresh(c, form)
	default:
		if bad = need(form, "grant_type"); bad == nil {
			bad = &refusal{http.StatusBadRequest, "unsupported_grant_type", "use the user_code, device_code or refresh_token grant"}
		}
		x.refuse(bad)
	}
}

func tokenKind(form url.Values) Kind {
	switch form.Get("grant_type") {
	case grantUserCode, grantDeviceCode:
		return KindPoll
	case grantCode:
		if c, ok := clientByID(form.Get("client_id")); ok && c.grantType == grantCode {
			return KindPoll
		}
	case grantRefresh:
		return KindRefresh
	}
	return KindToken
}

// poll says whether the code was approved. Only the error cases have another
// status than 200.
func (x *exchange) poll(c client, form url.Values) {
	if form.Get("grant_type") != c.grantType {
		x.refuse(&refusal{http.StatusBadRequest, "unauthorized_client", "this client polls with another grant_type"})
		return
	}
	if bad := need(form, "user_code", "code_verifier"); bad != nil {
		x.refuse(bad)
		return
	}
	if !isVerifier(form.Get("code_verifier")) {
		x.refuse(badRequest("code_verifier must be 43 to 128 unreserved characters"))
		return
	}
	var fault string
	out, state, bad, err := x.s.portal.redeem(c, form.Get("user_code"), form.Get("code_verifier"), x.shaped(&fault))
	switch {
	case x.stops(err, bad, x.refuse):
	case state == CodePending:
		x.answer(Pending, http.StatusOK, statusAnswer{Status: "pending"})
	case state == CodeDenied:
		x.answer(Denied, http.StatusOK, statusAnswer{
			Status: "error", BaseResp: &baseResp{1004, x.text("access_denied: the person denied the request")},
		})
	default:
		x.grant(Granted, out, "This is the sandbox: no real account is involved.", fault)
	}
}

// refresh rotates.
func (x *exchange) refresh(c client, form url.Values) {
	if bad := need(form, "refresh_token"); bad != nil {
		x.refuse(bad)
		return
	}
	var fault string
	out, bad, err := x.s.portal.rotate(c, form.Get("refresh_token"), x.shaped(&fault))
	if x.stops(err, bad, x.refuse) {
		return
	}
	x.grant(Rotated, out, "", fault)
}

// shaped returns a function that takes the fault for an answer with tokens,
// which counts only when such an answer is really made.
func (x *exchange) shaped(fault *string) func() shape {
	return func() shape {
		*fault = x.s.faults.take(x.event.Kind, true)
		return shape{big: *fault == "big-token", keepRefresh: *fault == "no-refresh-token"}
	}
}

// grant sends tokens.
func (x *exchange) grant(outcome Outcome, out issued, note, fault string) {
	x.event.Grant = out.grant
	body := tokenAnswer{
		Status: "success", AccessToken: out.access, RefreshToken: out.refresh,
		ExpiredIn: x.s.opts.ExpiredIn.value(out.now, out.expiresAt), TokenType: "Bearer",
	}
	if note != "" || x.ansi {
		body.Notification = x.text(note)
	}
	switch fault {
	case "no-status":
		body.Status = ""
	case "bad-expiry":
		body.ExpiredIn = math.MaxInt64
	case "lost":
		x.record("fault:lost", 0)
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	x.answer(outcome, http.StatusOK, body)
}

func onlyUnreserved(s, more string) bool {
	for _, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune(more, r) {
			return false
		}
	}
	return true
}
