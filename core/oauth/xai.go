package oauth

import (
	"net/http"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// What xAI does its own way, beside RFC 8628 and discovery, as hermes-agent
// reads it (auth_xai.py): a 403 at a refresh says that the plan does not include
// the API, a 400 or 401 that the grant is dead whatever its code, and the API
// reports an expired token as 403.
const (
	codeXAITier    = "xai_oauth_tier_denied"
	codeXAIRefresh = "xai_refresh_failed"
)

// NewXAI returns the flow of xAI.
func NewXAI(client *Client, rules DeviceRules) *Device {
	d := NewDevice(client, rules)
	d.quirks = quirks{
		refused: xaiRefused, wholePair: true,
		failed: codeXAIRefresh, unreadable: "xai_refresh_invalid_json", missing: "xai_refresh_missing_access_token",
	}
	return d
}

// xaiRefused has the table of auth_xai.py. A web page is not xAI's own word.
func xaiRefused(a *Answer, r *reply, speak speaker) {
	if parseProblem(r).page {
		return
	}
	switch r.status {
	case http.StatusForbidden:
		a.Outcome = NotIncluded
		a.Err.Kind, a.Err.Code, a.Err.Relogin = autherr.Failed, codeXAITier, false
		a.Err.Message = speak.name + "'s plan of this account does not include the API"
		a.Err.Hint = "signing in again cannot help"
	case http.StatusBadRequest, http.StatusUnauthorized:
		a.dead()
	}
}
