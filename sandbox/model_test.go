package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const hello = `{"model":"MiniMax-M2.7","max_tokens":100,"messages":[{"role":"user","content":"hello there"}]}`

// apiRequest is a request to the model endpoint as its clients send it.
func (l *lab) apiRequest(method, path, token, body string) *http.Request {
	l.t.Helper()
	r := l.request(method, "/anthropic"+path, body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Anthropic-Version", "2023-06-01")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

func (l *lab) message(token, body string) reply {
	l.t.Helper()
	return l.do(l.apiRequest("POST", "/v1/messages", token, body))
}

// wantAPIError checks an error answer of the Messages API.
func (r reply) wantAPIError(t *testing.T, status int, kind string) {
	t.Helper()
	e, _ := r.json["error"].(map[string]any)
	if r.status != status || r.text("type") != "error" || e["type"] != kind || e["message"] == "" {
		t.Errorf("got %d %s, want %d %s", r.status, r.body, status, kind)
	}
	if r.text("request_id") == "" || r.text("request_id") != r.header.Get("Request-Id") {
		t.Errorf("request id %q in the header, %q in the body", r.header.Get("Request-Id"), r.text("request_id"))
	}
}

func TestModel_Message(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	got := l.message(access, hello)
	want := `{"id":"msg_ID","type":"message","role":"assistant","model":"MiniMax-M2.7",` +
		`"content":[{"type":"text","text":"The sandbox read: hello there"}],"stop_reason":"end_turn","stop_sequence":null,` +
		`"usage":{"input_tokens":N,"output_tokens":5}}` + "\n"
	id := strings.TrimPrefix(got.text("id"), "msg_")
	masked := strings.Replace(got.body, id, "ID", 1)
	tokens, _ := json.Marshal(got.json["usage"].(map[string]any)["input_tokens"])
	masked = strings.Replace(masked, `"input_tokens":`+string(tokens), `"input_tokens":N`, 1)
	if got.status != 200 || len(id) != 24 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if diff := cmp.Diff(want, masked); diff != "" {
		t.Error(diff)
	}
	if again := l.message(access, hello); again.body != got.body {
		t.Error("the same request got other bytes:", again.body)
	}
	count := l.do(l.apiRequest("POST", "/v1/messages/count_tokens", access, strings.Replace(hello, `"max_tokens":100,`, "", 1)))
	if n, _ := json.Marshal(count.json["input_tokens"]); count.status != 200 || string(n) != string(tokens) {
		t.Errorf("count_tokens says %d %s, the message %s", count.status, count.body, tokens)
	}
	if got := l.message(access, strings.Replace(hello, "100", "2", 1)); got.text("stop_reason") != "max_tokens" || !strings.Contains(got.body, `"The sandbox "`) {
		t.Error("max_tokens was not kept:", got.body)
	}
	if g := l.Grants()[0]; g.Requests != 4 {
		t.Errorf("%d requests of the grant, want 4", g.Requests)
	}
	if page := l.get("/"); !strings.Contains(page.body, "4 model requests.") {
		t.Error("the overview does not count them:", page.body)
	}
}

func TestModel_OnlyLiveTokens(t *testing.T) {
	l := newLab(t, Options{})
	old, refresh := l.signIn()
	access := l.refresh(refresh).text("access_token")
	dead, _ := l.signIn()
	if err := l.Revoke(dead); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		header http.Header
		ok     bool
	}{
		{"bearer", http.Header{"Authorization": {"Bearer " + access}}, true},
		{"bearer in lower case", http.Header{"Authorization": {"bearer " + access}}, true},
		{"x-api-key", http.Header{"X-Api-Key": {access}}, true},
		{"both, as Claude Code sends a helper's", http.Header{"Authorization": {"Bearer " + access}, "X-Api-Key": {access}}, true},
		{"an older token that has not ended", http.Header{"Authorization": {"Bearer " + old}}, true},
		{"none", http.Header{}, false},
		{"an empty one", http.Header{"Authorization": {"Bearer "}}, false},
		{"basic", http.Header{"Authorization": {"Basic " + access}}, false},
		{"unknown", http.Header{"X-Api-Key": {"sk-ant-0"}}, false},
		{"revoked", http.Header{"Authorization": {"Bearer " + dead}}, false},
		{"a refresh token", http.Header{"Authorization": {"Bearer " + refresh}}, false},
		{"a foreign key beside a good token", http.Header{"Authorization": {"Bearer " + access}, "X-Api-Key": {"local"}}, false},
		{"two bearers", http.Header{"Authorization": {"Bearer " + access, "Bearer x"}}, false},
	}
	for _, path := range []string{"/v1/messages", "/v1/messages/count_tokens", "/v1/models"} {
		for _, tt := range tests {
			method, body := "POST", hello
			if path == "/v1/models" {
				method, body = "GET", ""
			}
			r := l.apiRequest(method, path, "", body)
			for name, values := range tt.header {
				r.Header[name] = values
			}
			got := l.do(r)
			if (got.status == 200) != tt.ok {
				t.Errorf("%s with %s: %d %s", path, tt.name, got.status, got.body)
			}
			if !tt.ok {
				got.wantAPIError(t, 401, "authentication_error")
			}
		}
	}
	l.clock.Advance(91 * time.Second)
	l.message(access, hello).wantAPIError(t, 401, "authentication_error")
	l.ExpireAllAccess()
	if got := l.Stats().Models; got.Outcomes[Served] != 15 || got.Outcomes[Refused] != got.Total-15 {
		t.Errorf("%+v", got)
	}
}

func TestModel_Refusals(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	for name, body := range map[string]string{
		"no JSON":                "hello",
		"no object":              "[]",
		"no model":               `{"max_tokens":1,"messages":[{"role":"user","content":"a"}]}`,
		"another's model":        `{"model":"claude-opus-4","max_tokens":1,"messages":[{"role":"user","content":"a"}]}`,
		"no max_tokens":          `{"model":"MiniMax-M2.7","messages":[{"role":"user","content":"a"}]}`,
		"no messages":            `{"model":"MiniMax-M2.7","max_tokens":1,"messages":[]}`,
		"the model speaks first": `{"model":"MiniMax-M2.7","max_tokens":1,"messages":[{"role":"assistant","content":"a"}]}`,
		"an empty message":       `{"model":"MiniMax-M2.7","max_tokens":1,"messages":[{"role":"user","content":[]}]}`,
		"an unknown role":        `{"model":"MiniMax-M2.7","max_tokens":1,"messages":[{"role":"user","content":"a"},{"role":"tool","content":"a"}]}`,
		"a block with no type":   `{"model":"MiniMax-M2.7","max_tokens":1,"messages":[{"role":"user","content":[{"text":"a"}]}]}`,
		"a number as content":    `{"model":"MiniMax-M2.7","max_tokens":1,"messages":[{"role":"user","content":1}]}`,
		"a result of no call":    `{"model":"MiniMax-M2.7","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"x"}]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			l.message(access, body).wantAPIError(t, 400, "invalid_request_error")
		})
	}
	t.Run("headers", func(t *testing.T) {
		for _, beta := range []string{"fine-grained-tool-streaming-2025-05-14", "interleaved-thinking-2025-05-14,context-1m-2025-08-07"} {
			r := l.apiRequest("POST", "/v1/messages", access, hello)
			r.Header.Set("Anthropic-Beta", beta)
			l.do(r).wantAPIError(t, 400, "invalid_request_error")
		}
		r := l.apiRequest("POST", "/v1/messages", access, hello)
		r.Header.Set("Anthropic-Beta", "interleaved-thinking-2025-05-14")
		if got := l.do(r); got.status != 200 {
			t.Errorf("a beta that does no harm: %d %s", got.status, got.body)
		}
		r = l.apiRequest("POST", "/v1/messages", access, hello)
		r.Header.Del("Anthropic-Version") // as MiniMax's own command line
		if got := l.do(r); got.status != 200 {
			t.Errorf("without a version: %d %s", got.status, got.body)
		}
	})
	t.Run("method", func(t *testing.T) {
		l.do(l.apiRequest("GET", "/v1/messages", access, "")).wantAPIError(t, 405, "invalid_request_error")
		l.do(l.apiRequest("POST", "/v1/models", access, "")).wantAPIError(t, 405, "invalid_request_error")
	})
	t.Run("size", func(t *testing.T) {
		l.message(access, `{"model":"`+strings.Repeat("x", maxMessages)+`"}`).wantAPIError(t, 413, "request_too_large")
	})
}

func TestModel_OtherPathsAreNginx(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	for _, path := range []string{"", "/", "/v1", "/chat/completions", "/v1/chat/completions", "/v1/messages/batches", "/v1/responses"} {
		for _, token := range []string{access, ""} {
			got := l.do(l.apiRequest("POST", path, token, hello))
			if got.status != 404 || got.header.Get("Content-Type") != "text/html" || !strings.Contains(got.body, "<center>nginx</center>") {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
	}
	l.do(l.apiRequest("GET", "/v1/models/claude", access, "")).wantAPIError(t, 404, "not_found_error")
	list := l.do(l.apiRequest("GET", "/v1/models", access, ""))
	one := l.do(l.apiRequest("GET", "/v1/models/MiniMax-M2.7", access, ""))
	if list.status != 200 || list.text("first_id") != "MiniMax-M2.7" || one.text("id") != "MiniMax-M2.7" {
		t.Errorf("%s %s", list.body, one.body)
	}
}

func TestModel_Guard(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	r := l.apiRequest("POST", "/v1/messages", access, hello)
	r.Header.Set("Origin", l.URL())
	if got := l.do(r); got.status != 403 {
		t.Errorf("a web page's request got %d", got.status)
	}
	if got := l.Stats().Models.Total; got != 0 {
		t.Errorf("%d requests got past", got)
	}
}

func TestModel_StatsOverHTTP(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	l.message(access, hello)
	l.message("nobody's", hello)
	got := l.get("/stats")
	var stats struct {
		Models Count
		Grants []struct {
			ID       string
			Requests int
		}
	}
	if err := json.Unmarshal([]byte(got.body), &stats); err != nil {
		t.Fatal(err)
	}
	if stats.Models.Total != 2 || stats.Models.Outcomes[Served] != 1 || len(stats.Grants) != 1 || stats.Grants[0].Requests != 1 {
		t.Error(got.body)
	}
	if strings.Contains(got.body, access) {
		t.Error("a token is in the statistics")
	}
}

// FuzzMessages sends any body with a good token. The answer is a message or an
// error of the API, and a stream of it says the same.
func FuzzMessages(f *testing.F) {
	f.Add(hello)
	f.Add(weather("hello", ""))
	f.Add(weather(`call get_weather with {"city":"Paris"}`, `,"tool_choice":{"type":"any"}`))
	f.Add(`{"model":"MiniMax-","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image"}]}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		s := New(Options{Now: func() time.Time { return start }})
		s.portal.access["token"] = accessToken{&grant{}, start.Add(time.Minute)}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/anthropic/v1/messages", strings.NewReader(body))
		r.Host = "localhost"
		r.Header.Set("X-Api-Key", "token")
		r.Header.Set("Anthropic-Version", "2023-06-01")
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		answer := w.Result()
		raw, _ := io.ReadAll(answer.Body)
		switch {
		case answer.StatusCode == 200 && answer.Header.Get("Content-Type") == "text/event-stream; charset=utf-8":
			readStream(t, string(raw))
		case answer.StatusCode == 200 || answer.StatusCode == 400:
			if !json.Valid(raw) {
				t.Errorf("%d %q", answer.StatusCode, raw)
			}
		default:
			t.Errorf("%d %q", answer.StatusCode, raw)
		}
	})
}
