package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

func TestProxy_SignsAndPassesOn(t *testing.T) {
	type seen struct {
		path, query, body string
		header            http.Header
	}
	got := make(chan seen, 1)
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		got <- seen{q.URL.Path, q.URL.RawQuery, string(body), q.Header}
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Strict-Transport-Security", "max-age=1")
		w.Header().Set("Request-Id", "req_1")
		fine(w, q)
	})
	r.book.tokens[alpha].Header = http.Header{"X-Provider": {"wants this"}}
	q := r.request(http.MethodPost, "/anthropic/v1/messages?beta=true&api_key=abc", `{"model":"M2"}`)
	q.Header.Set("X-Provider", "the program's")
	q.Header.Set("Authorization", "Bearer "+localKey)
	q.Header.Set("Cookie", "session=1")
	q.Header.Set("Connection", "X-Secret-Hop, Upgrade")
	q.Header.Set("Upgrade", "websocket")
	q.Header.Set("X-Secret-Hop", "1")
	q.Header.Set("X-Forwarded-For", "10.0.0.1")
	q.Header.Set("Anthropic-Version", "2023-06-01")
	q.Header.Add("Anthropic-Beta", "interleaved-thinking-2025-05-14, fine-grained-tool-streaming-2025-05-14")
	q.Header.Add("Anthropic-Beta", "context-1m-2025-08-07,claude-code-20250219")
	answer := r.do(q)
	if answer.status != http.StatusOK || answer.body != `{"type":"message"}` || answer.header.Get("Request-Id") != "req_1" {
		t.Errorf("%+v", answer)
	}
	for _, name := range []string{"Set-Cookie", "Access-Control-Allow-Origin", "Strict-Transport-Security"} {
		if answer.header.Get(name) != "" {
			t.Errorf("%s came through", name)
		}
	}
	sent := <-got
	if sent.path != "/anthropic/v1/messages" || sent.query != "beta=true" || sent.body != `{"model":"M2"}` {
		t.Errorf("%+v", sent)
	}
	for name, want := range map[string]string{
		"Authorization":     "Bearer " + tokenOf(alpha, 1).Reveal(),
		"Anthropic-Version": "2023-06-01",
		"Anthropic-Beta":    "interleaved-thinking-2025-05-14,claude-code-20250219",
		"X-Api-Key":         "", "Cookie": "", "X-Secret-Hop": "", "X-Forwarded-For": "", "Connection": "", "Upgrade": "",
		"X-Provider": "wants this",
	} {
		if have := strings.Join(sent.header[name], "|"); have != want {
			t.Errorf("%s is %q, want %q", name, have, want)
		}
	}
}

