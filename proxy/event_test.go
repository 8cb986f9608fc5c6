package proxy

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// streaming is an upstream whose stream for alpha is this one.
func streaming(kind, alphas string) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		if w.Header().Set("Content-Type", kind); kind == "" {
			w.Header()["Content-Type"] = nil
		}
		text := "event: message_start\ndata: {\"type\":\"message_start\"}\n\n"
		if id, _ := accountOf(q); id == alpha {
			text = alphas
		}
		for _, part := range strings.SplitAfter(text, "|") { // in several writes
			_, _ = io.WriteString(w, strings.TrimSuffix(part, "|"))
			w.(http.Flusher).Flush()
		}
	}
}

// A 200 whose stream begins with an error is a refusal as by its status: the next
// account is asked, and the limit is written down.
func TestProxy_AnErrorInA200(t *testing.T) {
	const sse, js = "text/event-stream", "application/json"
	const limit = `{"type":"error","error":{"type":"rate_limit_error","message":"usage limit exceeded (2056)"}}`
	for name, tc := range map[string]struct {
		kind, text string
		means      pool.Meaning // empty: not written down
		passed     bool
	}{
		"rate limit":              {sse, "event: error\ndata: " + limit + "\n\n", pool.Quota, true},
		"without a name":          {sse, "data: " + limit + "\n\n", pool.Quota, true},
		"CRLF, in pieces":         {sse + "; charset=utf-8", "event: er|ror\r|\ndata: " + limit + "\r\n|\r\n", pool.Quota, true},
		"CR":                      {sse, "event: error\rdata: " + limit + "\r\r", pool.Quota, true},
		"no space, no end":        {sse, "event:error\ndata:" + limit, pool.Quota, true},
		"over several lines":      {sse, "event: error\ndata: {\"type\":\"error\",\ndata: \"error\":{\"type\":\"billing_error\"}}\n\n", pool.Billing, true},
		"behind a comment":        {sse, ": hello\n\n|event: ping\ndata: {\"type\":\"ping\"}\n\n|data: " + limit + "\n\n", pool.Quota, true},
		"behind response.created": {sse, "event: response.created\ndata: {}\n\nevent: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"rate_limit_exceeded\"}}}\n\n", pool.Rate, true},
		"chat":                    {sse, "data: {\"error\":{\"code\":429,\"message\":\"no\"}}\n\n", pool.Rate, true},
		"overloaded":              {sse, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n", "", true},
		"MiniMax's own shape":     {sse, "data: {\"base_resp\":{\"status_code\":1008,\"status_msg\":\"insufficient balance\"}}\n\n", pool.Billing, true},
		"the request's fault":     {sse, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"}}\n\n", "", false},
		"after the first event":   {sse, "data: {\"type\":\"message_start\"}\n\ndata: " + limit + "\n\n", pool.Quota, false},
		"a token's end, later":    {sse, "data: {\"type\":\"message_start\"}\n\ndata: {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\"}}\n\n", "", false},
		"named an error alone":    {sse, "event: error\ndata: {\"code\":\"rate_limit_exceeded\",\"message\":\"no\"}\n\n", pool.Rate, true},
		"so named, later":         {sse, "data: {\"type\":\"message_start\"}\n\nevent: error\r|\ndata: {\"code\":\"rate_limit_exceeded\"}\n\n", pool.Rate, false},
		"what follows one":        {sse, "event: error\ndata: {\"message\":\"no\"}\n\ndata: {\"code\":\"rate_limit_exceeded\"}\n\n", "", false},
		"so named, and words":     {sse, "event: error\ndata: no\n\n", "", false},
		"no stream at all":        {sse, limit, pool.Quota, true},
		"with an odd member":      {sse, "data: {\"type\":\"error\",\"base_resp\":\"none\",\"error\":{\"type\":\"rate_limit_error\"}}\n\n", pool.Rate, true},
		"without a type":          {"", "data: " + limit + "\n\n", pool.Quota, true},
		"without a type, JSON":    {"", limit, pool.Quota, true},
		"another type":            {"text/plain; charset=utf-8", "event: error\ndata: " + limit + "\n\n", pool.Quota, true},
		"another type, words":     {"text/plain", "hello", "", false},
		"a problem":               {"application/problem+json", limit, pool.Quota, true},
		"JSON":                    {js, limit, pool.Quota, true},
		"JSON, MiniMax's":         {js, `{"choices":null,"base_resp":{"status_code":1002,"status_msg":"rate limit"}}`, pool.Rate, true},
		"behind a mark":           {sse, "\ufeffdata: " + limit + "\n\n", pool.Quota, true},
		"no stream, in lines":     {sse, "{\n  \"type\": \"error\",\n  \"error\": {\"type\": \"rate_limit_error\"}\n}\n", pool.Rate, true},
		"a stream called JSON":    {js, "event: error\ndata: " + limit + "\n\n", pool.Quota, true},
		"so called, in pieces":    {js + "; charset=utf-8", "\n|d|a|ta: " + limit + "\n\n", pool.Quota, true},
		"so called, a comment":    {js, ": hello\n\ndata: " + limit + "\n\n", pool.Quota, true},
		"so called, a mark":       {js, "\xef|\xbb|\xbfdata: " + limit + "\n\n", pool.Quota, true},
		"so called, later":        {js, "data: {\"type\":\"message_start\"}\n\ndata: " + limit + "\n\n", pool.Quota, false},
		"so called, fine":         {"application/problem+json", "data: {\"type\":\"message_start\"}\n\n", "", false},
		"so called, words":        {js, "error: data: " + limit, "", false},
		"JSON, behind a mark":     {js, "\ufeff" + limit, pool.Quota, true},
		"JSON, blank":             {js, strings.Repeat(" ", 2*maxError) + limit, "", false},
		"JSON, fine":              {js, `{"type":"message","base_resp":{"status_code":0},"error":null}`, "", false},
		"an error in the words":   {sse, "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"{\\\"error\\\":1}\"}}\n\n", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, streaming(tc.kind, tc.text))
			got := r.message()
			if own := strings.ReplaceAll(tc.text, "|", ""); got.status != 200 || tc.passed == (got.body == own) || !tc.passed && got.body != own {
				t.Errorf("%+v", got)
			}
			r.book.mu.Lock()
			defer r.book.mu.Unlock()
			noted := r.book.refusals[alpha]
			if tc.means == "" && len(noted) != 0 || tc.means != "" && (len(noted) != 1 || noted[0].Meaning() != tc.means || noted[0].Gen != 1) || len(r.book.refusals[beta]) != 0 {
				t.Errorf("written down: %+v", r.book.refusals)
			}
		})
	}
}

