package sandbox

import "net/http"

// refusal is an error answer: an RFC 6749 error code, a sentence, and MiniMax's
// own base_resp beside it, which is where its clients look for a text.
type refusal struct {
	status      int
	code        string
	description string
}

// body is the answer's JSON.
func (r refusal) body() errorBody {
	return errorBody{
		Error:       r.code,
		Description: r.description,
		BaseResp:    &baseResp{Code: r.number(), Message: r.code + ": " + r.description},
	}
}

// outcome is what becomes of the request.
func (r refusal) outcome() Outcome {
	if r.code == "refresh_token_reused" {
		return Reused
	}
	return Refused
}

// number is MiniMax's numeric code: 1002 rate limit, 1004 authentication, 2013
// invalid parameters.
func (r refusal) number() int {
	switch r.code {
	case "invalid_request", "invalid_scope", "unsupported_grant_type":
		return 2013
	case "slow_down", "rate_limited":
		return 1002
	}
	return 1004
}

func badRequest(description string) *refusal {
	return &refusal{http.StatusBadRequest, "invalid_request", description}
}

func invalidGrant(description string) *refusal {
	return &refusal{http.StatusBadRequest, "invalid_grant", description}
}

type baseResp struct {
	Code    int    `json:"status_code"`
	Message string `json:"status_msg"`
}

type errorBody struct {
	Error       string    `json:"error"`
	Description string    `json:"error_description"`
	BaseResp    *baseResp `json:"base_resp"`
}
