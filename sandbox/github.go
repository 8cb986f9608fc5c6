package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// GitHub's sign-in is RFC 8628's, with errors inside a 200, and brings a token that
// lives until it is revoked. Copilot's API takes only what that is exchanged for: a
// token of some minutes (github.com/login/device, api.github.com, as hermes-agent's
// copilot_auth.py and VS Code ask them).

// trade answers GET /copilot_internal/v2/token.
func trade(s *Server, w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r, KindRefresh)
	if x.interfere() {
		return
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "token") && !strings.EqualFold(scheme, "Bearer") {
		token = ""
	}
	var fault string
	out, known, err := s.portal.trade(token, x.shaped(&fault))
	switch {
	case err != nil:
		x.fail(err)
	case !known:
		x.event.Code = "bad_credentials"
		x.answer(Refused, http.StatusUnauthorized, gitHubError("Bad credentials", http.StatusUnauthorized))
	case fault == "lost":
		x.record("fault:lost", 0)
		panic(http.ErrAbortHandler) // closes the connection without an answer
	default:
		x.event.Grant, x.event.Client = out.grant, "GitHub Copilot Plugin"
		body := fields{
			"token": out.access, "expires_at": out.expiresAt.Unix(), "refresh_in": int(out.expiresAt.Sub(out.now)*5/6) / int(time.Second),
			"chat_enabled": true, "sku": "sandbox", "endpoints": fields{"api": "http://" + r.Host + "/copilot"},
		}
		if fault == "bad-expiry" {
			body["expires_at"] = -1
		}
		x.answer(Rotated, http.StatusOK, body)
	}
}

// trade makes an access token for GitHub's own, which stays as it is. It reports
// whether that is good.
func (p *portal) trade(token string, shaped func() shape) (out issued, known bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, ok := p.refresh[token]
	if !ok || g.Revoked != "" || g.client.family != copilotDialect {
		return issued{}, false, nil
	}
	sh := shaped()
	sh.keepRefresh = true
	if out, err = p.issue(g, sh); err != nil {
		return issued{}, false, err
	}
	g.Rotations++
	return out, true, nil
}

func gitHubError(message string, status int) fields {
	return fields{"message": message, "documentation_url": "https://docs.github.com/rest", "status": http.StatusText(status)}
}

// noCopilot is what GitHub says of an account whose plan has no Copilot.
func noCopilot() fields {
	body := gitHubError("Resource not accessible by integration", http.StatusForbidden)
	body["error_details"] = fields{
		"notification_id": "no_copilot_access", "title": "Signup for GitHub Copilot", "url": "https://github.com/github-copilot/signup",
		"message": "No access to GitHub Copilot found. You are currently logged in as sandbox.",
	}
	return body
}
