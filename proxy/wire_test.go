package proxy

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// speaks makes an account of the rig one of this provider.
func (r *rig) speaks(id, provider, path string, apis ...string) {
	t := r.book.tokens[id]
	t.Provider, t.API, t.BaseURL, t.Also = provider, apis[0], r.upstream.URL+path, nil
	for _, api := range apis[1:] {
		t.Also = append(t.Also, oauth.Wire{API: api, BaseURL: r.upstream.URL + path})
	}
}

// failure is an error in OpenAI's shape.
type failure struct {
	Error struct {
		Message, Type, Code string
		ResetsAt            int64 `json:"resets_at"`
		ResetsIn            int64 `json:"resets_in_seconds"`
	}
}

func failureOf(t *testing.T, body string) failure {
	t.Helper()
	var f failure
	if err := json.Unmarshal([]byte(body), &f); err != nil || f.Error.Message == "" || f.Error.Code == "" || f.Error.Type == "" || !strings.Contains(body, `"param":null`) {
		t.Errorf("not an error in OpenAI's shape: %v, %s", err, body)
	}
	return f
}

// Each path is asked of an account that speaks it, at that account's own base.
// Everything else is told here, in the shape of the format that was asked for.
func TestWires_WhoIsAskedForWhat(t *testing.T) {
	paths := make(chan string, 1)
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		id, _ := accountOf(q)
		paths <- id + " " + q.URL.RequestURI()
		fine(w, q)
	})
	r.speaks(alpha, "openai-codex", "/backend-api/codex", oauth.CodexResponses)
	r.speaks(beta, "xai-oauth", "/v1", oauth.ChatCompletions)
	for request, want := range map[string]string{
		"POST /codex/responses":                                         alpha + " /backend-api/codex/responses",
		"GET /codex/models?client_version=0.171.0&x=1":                  alpha + " /backend-api/codex/models?client_version=0.171.0",
		"POST /openai/v1/responses":                                     alpha + " /backend-api/codex/responses",
		"POST /openai/v1/responses/compact":                             alpha + " /backend-api/codex/responses/compact",
		"POST /openai/v1/chat/completions":                              beta + " /v1/chat/completions",
		"POST /openai/v1/embeddings":                                    beta + " /v1/embeddings",
		"GET /account/" + beta + "/openai/v1/models":                    beta + " /v1/models",
		"POST /pool/" + alpha + "/codex/responses":                      alpha + " /backend-api/codex/responses",
		"POST /pool/" + beta + "/openai/v1/completions":                 beta + " /v1/completions",
		"POST /pool/nobody/openai/v1/chat/completions":                  "404 unknown_path",
		"POST /pool/openai/v1/chat/completions":                         "404",
		"POST /account/nobody/openai/v1/chat/completions":               "404 unknown_path",
		"POST /openai/v1/files":                                         "404 not_served_by_pool",
		"GET /pool/" + beta + "/openai/v1/batches/b":                    "404 not_served_by_pool",
		"GET /account/" + beta + "/openai/v1/files/f-1/content?limit=1": beta + " /v1/files/f-1/content?limit=1",
		"GET /account/" + beta + "/openai/v1/files/f.1":                 "404 unknown_path",
		"GET /openai/v1/responses/resp_1":                               alpha + " /backend-api/codex/responses/resp_1",
		"POST /openai/v1/responses/resp_1/cancel":                       alpha + " /backend-api/codex/responses/resp_1/cancel",
		"PUT /openai/v1/responses/resp_1":                               "405 unknown_path",
		"GET /openai/v1/responses/":                                     "405 unknown_path",
		"GET /openai/v1/responses/a/b":                                  "404 unknown_path",
		"GET /openai/v1/chat/completions":                               "405 unknown_path",
		"POST /openai/v1/v1/chat/completions":                           "404 unknown_path",
		"POST /codex/v1/responses":                                      "404 unknown_path",
		"POST /anthropic/v1/messages":                                   "404",
		"POST /account/" + alpha + "/anthropic/v1/messages":             "404",
		"POST /v1/chat/completions":                                     "404",
	} {
		method, path, _ := strings.Cut(request, " ")
		got := r.do(r.request(method, path, `{}`))
		if got.status == 200 {
			if sent := <-paths; sent != want {
				t.Errorf("%s: %s, want %s", request, sent, want)
			}
			continue
		}
		status, code, openAI := strings.Cut(want, " ")
		if status != strconv.Itoa(got.status) {
			t.Errorf("%s: %+v, want %s", request, got, want)
		}
		if openAI && failureOf(t, got.body).Error.Code != code || !openAI && !strings.HasPrefix(got.body, `{"type":"error"`) {
			t.Errorf("%s: %s", request, got.body)
		}
	}
}

