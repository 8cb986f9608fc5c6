package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// OpenAI's device login of Codex, which is a protocol of its own in JSON
// (hermes-agent, auth_codex.py): a poll of what nobody has approved is a 403, an
// approved one brings an authorization code, and the verifier for it.

// object is the way of a request that is an object of strings: it is read like a form.
func object(s *Server, kind Kind, serve func(*exchange, url.Values)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, late := readBody(w, r, maxForm, formTime)
		var o map[string]string
		x := s.begin(w, r, kind)
		switch {
		case errors.Is(late, errTooLarge):
			x.refuse(&refusal{http.StatusRequestEntityTooLarge, "invalid_request", "the body is larger than 64 KiB"})
		case late != nil || json.Unmarshal(body, &o) != nil:
			x.refuse(badRequest("the body is no object of strings"))
		case !x.interfere():
			form := url.Values{}
			for name, value := range o {
				form.Set(name, value)
			}
			serve(x, form)
		}
	}
}

// codexCode answers POST /api/accounts/deviceauth/usercode.
func codexCode(x *exchange, form url.Values) {
	c, ok := clientByID(form.Get("client_id"))
	if !ok || c.family != codexDialect {
		x.refuse(&refusal{http.StatusUnauthorized, "invalid_client", "the client_id is unknown"})
		return
	}
	x.event.Client = c.name
	made, secret, ok := newStandardCode(x, c, "")
	if ok {
		x.answer(Issued, http.StatusOK, fields{"device_auth_id": "deviceauth_" + secret, "user_code": made.UserCode, "interval": "1"})
	}
}

// codexPoll answers POST /api/accounts/deviceauth/token.
func codexPoll(x *exchange, form url.Values) {
	secret, _ := strings.CutPrefix(form.Get("device_auth_id"), "deviceauth_")
	found, state := x.s.portal.proven(form.Get("user_code"), secret)
	x.event.Client = found
	switch state {
	case CodePending:
		x.answer(Pending, http.StatusForbidden, fields{"error": fields{"message": "Device authorization is pending.", "code": "deviceauth_authorization_unknown"}})
	case CodeApproved:
		x.answer(Pending, http.StatusOK, fields{"authorization_code": "ac_" + normalCode(form.Get("user_code")), "code_verifier": secret})
	default:
		x.answer(Denied, http.StatusBadRequest, fields{"error": fields{"message": "The sign-in was denied, or its code has ended.", "code": "access_denied"}})
	}
}

// proven returns whose code it is and what became of it, if the secret is its own.
func (p *portal) proven(userCode, secret string) (client string, state CodeState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.find(userCode)
	if !ok || !c.proves(secret) {
		return "", CodeExpired
	}
	return c.Client, c.State
}

// sharedToken answers POST /oauth/token, which is OpenAI's, and was MiniMax's.
func sharedToken(s *Server) http.HandlerFunc {
	moved := s.legacy("/oauth2/token")
	codex := s.form(KindToken, (*exchange).token)
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := readBody(w, r, maxForm, formTime)
		form, odd := url.ParseQuery(string(body))
		if c, ok := clientByID(form.Get("client_id")); err == nil && odd == nil && ok && c.family == codexDialect {
			r.Body = again(body)
			codex(w, r)
			return
		}
		moved(w, r)
	}
}