// An upstream that sends the next event only when the program has read the one
// before shows that nothing waits in the proxy.
func TestProxy_PassesEventsOnOneByOne(t *testing.T) {
	read := make(chan bool)
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 5 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
			<-read
		}
	})
	res, err := http.DefaultClient.Do(r.request(http.MethodPost, "/anthropic/v1/messages", `{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewReader(res.Body)
	for i := range 5 {
		line, err := lines.ReadString('\n')
		if err != nil || line != fmt.Sprintf("data: %d\n", i) {
			t.Fatalf("%q, %v", line, err)
		}
		_, _ = lines.ReadString('\n')
		read <- true
	}
	if rest, err := io.ReadAll(lines); err != nil || len(rest) != 0 {
		t.Errorf("%q, %v", rest, err)
	}
}

func TestProxy_ARefusedTokenIsRefreshedOnce(t *testing.T) {
	var requests atomic.Int32
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		requests.Add(1)
		body, _ := io.ReadAll(q.Body)
		if _, gen := accountOf(q); gen < 2 {
			http.Error(w, `{"error":{"type":"authentication_error"}}`, http.StatusUnauthorized)
			return
		}
		_, _ = w.Write(body)
	})
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			body := fmt.Sprintf(`{"model":"M2","n":%d}`, i)
			if got := r.do(r.request(http.MethodPost, "/anthropic/v1/messages", body)); got.status != http.StatusOK || got.body != body {
				t.Errorf("%+v", got)
			}
		})
	}
	all.Wait()
	if r.book.rotations != 1 || len(r.book.refusals) != 0 {
		t.Errorf("%d rotations, %d accounts refused", r.book.rotations, len(r.book.refusals))
	}
}

func TestProxy_FailsOver(t *testing.T) {
	for name, tc := range map[string]struct {
		refuse http.HandlerFunc
		passed bool // to the next account
		noted  int  // refusals that are written down
	}{
		"429 with a time":  {refuseWith(429, "Retry-After", "60", `{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}`), true, 1},
		"429 without":      {refuseWith(429, "", "", `{}`), true, 1},
		"402":              {refuseWith(402, "", "", `{"error":{"code":"insufficient_quota"}}`), true, 1},
		"529 with a time":  {refuseWith(529, "Retry-After", "60", `{}`), true, 1},
		"529 without":      {refuseWith(529, "", "", `{}`), true, 0},
		"no money, as 500": {refuseWith(500, "", "", `{"type":"error","error":{"type":"api_error","message":"insufficient balance (1008)"}}`), true, 1},
		"401 twice":        {refuseWith(401, "", "", `{"error":{"type":"authentication_error"}}`), true, 1},
		"403":              {refuseWith(403, "", "", `{}`), false, 1},
		"500":              {refuseWith(500, "", "", `{}`), false, 0},
		"400":              {refuseWith(400, "", "", `{}`), false, 0},
		"a firewall":       {refuseWith(403, "Cf-Mitigated", "challenge", `<html>`), false, 0},
		"its rate limit":   {refuseWith(429, "Retry-After", "60", `<html>`), false, 0},
		"a portal's 401":   {refuseWith(401, "Content-Type", "text/html", `sign in to the network`), false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
				if id, _ := accountOf(q); id == alpha {
					tc.refuse(w, q)
					return
				}
				fine(w, q)
			})
			got := r.message()
			if tc.passed != (got.status == http.StatusOK) {
				t.Errorf("%+v", got)
			}
			if len(r.book.refusals[beta]) != 0 {
				t.Error("the refusal was written down for the account that served")
			}
			if len(r.book.refusals[alpha]) != tc.noted || r.book.rotations > 0 && name != "401 twice" {
				t.Errorf("%d rotations, %+v", r.book.rotations, r.book.refusals)
			}
		})
	}
}

func refuseWith(status int, name, value, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if name != "" {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestProxy_OneAccountsPathStaysWithIt(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if id, _ := accountOf(q); id == alpha {
			refuseWith(429, "Retry-After", "60", `{}`)(w, q)
			return
		}
		fine(w, q)
	})
	for id, want := range map[string]int{alpha: 429, beta: 200, "c3c3c3c3c3": 404, "work": 404} {
		if got := r.do(r.request(http.MethodPost, "/account/"+id+"/anthropic/v1/messages", `{}`)); got.status != want {
			t.Errorf("%s: %+v", id, got)
		}
	}
}

func TestProxy_WhenNobodyCanServe(t *testing.T) {
	r := newRig(t, refuseWith(429, "Retry-After", "60", `{}`))
	r.message() // lets both rest
	got := r.message()
	seconds, _ := strconv.Atoi(got.header.Get("Retry-After"))
	if got.status != 429 || seconds < 58 || seconds > 60 || !strings.Contains(got.body, `"rate_limit_error"`) || !strings.Contains(got.body, "before noon") {
		t.Errorf("%+v", got)
	}
	r.book.mu.Lock()
	r.book.dead[alpha], r.book.dead[beta] = true, true
	clear(r.book.cooling)
	r.book.mu.Unlock()
	if got := r.message(); got.status != 403 || !strings.Contains(got.body, "hermes-tui login") || got.header.Get("X-Should-Retry") != "false" {
		t.Errorf("%+v", got)
	}
}

func TestProxy_ADeadGrantIsA403AndTheNextAccountServes(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if id, _ := accountOf(q); id == alpha {
			refuseWith(401, "", "", `{}`)(w, q)
			return
		}
		fine(w, q)
	})
	r.book.stuck = &autherr.Error{Kind: autherr.SignIn, Message: "work needs to sign in again", Hint: "run `hermes-tui login`"}
	r.works()
	if got := r.do(r.request(http.MethodPost, "/account/"+alpha+"/anthropic/v1/messages", `{}`)); got.status != 403 || !strings.Contains(got.body, "login") {
		t.Errorf("%+v", got)
	}
}

func TestProxy_NothingIsSentAgainAfterTheFirstByte(t *testing.T) {
	var requests atomic.Int32
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	res, err := http.DefaultClient.Do(r.request(http.MethodPost, "/anthropic/v1/messages", `{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err == nil || string(got) != "data: 1\n\n" || requests.Load() != 1 {
		t.Errorf("%q, %v after %d requests: a cut stream must look cut", got, err, requests.Load())
	}
}

func TestProxy_TokensGoOnlyWhereTheyAreBound(t *testing.T) {
	var elsewhere atomic.Int32
	other := newRig(t, func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) })
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, other.upstream.URL+q.URL.Path, http.StatusTemporaryRedirect)
	})
	if got := r.message(); got.status != http.StatusBadGateway || got.header.Get("Location") != "" {
		t.Errorf("a redirect: %+v", got)
	}
	for _, base := range []string{other.upstream.URL + "/anthropic", "http://example.org/anthropic", "ftp://x", "::"} {
		r.book.tokens[alpha].BaseURL = base
		if got := r.message(); got.status != http.StatusForbidden {
			t.Errorf("%s: %+v", base, got)
		}
	}
	if elsewhere.Load() != 0 {
		t.Error("a token went to another host")
	}
	r.book.tokens[alpha].API, r.book.blind = "codex_responses", true
	if got := r.message(); got.status != http.StatusNotFound {
		t.Errorf("an account of another API: %+v", got)
	}
}

