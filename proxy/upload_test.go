package proxy

import (
	"bytes"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A stream may go on for hours after its request was sent: what the request takes of
// the bound on all bodies is free for others then.
func TestUpload_IsGivenBackWhenTheAnswerBegins(t *testing.T) {
	const most = 1 << 20
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "event: message_start\ndata: {\"type\":\"message_start\"}\n\n")
		w.(http.Flusher).Flush()
		<-q.Context().Done()
	}, func(o *Options) { o.MaxBodies = most })
	for range 3 { // each takes more than a third
		res, err := http.DefaultTransport.RoundTrip(r.request(http.MethodPost, "/anthropic/v1/messages", `{"model":"M2","stream":true,"x":"`+strings.Repeat("x", most/2)+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		if res.StatusCode != http.StatusOK {
			t.Fatal(res.Status)
		}
		if _, err := io.ReadFull(res.Body, make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); r.server.bodies.used.Load() > 0; runtime.Gosched() {
			if time.Now().After(deadline) {
				t.Fatalf("%d bytes are held by a stream that has begun", r.server.bodies.used.Load())
			}
		}
	}
}

// An answer may begin before its request was read: the rest of that is still sent, and
// held until then.
func TestUpload_IsHeldWhileItIsRead(t *testing.T) {
	of := &allowance{most: 1 << 20}
	text := bytes.Repeat([]byte("0123456789abcdef"), 1<<10)
	of.take(int64(len(text)))
	u := newUpload(text, of, int64(len(text)))
	first, second := u.open(), u.open()
	start := make([]byte, 100)
	if _, err := io.ReadFull(first, start); err != nil {
		t.Fatal(err)
	}
	_ = second.Close()
	u.sent()
	if of.used.Load() != int64(len(text)) {
		t.Errorf("%d bytes held while a try reads on, want %d", of.used.Load(), len(text))
	}
	rest, err := io.ReadAll(first)
	if err != nil || !bytes.Equal(append(start, rest...), text) {
		t.Errorf("%d bytes more, %v", len(rest), err)
	}
	for range 2 {
		_ = first.Close()
		if n, err := first.Read(start); n != 0 || err == nil {
			t.Errorf("closed, it reads %d bytes, %v", n, err)
		}
	}
	u.giveBack()
	if of.used.Load() != 0 || u.bytes != nil || u.size != len(text) {
		t.Errorf("%d bytes held in the end", of.used.Load())
	}
}
