package proxy

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// Where no other account can serve, what the provider said goes through as it
// came: status, body, and the id by which the provider finds the request.
func TestProxy_TheProvidersOwnAnswer(t *testing.T) {
	const body = `{"type":"error","error":{"type":"x_error","message":"its own words"},"request_id":"req_body"}`
	for name, tc := range map[string]struct {
		status int
		header []string
		dead   bool // the second account needs to sign in

		after int // Retry-After at least; -1: none
	}{
		"429":                       {429, nil, false, -1},
		"429 with a time":           {429, []string{"Retry-After", "60"}, false, 60},
		"429 with a later time":     {429, []string{"Retry-After", "9", "Anthropic-Ratelimit-Unified-Reset", "99999999999"}, false, 9},
		"429, the other signed out": {429, []string{"Retry-After", "60"}, true, 60},
		"529":                       {529, nil, false, -1},
		"529 with a time":           {529, []string{"Retry-After", "60"}, false, 60},
		"402":                       {402, nil, false, -1},
		"403":                       {403, nil, false, -1},
		"500":                       {500, nil, false, -1},
		"413":                       {413, nil, true, -1},
	} {
		t.Run(name, func(t *testing.T) {
			var sent atomic.Int32
			r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
				w.Header().Set("Request-Id", "req_"+strconv.Itoa(int(sent.Add(1))))
				for i := 0; i < len(tc.header); i += 2 {
					w.Header().Set(tc.header[i], tc.header[i+1])
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, body)
			})
			r.book.dead[beta] = tc.dead
			got := r.message()
			last := "req_" + strconv.Itoa(int(sent.Load()))
			if got.status != tc.status || got.body != body || got.header.Get("Request-Id") != last || got.header.Get("Content-Length") != strconv.Itoa(len(body)) {
				t.Errorf("%+v", got)
			}
			after, err := strconv.Atoi(got.header.Get("Retry-After"))
			if tc.after >= 0 && (err != nil || after < tc.after-1) || tc.after < 0 && err == nil {
				t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
			}
		})
	}
}

// Retry-After is when the first account serves again, where that is later than
// what the last one was told.
func TestProxy_RetryAfterIsAtLeastOurs(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		after := map[string]string{alpha: "600", beta: "900"}
		id, _ := accountOf(q)
		w.Header().Set("Retry-After-Ms", "1000") // a gateway's
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(429)
		_, _ = io.WriteString(w, `{"error":{"type":"usage_limit_reached","resets_in_seconds":`+after[id]+`}}`)
	})
	got := r.message()
	if after, _ := strconv.Atoi(got.header.Get("Retry-After")); got.status != 429 || after < 590 || after > 600 || got.header.Get("Retry-After-Ms") != "" {
		t.Errorf("%+v", got)
	}
}

// A later time that the provider names is not made an earlier one.
func TestProxy_RetryAfterIsNeverLowered(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		id, _ := accountOf(q)
		refuseWith(429, "Retry-After", map[string]string{alpha: "600", beta: "900"}[id], `{}`)(w, q)
	})
	if got := r.message(); got.status != 429 || got.header.Get("Retry-After") != "900" {
		t.Errorf("%+v", got)
	}
}

// A token that is refused, a new one too, is the one answer that is told in our
// words; the provider's id of the request stays.
func TestProxy_ARefusedTokenKeepsTheRequestID(t *testing.T) {
	r := newRig(t, refuseWith(401, "Request-Id", "req_1", `{"error":{"message":"no"}}`))
	got := r.message()
	if got.status != 403 || got.header.Get("Request-Id") != "req_1" || !strings.Contains(got.body, "a new one too: no; sign in again") {
		t.Errorf("%+v", got)
	}
}

// The next account's network trouble does not hide what the provider said before.
func TestProxy_TheFirstAnswerOutlivesAFailure(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if id, _ := accountOf(q); id == beta {
			panic(http.ErrAbortHandler)
		}
		refuseWith(429, "Retry-After", "60", `{"of":"alpha"}`)(w, q)
	})
	if got := r.message(); got.status != 429 || got.body != `{"of":"alpha"}` {
		t.Errorf("%+v", got)
	}
	if got := r.message(); got.status != 502 {
		t.Errorf("nothing was said: %+v", got)
	}
}

// Nor does the next account's refused token, which is told in our words.
func TestProxy_TheFirstAnswerOutlivesARefusedToken(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if id, _ := accountOf(q); id == beta {
			refuseWith(401, "", "", `{}`)(w, q)
			return
		}
		refuseWith(429, "Retry-After", "60", `{"of":"alpha"}`)(w, q)
	})
	if got := r.message(); got.status != 429 || got.body != `{"of":"alpha"}` {
		t.Errorf("%+v", got)
	}
}

// However many accounts refuse, the one that can serve is found; but an API that
// is overloaded is not asked for each of them.
func TestProxy_AsksAsManyAsItTakes(t *testing.T) {
	ids := []string{alpha}
	for i := range 20 {
		ids = append(ids, "c"+strconv.Itoa(100000000+i))
	}
	ids = append(ids, beta)
	var status, sent atomic.Int32
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		sent.Add(1)
		if id, _ := accountOf(q); id == beta {
			fine(w, q)
			return
		}
		refuseWith(int(status.Load()), "", "", `{}`)(w, q)
	})
	pool := newBook(r.upstream.URL, ids...)
	r.book = pool
	r.server.options.Accounts = pool
	status.Store(429)
	if got := r.message(); got.status != 200 || sent.Swap(0) != 22 {
		t.Errorf("%+v", got)
	}
	status.Store(529)
	if got := r.message(); got.status != 529 || sent.Load() != mostBusy {
		t.Errorf("%+v after %d", got, sent.Load())
	}
}

// What our own words say where nothing was sent: no library's sentence.
func TestProxy_WordsWhereNothingWasSent(t *testing.T) {
	r := newRig(t, fine)
	r.upstream.Close()
	got := r.message()
	if got.status != 502 || !strings.Contains(got.body, "127.0.0.1") || !strings.Contains(got.body, "it takes no connection") || strings.Contains(got.body, "dial tcp") {
		t.Errorf("%+v", got)
	}
}

// A captive portal's page with 200 is no answer of a model.
func TestProxy_APageInPlaceOfAnAnswer(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<html>Welcome to our Wi-Fi")
	})
	if got := r.message(); got.status != 502 || !strings.Contains(got.body, "a web page came") || len(r.book.refusals) != 0 {
		t.Errorf("%+v, %v", got, r.book.refusals)
	}
}