// refusing is a book that picks nobody.
type refusing struct {
	*book
	err error
}

func (r refusing) Pick(context.Context, string, core.PickOptions) (*core.Lease, error) {
	return nil, r.err
}

// What the proxy says itself on OpenAI's wires.
func TestWires_OwnErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		err          *autherr.Error
		path         string
		status       int
		kind, code   string
		after, retry string
		resets       int64
	}{
		"a short wait":        {&autherr.Error{Kind: autherr.CoolingDown, RetryAfter: 30 * time.Second}, "/chat/completions", 429, "usage_limit_reached", "usage_limit_reached", "30", "", 30},
		"a long wait":         {&autherr.Error{Kind: autherr.CoolingDown, RetryAfter: time.Hour}, "/responses", 429, "usage_limit_reached", "usage_limit_reached", "", "false", 3600},
		"needs sign-in":       {&autherr.Error{Kind: autherr.SignIn}, "/responses", 403, "permission_error", "account_sign_in", "", "false", 0},
		"locked":              {&autherr.Error{Kind: autherr.Keystore}, "/chat/completions", 503, "api_error", "keystore_locked", "", "", 0},
		"locked, Responses":   {&autherr.Error{Kind: autherr.Keystore}, "/responses", 400, "api_error", "keystore_locked", "", "false", 0},
		"unreachable":         {&autherr.Error{Kind: autherr.Network}, "/responses", 502, "api_error", "provider_unreachable", "", "", 0},
		"speaks another API":  {&autherr.Error{Kind: autherr.Usage, Code: autherr.CodeAPINotServed}, "/responses", 404, "not_found_error", "model_not_found", "", "false", 0},
		"there is no account": {&autherr.Error{Kind: autherr.Usage, Code: autherr.CodeNoSuchAccount}, "/responses", 404, "not_found_error", "unknown_path", "", "false", 0},
	} {
		t.Run(name, func(t *testing.T) {
			tc.err.Message = "it happened"
			r := newRig(t, fine)
			r.speaks(alpha, "openai-codex", "", oauth.CodexResponses, oauth.ChatCompletions)
			r.server.options.Accounts = refusing{r.book, tc.err}
			got := r.do(r.request(http.MethodPost, "/openai/v1"+tc.path, `{}`))
			f := failureOf(t, got.body)
			if got.status != tc.status || f.Error.Type != tc.kind || f.Error.Code != tc.code || got.header.Get("Retry-After") != tc.after || got.header.Get("X-Should-Retry") != tc.retry || f.Error.ResetsIn != tc.resets {
				t.Errorf("%+v", got)
			}
			if late := f.Error.ResetsAt - time.Now().Unix() - tc.resets; tc.resets > 0 && (late > 1 || late < -60) || tc.resets == 0 && f.Error.ResetsAt != 0 {
				t.Errorf("resets at %d", f.Error.ResetsAt)
			}
		})
	}
	r := newRig(t, fine)
	q := r.request(http.MethodPost, "/codex/responses", `{}`)
	q.Header.Set("X-Api-Key", "wrong")
	if got := r.do(q); got.status != 401 || failureOf(t, got.body).Error.Code != "invalid_api_key" {
		t.Errorf("a wrong key: %+v", got)
	}
}

// A provider's own long wait does not put a program to sleep.
func TestWires_AProvidersLongWait(t *testing.T) {
	const said = `{"error":{"type":"usage_limit_reached","message":"no","resets_in_seconds":3600}}`
	for name, value := range map[string]string{
		"Retry-After": "3600", "Retry-After-Ms": "3600000", "Retry-After ": time.Now().Add(time.Hour).UTC().Format(http.TimeFormat),
	} {
		r := newRig(t, refuseWith(429, strings.TrimSpace(name), value, said))
		r.speaks(alpha, "openai-codex", "", oauth.CodexResponses)
		got := r.do(r.request(http.MethodPost, "/openai/v1/responses", `{}`))
		if got.status != 429 || got.body != said || got.header.Get("Retry-After")+got.header.Get("Retry-After-Ms") != "" || got.header.Get("X-Should-Retry") != "false" {
			t.Errorf("%s %s: %+v", name, value, got)
		}
		if noted := r.book.refusals[alpha]; len(noted) != 1 || noted[0].Meaning() != pool.Quota {
			t.Errorf("%s: written down: %+v", name, noted)
		}
	}
}