func TestProxy_AProviderThatRepeatsTheToken(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"bad header `+q.Header.Get("Authorization")+`"}`)
	})
	got := r.message()
	if got.status != 400 || strings.Contains(got.body, tokenOf(alpha, 1).Reveal()) || !strings.HasSuffix(got.body, `"}`) {
		t.Errorf("%+v", got)
	}
}

func TestProxy_AnUpstreamThatIsGone(t *testing.T) {
	r := newRig(t, fine)
	r.upstream.Close()
	if got := r.message(); got.status != http.StatusBadGateway || !strings.Contains(got.body, "could not be reached") {
		t.Errorf("%+v", got)
	}
}

func TestProxy_AProgramThatLeavesStopsTheUpstream(t *testing.T) {
	arrived, left := make(chan bool), make(chan bool)
	r := newRig(t, func(_ http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body) // a server looks for the end of its connection after that
		close(arrived)
		<-q.Context().Done()
		close(left)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	if res, err := http.DefaultClient.Do(r.request(http.MethodPost, "/anthropic/v1/messages", `{}`).WithContext(ctx)); err == nil {
		res.Body.Close()
		t.Fatal("it did not leave")
	}
	select {
	case <-left:
	case <-time.After(time.Minute):
		t.Fatal("the provider goes on for nobody")
	}
	if len(r.book.refusals) != 0 {
		t.Error("that is no refusal")
	}
}

func TestModelOf(t *testing.T) {
	for body, want := range map[string]string{
		`{"model":"M2","messages":[]}`:                       "M2",
		`{"messages":[{"model":"no"}],"max":1,"model":"M2"}`: "M2",
		`{"model":7}`:      "",
		`{"messages":[]}`:  "",
		`[{"model":"M2"}]`: "", ``: "", `{`: "", `{"a":`: "", `{"model`: "",
		`{"model":"a\u001b[31mb"}`: "ab",
	} {
		if got := modelOf([]byte(body)); got != want {
			t.Errorf("%s is %q, want %q", body, got, want)
		}
	}
}

func FuzzModelOf(f *testing.F) {
	f.Add([]byte(`{"messages":[{"model":"no"}],"model":"M2"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if m := modelOf(body); len([]rune(m)) > 100 || strings.ContainsAny(m, "\x1b\n") {
			t.Errorf("%q", m)
		}
	})
}

func TestFilterBetas(t *testing.T) {
	broken := brokenBetas("minimax-oauth")
	for _, tc := range []struct{ sent, want []string }{
		{nil, nil},
		{[]string{"context-1m-2025-08-07"}, nil},
		{[]string{"a, context-1m-2025-08-07 ,b", "c"}, []string{"a,b,c"}},
		{[]string{" , "}, nil},
	} {
		h := http.Header{}
		if tc.sent != nil {
			h["Anthropic-Beta"] = tc.sent
		}
		filterBetas(h, broken)
		if got := h["Anthropic-Beta"]; !slices.Equal(got, tc.want) {
			t.Errorf("%q became %q", tc.sent, got)
		}
	}
	h := http.Header{"Anthropic-Beta": {"context-1m-2025-08-07"}}
	if filterBetas(h, brokenBetas("anthropic")); h.Get("Anthropic-Beta") == "" {
		t.Error("filtered for a provider that takes it")
	}
}
