package sandbox

import "net/http"

// apiError is an error answer of the Messages API. Its shape differs from that
// of the portal's, see [refusal].
type apiError struct {
	status  int
	kind    string // authentication_error, …
	message string
}

func badParams(message string) *apiError {
	return &apiError{http.StatusBadRequest, "invalid_request_error", message}
}

// overloaded has a status that is Anthropic's own.
func overloaded() *apiError {
	return &apiError{529, "overloaded_error", "the model is overloaded for a moment"}
}

// errorAnswer is the body. The same object is the data of an error event inside
// of a stream.
type errorAnswer struct {
	Type  string `json:"type"` // "error"
	Error struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	} `json:"error"`
	RequestID string `json:"request_id"`
}

func (e apiError) body(requestID string) errorAnswer {
	a := errorAnswer{Type: "error", RequestID: requestID}
	a.Error.Type, a.Error.Message = e.kind, e.message
	return a
}

// deny sends an error answer of the model endpoint.
func (x *exchange) deny(outcome Outcome, why *apiError) {
	x.event.Code = why.kind
	x.waitNote(why.status)
	x.answer(outcome, why.status, why.body(x.w.Header().Get("Request-Id")))
}