// A token that is refused inside a 200 is refreshed like any other.
func TestProxy_ARefusedTokenInA200(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		if _, gen := accountOf(q); gen < 2 {
			_, _ = io.WriteString(w, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\"}}\n\n")
			return
		}
		_, _ = io.WriteString(w, "data: {}\n\n")
	})
	if got := r.message(); got.body != "data: {}\n\n" || r.book.rotations != 1 || len(r.book.refusals) != 0 {
		t.Errorf("%+v, %d rotations", got, r.book.rotations)
	}
}

// Where all accounts refuse inside a 200, the last one's stream goes through as
// it came.
func TestProxy_AnErrorInA200OfAll(t *testing.T) {
	const text = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\"}}\n\n"
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, text)
	})
	if got := r.message(); got.status != 200 || got.body != text || len(r.book.refusals) != 2 {
		t.Errorf("%+v", got)
	}
}

// The head of a stream reaches its program while nothing of the stream has come.
func TestProxy_AStreamThatSaysNothing(t *testing.T) {
	more, c := make(chan struct{}), clock.NewFake(time.Now())
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
		<-more
		_, _ = io.WriteString(w, "data: 1\n\n")
	}, func(o *Options) { o.Clock = c })
	go func() {
		c.WaitFor(1)
		c.Advance(holdBack)
	}()
	res, err := http.DefaultClient.Do(r.request(http.MethodPost, "/anthropic/v1/messages", "{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	close(more) // the head is here
	if got, err := io.ReadAll(res.Body); err != nil || res.StatusCode != 200 || string(got) != "data: 1\n\n" {
		t.Errorf("%d %q, %v", res.StatusCode, got, err)
	}
}

// A stream that calls itself JSON reaches its program while more of it is to come.
func TestProxy_AStreamCalledJSON(t *testing.T) {
	more := make(chan struct{})
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, start)
		w.(http.Flusher).Flush()
		<-more
		_, _ = io.WriteString(w, delta("40"))
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // else it waits for what comes after it
	defer cancel()
	enough := sync.OnceFunc(func() { close(more) })
	defer enough()
	res, err := http.DefaultClient.Do(r.request(http.MethodPost, messages, "{}").WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	first := make([]byte, len(start))
	_, err = io.ReadFull(res.Body, first)
	enough()
	if err != nil || string(first) != start {
		t.Fatalf("%q, %v", first, err)
	}
	if rest, err := io.ReadAll(res.Body); err != nil || string(rest) != delta("40") {
		t.Errorf("%q, %v", rest, err)
	}
	if got := counted(r.counts(1)[0].Counts); got != "25 100 7 40 0" {
		t.Error(got)
	}
}

// Not more than some events are read over, and not more than some bytes.
func TestFirstError_Bounds(t *testing.T) {
	const limit = "data: {\"error\":1}\n\n"
	for pings, found := range map[int]bool{0: true, mostEvents - 1: true, mostEvents: false} {
		text := strings.Repeat("event: ping\ndata: {}\n\n", pings) + limit
		res := &http.Response{Body: io.NopCloser(strings.NewReader(text))}
		if data := firstError(&hold{body: aheadOf(res)}); (data != nil) != found {
			t.Errorf("behind %d pings: %q", pings, data)
		}
		if got, err := io.ReadAll(res.Body); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	read := 0
	endless := readerFunc(func(p []byte) (int, error) {
		if read += len(p); read > 4*maxRefusal {
			t.Fatal("a line that never ends is read for ever")
		}
		return copy(p, strings.Repeat("x", len(p))), nil
	})
	if data := firstError(&hold{body: aheadOf(&http.Response{Body: io.NopCloser(endless)})}); data != nil {
		t.Errorf("%q", data)
	}
}

// readerFunc is a reader of tests.
type readerFunc func([]byte) (int, error)

// Read implements [io.Reader].
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Whatever a stream is, looking at its beginning and watching it changes nothing.
func FuzzFirstError(f *testing.F) {
	f.Add("event: error\r\ndata: {\"error\":1}\r\n\r\n", 3)
	f.Add(": a\n\n\n\r\r\ndata", 1)
	f.Fuzz(func(t *testing.T, text string, size int) {
		body := io.Reader(strings.NewReader(text))
		if size%2 == 0 {
			body = iotest.OneByteReader(body)
		}
		res := &http.Response{Body: io.NopCloser(body)}
		firstError(&hold{body: aheadOf(res)})
		seen := 0
		res.Body = &watched{ReadCloser: res.Body, found: func([]byte) { seen++ }}
		if got, err := io.ReadAll(res.Body); err != nil || string(got) != text {
			t.Fatalf("%q became %q, %v", text, got, err)
		}
	})
}

// The watched stream finds an error however it is cut, and forgets lines that are
// too long to be one.
func TestWatched(t *testing.T) {
	text := fmt.Sprintf("data: {\"error\":1,\"long\":%q}\n\ndata:{\"error\":{\"type\":\"a\"}}\r\ndata: {\"base_resp\":{\"status_code\":7}}", strings.Repeat("x", maxRefusal))
	var found []string
	w := &watched{ReadCloser: io.NopCloser(iotest.HalfReader(strings.NewReader(text))), found: func(data []byte) { found = append(found, string(data)) }}
	got, err := io.ReadAll(w)
	if err != nil || string(got) != text || strings.Join(found, "|") != `{"error":{"type":"a"}}| {"base_resp":{"status_code":7}}` {
		t.Errorf("%q, %v", found, err)
	}
}

// The name of a response is in the beginning of its event, which can be of any
// length, and is told once.
func TestWatched_Created(t *testing.T) {
	for name, wrap := range map[string]func(io.Reader) io.Reader{"whole": func(r io.Reader) io.Reader { return r }, "in halves": iotest.HalfReader, "byte by byte": iotest.OneByteReader} {
		for _, size := range []int{0, maxRefusal - 200, maxRefusal, 3 * maxRefusal} {
			text := fmt.Sprintf("event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"instructions\":%q,\"error\":null}}\n\n", strings.Repeat("x", size)) +
				"data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_2\"}}\n\n"
			var made []string
			w := &watched{ReadCloser: io.NopCloser(wrap(strings.NewReader(text))), found: func(data []byte) { t.Errorf("an error: %.100q", data) }, created: func(id string) { made = append(made, id) }}
			got, err := io.ReadAll(w)
			if err != nil || string(got) != text || len(made) != 1 || made[0] != "resp_1" {
				t.Errorf("%s, %d bytes: %q, %v", name, size, made, err)
			}
			if cap(w.line) > 2*maxRefusal {
				t.Errorf("%s, %d bytes: %d are kept", name, size, cap(w.line))
			}
		}
	}
}

// Some APIs say in all that serves that there is no error. It is an answer, whose tokens
// are counted.
func TestIsError_None(t *testing.T) {
	for _, none := range []string{`null`, `false`, `0`, `""`, `{}`, `[]`} {
		if isError([]byte(`{"choices":[],"error":` + none + `,"usage":{}}`)) {
			t.Errorf("%s is an error", none)
		}
	}
	for _, one := range []string{`true`, `1`, `"no"`, `{"code":1}`, `["no"]`} {
		if !isError([]byte(`{"error":` + one + `}`)) {
			t.Errorf("%s is none", one)
		}
	}
}