// The next account goes without what the one before had beside its token.
func TestWires_NothingOfTheAccountBefore(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if id, _ := accountOf(q); id == alpha {
			refuseWith(429, "Retry-After", "60", `{}`)(w, q)
			return
		}
		if got := q.Header.Get("Chatgpt-Account-Id"); got != "" {
			t.Errorf("the second account goes out as %q", got)
		}
		fine(w, q)
	})
	for _, id := range []string{alpha, beta} {
		r.speaks(id, "openai-codex", "", oauth.CodexResponses)
	}
	r.book.tokens[alpha].Header = http.Header{"Chatgpt-Account-Id": {"of-alpha"}}
	if got := r.do(r.request(http.MethodPost, "/openai/v1/responses", `{}`)); got.status != 200 {
		t.Errorf("%+v", got)
	}
}

// Codex dials a web socket first, and posts after a 426.
func TestWires_NoWebSocket(t *testing.T) {
	r := newRig(t, fine)
	for path, want := range map[string]int{"/codex/responses": 426, "/openai/v1/responses": 426, "/pool/" + alpha + "/codex/responses": 426, "/anthropic/v1/models": 200} {
		q := r.request(http.MethodGet, path, "")
		q.Header.Set("Connection", "Upgrade")
		q.Header.Set("Upgrade", "websocket")
		if got := r.do(q); got.status != want || want == 426 && failureOf(t, got.body).Error.Code != "upgrade_not_served" {
			t.Errorf("%s: %+v", path, got)
		}
	}
}

// A compressed body goes on as it came, and so does what Codex says of itself; the
// account that it believes to have does not.
func TestWires_CodexRequests(t *testing.T) {
	var body string
	var header http.Header
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		b, _ := io.ReadAll(q.Body)
		body, header = string(b), q.Header.Clone()
		w.Header().Set("X-Codex-Primary-Used-Percent", "12")
		fine(w, q)
	})
	r.speaks(alpha, "openai-codex", "/backend-api/codex", oauth.CodexResponses)
	const frame = "\x28\xb5\x2f\xfd\x04\x00not even zstd"
	q := r.request(http.MethodPost, "/codex/responses", frame)
	sent := map[string]string{
		"Content-Encoding": "zstd", "Originator": "codex_cli_rs", "User-Agent": "codex_cli_rs/0.171.0", "Version": "0.171.0", "Session-Id": "s", "Thread-Id": "t",
		"X-Client-Request-Id": "c", "X-Codex-Turn-State": "x", "X-Openai-Subagent": "o", "Openai-Beta": "responses=experimental",
	}
	for name, value := range sent {
		q.Header.Set(name, value)
	}
	q.Header.Set("Chatgpt-Account-Id", "foreign")
	got := r.do(q)
	if got.status != 200 || body != frame || got.header.Get("X-Codex-Primary-Used-Percent") != "12" {
		t.Errorf("%+v, sent %q", got, body)
	}
	for name, value := range sent {
		if header.Get(name) != value {
			t.Errorf("%s: %q", name, header.Get(name))
		}
	}
	if header.Get("Chatgpt-Account-Id") != "" {
		t.Errorf("the program's account goes on: %v", header)
	}
}

// xAI says 403 where others say 401: the token is refreshed once, however many requests
// meet it at once.
func TestWires_XAIsExpiredToken(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if _, gen := accountOf(q); gen < 2 {
			refuseWith(403, "", "", `{"code":"unauthenticated:bad-credentials","error":"The OAuth2 access token could not be validated."}`)(w, q)
			return
		}
		fine(w, q)
	})
	r.speaks(alpha, "xai-oauth", "/v1", oauth.CodexResponses, oauth.ChatCompletions)
	for range 2 {
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if got := r.do(r.request(http.MethodPost, "/openai/v1/chat/completions", `{}`)); got.status != 200 {
					t.Errorf("%+v", got)
				}
			})
		}
		all.Wait()
		if r.book.rotations != 1 || len(r.book.refusals) != 0 {
			t.Errorf("%d rotations, %+v", r.book.rotations, r.book.refusals)
		}
	}
}
