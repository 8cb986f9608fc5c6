package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// event is one event of a stream, as a client sees it.
type event struct {
	name string
	data map[string]any
}

// readStream takes a whole stream apart, and checks what every stream keeps to.
func readStream(t *testing.T, raw string) []event {
	t.Helper()
	var list []event
	for part := range strings.SplitSeq(strings.TrimSuffix(raw, "\n\n"), "\n\n") {
		name, data, ok := strings.Cut(part, "\ndata: ")
		e := event{name: strings.TrimPrefix(name, "event: ")}
		if !ok || json.Unmarshal([]byte(data), &e.data) != nil || e.data["type"] != e.name && e.name != "error" {
			t.Fatalf("no event: %q", part)
		}
		list = append(list, e)
	}
	return list
}

func names(list []event) string {
	var all []string
	for _, e := range list {
		all = append(all, e.name)
	}
	return strings.Join(all, " ")
}

// joined is what the deltas add up to.
func joined(list []event, key string) string {
	var s strings.Builder
	for _, e := range list {
		delta, _ := e.data["delta"].(map[string]any)
		part, _ := delta[key].(string)
		s.WriteString(part)
	}
	return s.String()
}

func streamed(body string) string { return strings.Replace(body, "{", `{"stream":true,`, 1) }

func TestStream_Text(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	got := l.message(access, streamed(hello))
	if got.status != 200 || got.header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	list := readStream(t, got.body)
	want := "message_start content_block_start ping" + strings.Repeat(" content_block_delta", 5) + " content_block_stop message_delta message_stop"
	if diff := cmp.Diff(want, names(list)); diff != "" {
		t.Error(diff)
	}
	if text := joined(list, "text"); text != "The sandbox read: hello there" {
		t.Errorf("text %q", text)
	}
	opened, _ := list[0].data["message"].(map[string]any)
	if content, _ := opened["content"].([]any); opened["stop_reason"] != nil || len(content) != 0 || opened["role"] != "assistant" {
		t.Errorf("opened with %v", opened)
	}
	if reason := joined(list, "stop_reason"); reason != "end_turn" {
		t.Errorf("stop reason %q", reason)
	}
	if again := l.message(access, streamed(hello)); again.body != got.body {
		t.Error("the same request got other bytes")
	}
}

func TestStream_AskedFor(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	ask := func(events, pause string) reply {
		r := l.apiRequest("POST", "/v1/messages", access, streamed(hello))
		r.Header.Set("Sandbox-Events", events)
		r.Header.Set("Sandbox-Pace", pause)
		return l.do(r)
	}
	list := readStream(t, ask("7", "1ms").body)
	if text := joined(list, "text"); text != "word-1 word-2 word-3 word-4 word-5 word-6 word-7 " {
		t.Errorf("text %q", text)
	}
	for _, bad := range [][2]string{{"0", ""}, {"x", ""}, {"100001", ""}, {"", "2"}, {"", "-1s"}, {"", "1000000h"}, {"1000", "1s"}} {
		ask(bad[0], bad[1]).wantAPIError(t, 400, "invalid_request_error")
	}
}

func TestStream_EventByEvent(t *testing.T) {
	// Each event is sent when it is made: the first is here while the others are
	// seconds away. A client that leaves ends the stream.
	left := make(chan Event, 1)
	l := newLab(t, Options{OnEvent: func(e Event) {
		if e.Kind == KindModel && e.Outcome == Left {
			left <- e
		}
	}})
	access, _ := l.signIn()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	r := l.apiRequest("POST", "/v1/messages", access, streamed(hello)).WithContext(ctx)
	r.Header.Set("Sandbox-Events", "1")
	r.Header.Set("Sandbox-Pace", "6s")
	res, err := l.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	first := make([]byte, 20)
	if _, err := io.ReadFull(res.Body, first); err != nil || string(first) != "event: message_start" {
		t.Fatalf("%q %v", first, err)
	}
	leave()
	if e := <-left; e.Grant == "" {
		t.Errorf("%+v", e)
	}
}

// weather is a request with a tool and one text.
func weather(text, more string) string {
	said, _ := json.Marshal(text)
	return `{"model":"MiniMax-M2.7","max_tokens":100,"tools":[{"name":"get_weather","input_schema":{"type":"object",` +
		`"properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["days","city"]}}],` +
		`"messages":[{"role":"user","content":` + string(said) + `}]` + more + `}`
}

func TestTool_Called(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	for body, want := range map[string]string{
		weather(`Please call get_weather with {"city":"Paris"}`, ""):            `{"city":"Paris"}`,
		weather(`Please call get_weather with {"city":`, ""):                    `{"city":"sandbox","days":1}`,
		weather("call get_weather", ""):                                         `{"city":"sandbox","days":1}`,
		weather("hello", `,"tool_choice":{"type":"any"}`):                       `{"city":"sandbox","days":1}`,
		weather("hello", `,"tool_choice":{"type":"tool","name":"get_weather"}`): `{"city":"sandbox","days":1}`,
		weather("hello", ""):        "",
		weather("call another", ""): "",
		weather("call get_weather", `,"tool_choice":{"type":"none"}`): "",
	} {
		got := l.message(access, body)
		list := readStream(t, l.message(access, streamed(body)).body)
		if want == "" {
			if got.text("stop_reason") != "end_turn" {
				t.Errorf("%s: %s", body, got.body)
			}
			continue
		}
		if got.text("stop_reason") != "tool_use" || !strings.Contains(got.body, `"name":"get_weather","input":`+want) {
			t.Errorf("%s: %s", body, got.body)
		}
		if input := joined(list, "partial_json"); input != want || joined(list, "stop_reason") != "tool_use" {
			t.Errorf("%s: streamed %q, %s", body, input, names(list))
		}
	}
}

