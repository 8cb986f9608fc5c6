package proxy

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
)

func limited(t *testing.T, texts ...string) clientkey.Key {
	t.Helper()
	return bound(func(k *clientkey.Key) {
		for _, text := range texts {
			l, err := budget.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			k.Limits = append(k.Limits, l)
		}
	})
}

// Of streams side by side no more are let through than a limit has room for,
// whatever they come to; the next one is told when it may come again, in the shape
// of its wire.
func TestLimit_SideBySide(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	key := limited(t, "5-requests/hour")
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		reached.Add(1)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, start+text+delta("40"))
	}, func(o *Options) { o.Keys = clientkey.One{Key: key} })
	var refused, served atomic.Int64
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			switch got := r.message(); got.status {
			case http.StatusOK:
				served.Add(1)
			case http.StatusTooManyRequests:
				refused.Add(1)
				if !strings.Contains(got.body, `"type":"rate_limit_error"`) || got.header.Get("Retry-After") == "" {
					t.Errorf("%s %v", got.body, got.header)
				}
			default:
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	all.Wait()
	if served.Load() != 5 || refused.Load() != 27 || reached.Load() != 5 {
		t.Errorf("%d served, %d refused, %d were sent on", served.Load(), refused.Load(), reached.Load())
	}
	got := r.message()
	if !strings.Contains(got.body, "has used up its 5-requests/hour; it serves again at ") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// What a request is charged: what its answer tells, what has served nobody nothing,
// and what tells nothing more than it can have been.
func TestLimit_Charges(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3000)
	for name, c := range map[string]struct {
		kind, answer string
		status       int
		least, most  uint64
	}{
		"a whole answer":     {"application/json", `{"usage":{"input_tokens":25,"cache_read_input_tokens":5,"output_tokens":40}}`, 200, 70, 70},
		"a stream":           {"text/event-stream", start + text + delta("40"), 200, 172, 172},
		"a refusal":          {"application/json", `{"type":"error","error":{"type":"invalid_request_error","message":"no"}}`, 400, 0, 0},
		"what tells nothing": {"application/json", `{"text":"` + long + `"}`, 200, 3000, 3200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := limited(t, "1M-tokens/day")
			r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			}, func(o *Options) { o.Keys = clientkey.One{Key: key} })
			r.message()
			for deadline := time.Now().Add(10 * time.Second); ; {
				spent, err := r.book.books.Read(key.ID, key.Limits)
				if err != nil {
					t.Fatal(err)
				}
				if used := spent[0].Used; used >= c.least && used <= c.most {
					break
				} else if time.Now().After(deadline) {
					t.Fatalf("%d tokens, want %d to %d", used, c.least, c.most)
				}
			}
		})
	}
}

// What cannot be counted is refused to a key with limits.
func TestLimit_WhatCannotBeCounted(t *testing.T) {
	t.Parallel()
	reached := 0
	key := limited(t, "1M-tokens/day")
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) { reached++; fine(w, q) }, func(o *Options) { o.Keys = clientkey.One{Key: key} })
	r.speak()
	for path, body := range map[string]string{
		"/openai/v1/responses":                     `{"model":"m","input":"x","background":true}`,
		"/account/" + alpha + "/openai/v1/batches": `{"input_file_id":"f"}`,
	} {
		got := r.do(r.request(http.MethodPost, path, body))
		if f := failureOf(t, got.body); got.status != 403 || f.Error.Code != "key_not_allowed" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if reached != 0 {
		t.Errorf("%d were sent on", reached)
	}
}

func TestWorstOf(t *testing.T) {
	for body, want := range map[string]uint64{ // 0: it is refused
		`{"model":"m","max_tokens":100}`:                  130,
		`{"model":"m","max_completion_tokens":100,"n":3}`: 347,
		`{"model":"m"}`: 13 + mostOutput,
		`{"max_output_tokens":10,"previous_response_id":"r"}`:  unbounded,
		`{"max_output_tokens":10,"previous_response_id":null}`: 10 + 52,
		`{"MAX_TOKENS":7}`:                                           16 + 7,
		`{"max_tokens":-1}`:                                          17 + mostOutput,
		`{"max_tokens":null}`:                                        19 + mostOutput,
		`{"max_tokens":1000,"max_completion_tokens":1}`:              45 + 1000,
		`{"max_tokens":99999999999999999999}`:                        35 + mostOutput,
		`{"max_tokens":18446744073709551615,"n":4}`:                  unbounded,
		`{"max_tokens":1,"background":null,"\u0062ackground":false}`: 58 + 1,
		`{"max_tokens":1,"background":1}`:                            0,
		`{"max_tokens":1,"background":"true"}`:                       0,
		"\x28\xb5\x2f\xfd":                                           0,
		"\ufeff{}":                                                   0,
		"":                                                           0,
		"  ":                                                         0,
	} {
		got, ok := worstOf([]byte(body))
		if !ok {
			got = 0
		}
		if got != want {
			t.Errorf("%q: %d, want %d", body, got, want)
		}
	}
}

// A program that leaves before its answer has begun is charged all the same: an
// account may have made the whole of it.
func TestLimit_TheProgramLeaves(t *testing.T) {
	t.Parallel()
	asked, key := make(chan struct{}), limited(t, "2-requests/hour")
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		close(asked)
		<-q.Context().Done()
	}, func(o *Options) { o.Keys = clientkey.One{Key: key} })
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-asked; leave() }()
	if res, err := http.DefaultClient.Do(r.request(http.MethodPost, messages, `{"model":"M2"}`).WithContext(ctx)); err == nil {
		_ = res.Body.Close()
		t.Fatal("there is an answer")
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		spent, err := r.book.books.Read(key.ID, key.Limits)
		if err != nil {
			t.Fatal(err)
		}
		if spent[0].Used == 1 {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("%+v", spent)
		}
	}
}
