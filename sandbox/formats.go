package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// formats serves OpenAI's wire formats, as the providers after it have them:
// Chat Completions and Responses below /v1, and what Codex asks of ChatGPT's
// backend below /backend-api/codex. Written from the public reference of OpenAI's
// API and from what openai/codex reads; the errors are those of the account's
// provider (dialect.go).
type formats struct {
	s      *Server
	stored *stored
}

// asked is one request of these formats under way.
type asked struct {
	*exchange
	f       *formats
	account string // whose token it carries
	speaks  dialect
	at      dialect // whose own address it came to; the empty one is anybody's
	body    []byte
	pause   time.Duration // between two events of a stream
}

// routes adds the paths of these formats.
func (f *formats) routes(mux *http.ServeMux) {
	for _, route := range []struct {
		path  string
		serve func(*asked)
	}{
		{"POST /v1/chat/completions", (*asked).chat},
		{"POST /v1/completions", (*asked).text},
		{"POST /v1/embeddings", (*asked).embed},
		{"POST /v1/responses", (*asked).respond},
		{"POST /v1/responses/compact", (*asked).compact},
		{"GET /v1/responses/{id}", (*asked).showResponse},
		{"DELETE /v1/responses/{id}", (*asked).deleteResponse},
		{"GET /v1/models", (*asked).models},
		{"GET /v1/models/{id}", (*asked).oneModel},
		{"POST /v1/files", (*asked).addFile},
		{"GET /v1/files", (*asked).listFiles},
		{"GET /v1/files/{id}", (*asked).showFile},
		{"GET /v1/files/{id}/content", (*asked).readFile},
		{"DELETE /v1/files/{id}", (*asked).deleteFile},
	} {
		mux.HandleFunc(route.path, f.handle(openAIDialect, route.serve))
	}
	mux.HandleFunc("/v1/", f.handle(openAIDialect, (*asked).nowhere))
	for _, route := range []struct {
		at    dialect
		path  string
		serve func(*asked)
	}{
		{codexDialect, "POST /backend-api/codex/responses", (*asked).respond},
		{codexDialect, "POST /backend-api/codex/responses/compact", (*asked).compact},
		{codexDialect, "GET /backend-api/codex/models", (*asked).codexModels},
		{codexDialect, "/backend-api/codex/", (*asked).nowhere},
		{copilotDialect, "POST /copilot/chat/completions", (*asked).chat},
		{copilotDialect, "POST /copilot/embeddings", (*asked).embed},
		{copilotDialect, "POST /copilot/responses", (*asked).respond},
		{copilotDialect, "POST /copilot/v1/messages", (*asked).messages},
		{copilotDialect, "GET /copilot/models", (*asked).models},
		{copilotDialect, "/copilot/", (*asked).nowhere},
		{kimiDialect, "POST /coding/v1/chat/completions", (*asked).chat},
		{kimiDialect, "POST /coding/v1/messages", (*asked).messages},
		{kimiDialect, "GET /coding/v1/models", (*asked).models},
		{kimiDialect, "/coding/v1/", (*asked).nowhere},
	} {
		mux.HandleFunc(route.path, f.handle(route.at, route.serve))
	}
}

// handle is the way of every request of these formats: it is read, its token is
// looked at, and then it is served.
func (f *formats) handle(at dialect, serve func(*asked)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", fmt.Sprintf("req_sandbox_%06d", f.s.requests.Add(1)))
		body, late := readBody(w, r, maxMessages, modelTime)
		q := &asked{exchange: f.s.begin(w, r, KindOpenAI), f: f, at: at, body: body}
		known := q.knows()
		q.event.Grant = q.account
		missing := q.missing()
		switch {
		case missing != "":
			q.fails(Refused, trouble{status: http.StatusBadRequest, code: "bad_request", body: "bad request: " + missing + "\n"})
		case !known:
			q.fails(Refused, q.speaks.stranger())
		case errors.Is(late, errTooLarge):
			q.fails(Refused, q.speaks.wrong(http.StatusRequestEntityTooLarge, "invalid_request_error", "request_too_large", "the body is larger than 32 MB"))
		case late != nil:
			q.fails(Refused, q.speaks.bad("the body did not come"))
		default:
			serve(q)
		}
	}
}

