package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

// codeAnswer is MiniMax's answer to the request for a user code. ExpiredIn is
// absolute, in Unix milliseconds; Interval is in milliseconds, too (RFC 8628
// has seconds for both).
type codeAnswer struct {
	UserCode        string `json:"user_code"`
	VerificationURI string `json:"verification_uri"`
	ExpiredIn       int64  `json:"expired_in"`
	Interval        int64  `json:"interval"`
	State           string `json:"state"`
}

// deviceCode hands out a user code.
func (x *exchange) deviceCode(form url.Values) {
	c, bad := knownClient(x.r, form)
	if bad == nil && c.standard {
		x.askStandard(c, form)
		return
	}
	if bad == nil {
		bad = c.checkCodeRequest(form)
	}
	if bad != nil {
		x.refuse(bad)
		return
	}
	x.event.Client = c.name
	made, bad, err := x.s.portal.newCode(c, form.Get("scope"), form.Get("code_challenge"))
	if x.stops(err, bad, x.refuse) {
		return
	}
	page := url.URL{
		Scheme: "http", Host: x.r.Host, Path: "/oauth-authorize",
		RawQuery: "user_code=" + made.UserCode + "&client=" + url.QueryEscape(c.name),
	}
	x.answer(Issued, http.StatusOK, codeAnswer{
		UserCode:        made.UserCode,
		VerificationURI: page.String(),
		ExpiredIn:       made.ExpiresAt.UnixMilli(),
		Interval:        x.s.opts.Interval.Milliseconds(),
		State:           form.Get("state"),
	})
}

func (c client) checkCodeRequest(form url.Values) *refusal {
	if bad := need(form, "scope", "code_challenge", "code_challenge_method", "state"); bad != nil {
		return bad
	}
	kind := form.Get("response_type")
	switch {
	case c.responseType && kind == "":
		return badRequest("response_type is required")
	case kind != "" && kind != "code":
		return badRequest("response_type must be code")
	case form.Get("code_challenge_method") != "S256":
		return badRequest("code_challenge_method must be S256")
	case !isChallenge(form.Get("code_challenge")):
		return badRequest("code_challenge must be 43 characters of base64url without padding")
	case !c.allows(form.Get("scope")):
		return &refusal{http.StatusBadRequest, "invalid_scope", "this client may not ask for that scope"}
	}
	return nil
}

// knownClient finds the program that asks, which has to ask where its provider is.
// MiniMax's sentence for a request whose body was lost on the way is kept: "client_id
// is required" (OpenClaw PR #88608).
func knownClient(r *http.Request, form url.Values) (client, *refusal) {
	if bad := need(form, "client_id"); bad != nil {
		return client{}, bad
	}
	c, ok := clientByID(form.Get("client_id"))
	if !ok || !strings.HasPrefix(r.URL.Path, c.home) {
		return client{}, &refusal{http.StatusUnauthorized, "invalid_client", "the client_id is unknown"}
	}
	if c.namesDevice {
		if c.device = r.Header.Get("X-Msh-Device-Id"); c.device == "" {
			return client{}, badRequest("X-Msh-Device-Id is required")
		}
	}
	return c, nil
}

// isChallenge reports whether s can be the base64url of a SHA-256 sum.
func isChallenge(s string) bool {
	return len(s) == 43 && onlyUnreserved(s, "-_")
}

// isVerifier reports whether s is a code verifier as in RFC 7636, section 4.1.
func isVerifier(s string) bool {
	return len(s) >= 43 && len(s) <= 128 && onlyUnreserved(s, "-._~")
}

// legacy answers at an old address. 307 keeps method and body
// (NousResearch/hermes-agent #19337).
func (s *Server) legacy(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := s.begin(w, r, KindLegacy)
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			x.refuse(&refusal{http.StatusMethodNotAllowed, "invalid_request", "use POST"})
			return
		}
		x.redirect(Redirected, http.StatusTemporaryRedirect, "http://"+r.Host+to)
	}
}
