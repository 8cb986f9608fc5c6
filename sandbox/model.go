package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The model endpoint: Anthropic Messages as MiniMax serves them under
// /anthropic, for access tokens of this portal only. Written from the public
// description of the Messages API.

const (
	maxMessages = 32 << 20 // the Messages API's own limit
	modelTime   = time.Minute
)

// modelRoutes adds the paths of the API. Whatever else is asked for under
// /anthropic gets MiniMax's answer: a page of nginx.
func (s *Server) modelRoutes(mux *http.ServeMux) {
	mux.HandleFunc("/anthropic/v1/messages", s.model(http.MethodPost, (*exchange).messages))
	mux.HandleFunc("/anthropic/v1/messages/count_tokens", s.model(http.MethodPost, (*exchange).countTokens))
	mux.HandleFunc("/anthropic/v1/models", s.model(http.MethodGet, (*exchange).listModels))
	mux.HandleFunc("/anthropic/v1/models/{id}", s.model(http.MethodGet, (*exchange).showModel))
	mux.HandleFunc("/anthropic/", s.nginx)
	mux.HandleFunc("/anthropic", s.nginx)
}

// nginx answers at an address that is not the API's, such as
// /anthropic/chat/completions (NousResearch/hermes-agent #24123).
func (s *Server) nginx(w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r, KindModel)
	x.send(Refused, http.StatusNotFound, "text/html", []byte("<html>\r\n<head><title>404 Not Found</title></head>\r\n"+
		"<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"))
}

// model is the way of every request of the API: it is read, its token is
// looked at, and then it is served.
func (s *Server) model(method string, serve func(x *exchange, body []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Request-Id", fmt.Sprintf("req_sandbox_%06d", s.requests.Add(1)))
		body, late := readBody(w, r, maxMessages, modelTime)
		x := s.begin(w, r, KindModel)
		grant, bad := s.bearer(r)
		x.event.Grant = grant
		s.portal.count(grant)
		switch {
		case r.Method != method:
			w.Header().Set("Allow", method)
			x.deny(Refused, &apiError{http.StatusMethodNotAllowed, "invalid_request_error", "use " + method})
		case bad != nil:
			x.deny(Refused, bad)
		case errors.Is(late, errTooLarge):
			x.deny(Refused, &apiError{http.StatusRequestEntityTooLarge, "request_too_large", "the body is larger than 32 MB"})
		case late != nil:
			x.deny(Refused, &apiError{http.StatusRequestTimeout, "invalid_request_error", "the body did not come"})
		default:
			serve(x, body)
		}
	}
}

// bearer finds whose request it is. A client may send its token as a bearer, as
// x-api-key or as both; each that is sent must be good, so that a foreign
// credential beside a good one is noticed.
func (s *Server) bearer(r *http.Request) (grant string, bad *apiError) {
	var tokens []string
	for _, v := range r.Header.Values("Authorization") {
		scheme, token, _ := strings.Cut(v, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			token = ""
		}
		tokens = append(tokens, token)
	}
	tokens = append(tokens, r.Header.Values("X-Api-Key")...)
	if len(tokens) == 0 {
		return "", unauthenticated("login fail: send the access token as Authorization: Bearer or as x-api-key")
	}
	grant, ok := s.portal.whose(tokens)
	if !ok {
		return "", unauthenticated("login fail: the access token has expired, was revoked or was never issued here")
	}
	return grant, nil
}

func unauthenticated(message string) *apiError {
	return &apiError{http.StatusUnauthorized, "authentication_error", message}
}

// messages answers POST /v1/messages. Only here faults have their way.
func (x *exchange) messages(body []byte) {
	fault, done := x.upset()
	if done {
		return
	}
	m, bad := readMessages(x.r, body, true)
	if bad == nil {
		bad = checkHeaders(x.r.Header)
	}
	events, pause, odd := pace(x.r.Header)
	if bad == nil {
		bad = odd
	}
	if bad == nil {
		bad = x.s.spendPlan(x.event.Grant)
	}
	if bad != nil {
		x.deny(Refused, bad)
		return
	}
	c := complete(m, body, events)
	c.message.Usage.cached(x.r.Header)
	x.uses(m.Model, c.message.Usage, true)
	switch {
	case m.Stream:
		x.stream(c, pause, fault)
	case fault == "cut":
		x.cutShort(c.message)
	case fault == "stream-error":
		x.deny("fault:stream-error", overloaded())
	default:
		x.answer(Served, http.StatusOK, c.message)
	}
}

// readMessages reads a request. Below /anthropic MiniMax's models alone are known.
func readMessages(r *http.Request, body []byte, needMax bool) (messageRequest, *apiError) {
	m, bad := parseMessages(body, needMax)
	if bad == nil && strings.HasPrefix(r.URL.Path, "/anthropic/") && !strings.HasPrefix(m.Model, "MiniMax-") {
		bad = badParams("invalid params, unknown model '" + bounded(m.Model) + "' (2013)") // MiniMax's own sentence
	}
	return m, bad
}

// countTokens answers POST /v1/messages/count_tokens.
func (x *exchange) countTokens(body []byte) {
	m, bad := readMessages(x.r, body, false)
	if bad == nil {
		bad = checkHeaders(x.r.Header)
	}
	if bad != nil {
		x.deny(Refused, bad)
		return
	}
	x.answer(Served, http.StatusOK, map[string]int{"input_tokens": m.tokens()})
}