// knows finds whose request it is, and what the account's provider answers like.
func (q *asked) knows() bool {
	scheme, token, _ := strings.Cut(q.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		token = ""
	}
	q.speaks = dialectOf(token)
	known := false
	if q.account, known = keyName(token); !known {
		var family dialect
		if q.account, family, known = q.s.portal.admitOne(token); known && family != "" {
			q.speaks = family
		}
	}
	if q.at != openAIDialect {
		q.speaks = q.at
	}
	return known && q.isAtHome(token)
}

// isAtHome reports whether a token is one of the provider whose address it came to.
// Codex's takes any: there everything was tried out that a person has described.
func (q *asked) isAtHome(token string) bool {
	if q.at != copilotDialect && q.at != kimiDialect {
		return true
	}
	p := q.s.portal
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.owner(token)
	return g != nil && g.client.family == q.at && g.client.device == q.r.Header.Get("X-Msh-Device-Id")
}

// missing is what Copilot says to a request that names no editor.
func (q *asked) missing() string {
	for _, name := range []string{"Editor-Version", "Copilot-Integration-Id"} {
		if q.at == copilotDialect && q.r.Header.Get(name) == "" {
			return "missing " + name + " header for IDE auth"
		}
	}
	return ""
}

// messages answers in Anthropic's format, at an address of a provider that has it
// beside OpenAI's.
func (q *asked) messages() { q.exchange.messages(q.body) }

// admitOne counts a request with this access token and returns whose it is.
func (p *portal) admitOne(token string) (grantID string, family dialect, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.owner(token)
	if g == nil {
		return "", "", false
	}
	g.Requests++
	return g.ID, g.client.family, true
}

// fails sends an error answer.
func (q *asked) fails(outcome Outcome, t trouble) {
	q.event.Code = t.code
	for name, value := range t.header {
		q.w.Header().Set(name, value)
	}
	if text, ok := t.body.(string); ok {
		q.send(outcome, t.status, "text/plain; charset=utf-8", []byte(text))
		return
	}
	q.answer(outcome, t.status, t.body)
}

// begins is what comes before every answer of a model: a fault may have its way, the
// plan pays, and the body is read. It returns the fault that strikes inside the answer,
// and whether there is to be one; if not, the request is dealt with.
func (q *asked) begins(into any) (fault string, ok bool) {
	fault, done := q.stumbles()
	if done || !q.spends() {
		return "", false
	}
	if json.Unmarshal(q.body, into) != nil {
		q.fails(Refused, q.speaks.bad("We could not parse the JSON body of your request."))
		return "", false
	}
	return fault, true
}

// nowhere answers at an address that is not the API's.
func (q *asked) nowhere() {
	q.fails(Refused, q.speaks.wrong(http.StatusNotFound, "invalid_request_error", "unknown_url",
		fmt.Sprintf("Invalid URL (%s %s)", q.r.Method, bounded(q.r.URL.Path))))
}

// spends counts a request that a plan pays for. It reports whether it went well;
// if not, it has been answered.
func (q *asked) spends() bool {
	if q.s.spendPlan(q.account) == nil {
		return true
	}
	now := q.s.opts.Now()
	q.fails(Refused, q.speaks.usedUp(now, now.Truncate(planWindow).Add(planWindow)))
	return false
}

// saidCompletion is a completion with what every answer of these formats needs.
type saidCompletion struct {
	completion
	model string
	id    string
	made  int64
}

// firstSecond is when everything was made: the same request gets the same bytes.
var firstSecond = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

// completes lets the model answer. The answer's name is the account's own.
func (q *asked) completes(m messageRequest) (saidCompletion, bool) {
	words, pause, odd := pace(q.r.Header)
	if odd != nil {
		q.fails(Refused, q.speaks.bad(odd.message))
		return saidCompletion{}, false
	}
	if m.MaxTokens <= 0 {
		m.MaxTokens = maxEvents
	}
	c := complete(m, append([]byte(q.account+"\n"), q.body...), words)
	c.message.Usage.cached(q.r.Header)
	q.uses(m.Model, c.message.Usage, true)
	q.pause = pause
	return saidCompletion{c, m.Model, strings.TrimPrefix(c.message.ID, "msg_"), firstSecond}, true
}

// calls is the tool that the model calls, if it does.
func (c saidCompletion) calls() (toolBlock, bool) {
	call, ok := c.message.Content[0].(toolBlock)
	return call, ok
}

// text is what the model says.
func (c saidCompletion) text() string { return strings.Join(c.pieces, "") }

// cutShort reports whether the answer was longer than it may be.
func (c saidCompletion) cutShort() bool { return *c.message.StopReason == "max_tokens" }