func TestPrompt(t *testing.T) {
	// What Claude Code 2.1 sends around a prompt.
	l := newLab(t, Options{})
	access, _ := l.signIn()
	got := l.message(access, `{"model":"MiniMax-M2.7","max_tokens":100,"messages":[`+
		`{"role":"user","content":[{"type":"text","text":"<system-reminder>a</system-reminder>"},{"type":"text","text":"hello"},`+
		`{"type":"text","text":"<system-reminder>b</system-reminder>"}]},{"role":"system","content":"agents: c"}]}`)
	if !strings.Contains(got.body, `"The sandbox read: hello"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestTool_RoundTrip(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	call := l.message(access, weather("call get_weather", ""))
	content, _ := json.Marshal(call.json["content"])
	id := call.json["content"].([]any)[0].(map[string]any)["id"].(string)
	back := func(id string) string {
		return `{"model":"MiniMax-M2.7","max_tokens":100,"messages":[{"role":"user","content":"call get_weather"},` +
			`{"role":"assistant","content":` + string(content) + `},` +
			`{"role":"user","content":[{"type":"tool_result","tool_use_id":"` + id + `","content":[{"type":"text","text":"21 degrees"}]}]}]}`
	}
	if got := l.message(access, back(id)); !strings.Contains(got.body, `"The tool answered: 21 degrees"`) || got.text("stop_reason") != "end_turn" {
		t.Errorf("%d %s", got.status, got.body)
	}
	l.message(access, back("toolu_0")).wantAPIError(t, 400, "invalid_request_error")
}

func TestModel_Faults(t *testing.T) {
	l := newLab(t, Options{})
	access, _ := l.signIn()
	strike := func(name, body string) reply {
		fault, err := ParseFault(name)
		if err != nil {
			t.Fatal(err)
		}
		l.SetFaults(fault)
		return l.message(access, body)
	}
	for name, want := range map[string]struct {
		status int
		kind   string
	}{
		"401:1":          {401, "authentication_error"},
		"402:1":          {402, "billing_error"},
		"429@model:1":    {429, "rate_limit_error"},
		"503@model:1":    {503, "api_error"},
		"529:1":          {529, "overloaded_error"},
		"stream-error:1": {529, "overloaded_error"},
	} {
		got := strike(name, hello)
		got.wantAPIError(t, want.status, want.kind)
		if retry := got.header.Get("Retry-After"); (retry == "2") != (want.status == 429) {
			t.Errorf("%s: Retry-After %q", name, retry)
		}
		if got := l.message(access, hello); got.status != 200 {
			t.Errorf("after %s: %d %s", name, got.status, got.body)
		}
	}
	if got := strike("html@model:1", hello); got.status != 502 || !strings.HasPrefix(got.body, "<html>") {
		t.Errorf("html: %d %s", got.status, got.body)
	}
	if got := strike("redirect@model:1", hello); got.status != 307 || !strings.HasSuffix(got.header.Get("Location"), ".invalid/anthropic/v1/messages") {
		t.Errorf("redirect: %d %v", got.status, got.header)
	}
	list := readStream(t, strike("stream-error:1", streamed(hello)).body)
	if last := list[len(list)-1]; last.name != "error" || !strings.HasPrefix(names(list), "message_start") {
		t.Errorf("stream-error: %s", names(list))
	}
	// A fault waits for the request that it is on.
	l.SetFaults(Fault{Name: "529", Count: 1})
	if got := l.do(l.apiRequest("GET", "/v1/models", access, "")); got.status != 200 {
		t.Errorf("the list of models was spoilt: %d", got.status)
	}
	l.message("nobody's", hello).wantAPIError(t, 401, "authentication_error")
	l.message(access, hello).wantAPIError(t, 529, "overloaded_error")
}

func TestModel_Cut(t *testing.T) {
	l := newLab(t, Options{SlowFor: time.Millisecond})
	access, _ := l.signIn()
	for _, body := range []string{hello, streamed(hello)} {
		l.SetFaults(Fault{Name: "cut", On: "model", Count: 1})
		res, err := l.http.Do(l.apiRequest("POST", "/v1/messages", access, body))
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK || len(part) == 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d %q %v", res.StatusCode, part, err)
		}
	}
	l.SetFaults(Fault{Name: "reset", On: "model", Count: 1})
	if res, err := l.http.Do(l.apiRequest("POST", "/v1/messages", access, hello)); err == nil {
		res.Body.Close()
		t.Error("reset: an answer came")
	}
	l.SetFaults(Fault{Name: "slow", On: "model", Count: 1})
	if got := l.message(access, hello); got.status != 200 {
		t.Errorf("slow: %d", got.status)
	}
	for _, text := range []string{"lost@model", "529@refresh", "401@all", "slow_down@model"} {
		if _, err := ParseFault(text); err == nil {
			t.Errorf("%s is a fault", text)
		}
	}
}
