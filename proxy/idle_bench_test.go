package proxy

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// BenchmarkIdleStream tells what an open stream costs the proxy in memory: what
// it takes with the proxy between program and provider, less what it takes
// without.
func BenchmarkIdleStream(b *testing.B) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
		<-q.Context().Done()
	}))
	defer api.Close()
	r := newRig(b, fine)
	r.book.tokens = newBook(api.URL, alpha, beta).tokens
	for range b.N {
		idle(b, r.url) // so that the memory that is reused is there for both
		through, direct := idle(b, r.url), idle(b, api.URL)
		b.ReportMetric((through-direct)/1024, "KiB/stream")
	}
}

// idle opens streams side by side, since the proxy holds the head of each back
// for a moment, and returns what each of them takes, in bytes.
func idle(b *testing.B, base string) float64 {
	const streams = 200
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	before := inUse()
	open := make([]io.Closer, streams)
	var all sync.WaitGroup
	for i := range open {
		all.Go(func() {
			q, _ := http.NewRequestWithContext(ctx, http.MethodPost, base+"/anthropic/v1/messages", strings.NewReader("{\"model\":\"M2\",\"stream\":true}"))
			q.Header.Set("X-Api-Key", localKey)
			res, err := transport.RoundTrip(q)
			if err != nil {
				b.Error(err)
				return
			}
			open[i] = res.Body
		})
	}
	all.Wait()
	took := float64(inUse()-before) / streams
	cancel()
	for _, body := range open {
		if body != nil {
			_ = body.Close()
		}
	}
	return took
}

// inUse is the memory of heap and stacks after a collection.
func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
