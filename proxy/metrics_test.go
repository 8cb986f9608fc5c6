package proxy

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// TestMetrics holds the text of our own series, byte for byte: dashboards and
// alerts of people name them.
func TestMetrics(t *testing.T) {
	m := newMeasures()
	m.answered("editor", "/v1/messages", "ab12", 200, 1500*time.Millisecond)
	m.answered("editor", "/v1/messages", "ab12", 200, 3*time.Millisecond)
	m.answered("editor", "/v1/messages", "cd", 429, 20*time.Minute)
	m.turnedAway("", 401)
	m.refused("ab12", 429)
	m.failover("ab12")
	m.inFlight.Add(1)
	m.inFlight.Add(1)
	m.inFlight.Add(-1)
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))

	want := `# HELP hermes_tui_proxy_failovers_total Times that another account was asked instead of this one.
# TYPE hermes_tui_proxy_failovers_total counter
hermes_tui_proxy_failovers_total{account="ab12"} 1
# HELP hermes_tui_proxy_key_requests_total Requests by the name of the local key that they showed.
# TYPE hermes_tui_proxy_key_requests_total counter
hermes_tui_proxy_key_requests_total{key="",status="401"} 1
hermes_tui_proxy_key_requests_total{key="editor",status="200"} 2
hermes_tui_proxy_key_requests_total{key="editor",status="429"} 1
# HELP hermes_tui_proxy_refusals_total Answers of the model API that concern an account.
# TYPE hermes_tui_proxy_refusals_total counter
hermes_tui_proxy_refusals_total{account="ab12",status="429"} 1
# HELP hermes_tui_proxy_request_duration_seconds From a request's header to the end of its answer.
# TYPE hermes_tui_proxy_request_duration_seconds histogram
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="0.005"} 1
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="0.025"} 1
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="0.1"} 1
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="0.5"} 1
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="1"} 1
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="2.5"} 2
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="5"} 2
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="10"} 2
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="30"} 2
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="60"} 2
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="300"} 2
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="900"} 2
hermes_tui_proxy_request_duration_seconds_bucket{path="/v1/messages",le="+Inf"} 3
hermes_tui_proxy_request_duration_seconds_sum{path="/v1/messages"} 1201.503
hermes_tui_proxy_request_duration_seconds_count{path="/v1/messages"} 3
# HELP hermes_tui_proxy_requests_in_flight Requests whose answer has not ended.
# TYPE hermes_tui_proxy_requests_in_flight gauge
hermes_tui_proxy_requests_in_flight 1
# HELP hermes_tui_proxy_requests_total Requests that were answered, by who answered last.
# TYPE hermes_tui_proxy_requests_total counter
hermes_tui_proxy_requests_total{account="",path="",status="401"} 1
hermes_tui_proxy_requests_total{account="ab12",path="/v1/messages",status="200"} 2
hermes_tui_proxy_requests_total{account="cd",path="/v1/messages",status="429"} 1
`
	got := w.Body.String()
	if !strings.HasPrefix(got, want) {
		t.Errorf("/metrics begins\n%s\nwant\n%s", got[:min(len(got), len(want))], want)
	}
	for _, series := range []string{"process_resident_memory_bytes ", "process_cpu_seconds_total ", "go_goroutines ", "go_memstats_alloc_bytes ", "go_info{version="} {
		if !strings.Contains(got[min(len(got), len(want)):], "\n"+series) {
			t.Errorf("/metrics does not tell %s", series)
		}
	}
	if kind := w.Header().Get("Content-Type"); kind != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("Content-Type is %q", kind)
	}
}

// Keys that come and go do not grow the series for ever.
func TestMetrics_KeysAreBounded(t *testing.T) {
	m := newMeasures()
	for i := range 1000 {
		m.turnedAway(fmt.Sprintf("key-%d", i), 403)
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text := w.Body.String()
	if n := strings.Count(text, "key_requests_total{"); n > m.keys.most+1 || !strings.Contains(text, fmt.Sprintf(`{key="other",status="403"} %d`, 1000-m.keys.most)) {
		t.Errorf("%d series", n)
	}
}

// Names that programs choose fill no memory, and say no secret.
func TestMetrics_Tokens(t *testing.T) {
	m := newMeasures()
	n := tally.Counts{Requests: 1, Input: 120, CacheRead: 30, Output: 40, Reasoning: 10}
	m.used(tally.Use{Account: "ab12", Program: "claude-cli", Model: "M2"}, n)
	m.used(tally.Use{Account: "ab12", Program: "claude-cli", Model: "M2"}, n)
	m.used(tally.Use{Account: "ab12", Program: "claude-cli", Model: "M2"}, tally.Counts{Requests: 1, Unknown: 1})
	const token = "sk-ant-oat01-abcdefghij0123456789"
	m.used(tally.Use{Account: "ab12", Program: token, Model: token}, n)
	for i := range 1000 {
		m.used(tally.Use{Account: "ab12", Program: fmt.Sprint("p", i), Model: fmt.Sprint("m", i)}, tally.Counts{Output: 1})
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text := w.Body.String()
	for _, want := range []string{
		`hermes_tui_tokens_total{account="ab12",client="claude-cli",model="M2",kind="cache_read"} 60`,
		`hermes_tui_tokens_total{account="ab12",client="claude-cli",model="M2",kind="input"} 240`,
		`hermes_tui_tokens_total{account="ab12",client="claude-cli",model="M2",kind="output"} 80`,
		fmt.Sprintf(`hermes_tui_tokens_total{account="ab12",client="other",model="other",kind="output"} %d`, 1000-62),
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("%s is not there", want)
		}
	}
	if strings.Contains(text, "abcdefghij") || strings.Contains(text, "reasoning") {
		t.Errorf("in\n%s", text)
	}
	if n := strings.Count(text, "\nhermes_tui_tokens_total{"); n > 80 {
		t.Errorf("%d series", n)
	}
}

// Of windows that run only what was told is there.
func TestMetrics_Plans(t *testing.T) {
	used, none := 62.0, 0.0
	now := time.Now()
	r := newRig(t, fine)
	r.book.plans = map[string]usage.Known{
		alpha: {Reading: usage.Reading{At: now, Windows: []usage.Window{
			{Name: "5h", Length: 5 * time.Hour, Used: &used, Told: now}, {Name: "week", Used: &none, Told: now}, {Name: "month", Told: now},
			{Name: "5h", Scope: "video", Used: &used, Told: now.Add(-9 * time.Hour), Resets: now.Add(-time.Hour)},
		}}},
	}
	text := r.do(r.request(http.MethodGet, "/metrics", "")).body
	for _, want := range []string{`hermes_tui_usage_ratio{account="` + alpha + `",window="5h"} 0.62`, `hermes_tui_usage_ratio{account="` + alpha + `",window="week"} 0`} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("%s is not there", want)
		}
	}
	if n := strings.Count(text, "hermes_tui_usage_ratio{"); n != 2 {
		t.Errorf("%d series in\n%s", n, text)
	}
}
