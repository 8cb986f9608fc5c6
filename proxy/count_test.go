package proxy

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

// A refusal counts for the account that refused, the request for the one that
// served, once.
func TestCount_FailOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if id, _ := accountOf(q); id == alpha {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"type":"error","error":{"type":"rate_limit_error","message":"slow down"},"usage":{"input_tokens":9,"output_tokens":9}}`)
			return
		}
		_, _ = io.WriteString(w, `{"usage":{"input_tokens":25,"output_tokens":40}}`)
	})
	if got := r.message(); got.status != http.StatusOK {
		t.Fatal(got)
	}
	got := r.counts(2)
	want := []tally.Row{
		{Use: tally.Use{Account: alpha, Program: "test", Model: "M2"}, Counts: tally.Counts{Refused: 1}},
		{Use: tally.Use{Account: beta, Program: "test", Model: "M2"}, Counts: tally.Counts{Requests: 1, Input: 25, Output: 40}},
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
}

// What became of a request that no account served, and of those that ask no model.
func TestCount_WhatIsNoUse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		refused            uint64 // of both accounts
	}{
		"the request's fault":     {"POST", messages, `{"type":"error","error":{"type":"invalid_request_error","message":"no"}}`, 400, 0},
		"its fault, within a 200": {"POST", messages, `{"base_resp":{"status_code":2013,"status_msg":"invalid params"},"usage":{"input_tokens":1,"output_tokens":1}}`, 200, 0},
		"overloaded":              {"POST", messages, `{"type":"error","error":{"type":"overloaded_error","message":"busy"}}`, 529, 2},
		"out of quota":            {"POST", messages, `{"type":"error","error":{"type":"rate_limit_error","message":"usage limit exceeded"}}`, 429, 2},
		"a list of models":        {"GET", "/anthropic/v1/models", `{"data":[],"usage":{"input_tokens":1,"output_tokens":1}}`, 200, 0},
		"tokens are counted":      {"POST", "/anthropic/v1/messages/count_tokens", `{"input_tokens":25}`, 200, 0},
		"a stored response":       {"GET", "/openai/v1/responses/resp_1", `{"id":"resp_1","usage":{"input_tokens":1,"output_tokens":1}}`, 200, 0},
		"what one account keeps":  {"POST", "/account/" + alpha + "/openai/v1/batches", `{"id":"b","usage":{"input_tokens":1,"output_tokens":1}}`, 200, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			r.speak()
			r.server.owners.note("resp_1", owner{alpha, testKey.ID})
			if got := r.do(r.request(c.method, c.path, `{"model":"M2"}`)); got.status != c.status {
				t.Fatalf("%+v", got)
			}
			if sum := tally.Sum(r.counts(int(c.refused))); sum != (tally.Counts{Refused: c.refused}) {
				t.Errorf("%+v", sum)
			}
		})
	}
}

// A program that leaves a stream has used what was told until then.
func TestCount_TheProgramLeaves(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, start+text)
		w.(http.Flusher).Flush()
		<-q.Context().Done()
		close(left)
	})
	ctx, leave := context.WithCancel(t.Context())
	res, err := http.DefaultClient.Do(r.request(http.MethodPost, messages, `{"model":"M2"}`).WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(res.Body, make([]byte, len(start+text))); err != nil {
		t.Fatal(err)
	}
	leave()
	<-left
	if got := r.counts(1)[0]; counted(got.Counts) != "25 100 7 1 0 ?" || got.Requests != 1 {
		t.Errorf("%+v", got)
	}
}

// An error in the midst of a stream refuses the account, which has served until
// then.
func TestCount_AStreamThatEndsInAnError(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, start+text+`data: {"type":"error","error":{"type":"rate_limit_error","message":"usage limit exceeded"}}`+"\n\n")
	})
	r.message()
	if sum := tally.Sum(r.counts(2)); sum.Requests != 1 || sum.Refused != 1 || counted(sum) != "25 100 7 1 0 ?" {
		t.Errorf("%+v", sum)
	}
}

func TestCount_WhoseRequestItIs(t *testing.T) {
	t.Parallel()
	shared := testKey
	shared.Name = clientkey.Default
	for name, c := range map[string]struct {
		key     clientkey.Key
		agent   string
		program string // that the proxy is for
		want    string
	}{
		"the key's":              {testKey, "claude-cli/2.1.0 (external, cli)", "", "test"},
		"the only program":       {testKey, "claude-cli/2.1.0", "aider", "aider"},
		"Claude Code":            {shared, "claude-cli/2.1.0 (external, cli)", "", "claude-cli"},
		"Codex":                  {shared, "codex_cli_rs/0.50.0 (Debian 12; x86_64) tmux/3.3a", "", "codex_cli_rs"},
		"a library":              {shared, "OpenAI/Python 1.99.1", "", "OpenAI"},
		"a name alone":           {shared, "opencode", "", "opencode"},
		"no name":                {shared, "", "", ""},
		"a sentence":             {shared, "it's me!", "", ""},
		"what is no product":     {shared, "(external)", "", ""},
		"an address":             {shared, "http://example.com/x", "", ""},
		"a line that is no name": {shared, strings.Repeat("a", 200), "", ""},
		"not ASCII":              {shared, "prögramm/1", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, fine, func(o *Options) { o.Keys, o.Program = clientkey.One{Key: c.key}, c.program })
			q := r.request(http.MethodPost, messages, `{"model":"M2"}`)
			q.Header["User-Agent"] = []string{c.agent}
			r.do(q)
			if got := r.counts(1)[0]; got.Program != c.want || got.Model != "M2" || got.Account != beta && got.Account != alpha {
				t.Errorf("%+v", got)
			}
		})
	}
}
