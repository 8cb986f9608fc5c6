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
	"time"
)

// firstOfIdle is all that comes of a stream here: the rest waits for the model.
const firstOfIdle = "event: message_start\ndata: {\"type\":\"message_start\"}\n\n"

// BenchmarkIdleStream tells what an open stream costs the proxy in memory.
func BenchmarkIdleStream(b *testing.B) {
	cost := idleCost(b)
	for range b.N {
		b.ReportMetric(cost()/1024, "KiB/stream")
	}
}

// idleCost measures what an open stream takes with the proxy between program and
// provider, less what it takes without, in bytes.
func idleCost(t testing.TB) func() float64 {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, firstOfIdle)
		w.(http.Flusher).Flush()
		<-q.Context().Done()
	}))
	t.Cleanup(api.Close)
	r := newRig(t, fine)
	r.book.tokens = newBook(api.URL, alpha, beta).tokens
	calm := runtime.NumGoroutine() + 8 // a proxy has some of its own
	return func() float64 {
		idle(t, r.url, calm) // so that the memory that is reused is there for both
		through, direct := idle(t, r.url, calm), idle(t, api.URL, calm)
		return through - direct
	}
}

// idle opens streams side by side, and returns what each of them takes, in bytes.
// Then it waits until they are gone, with all that served them.
func idle(b testing.TB, base string, calm int) float64 {
	const streams = 300
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
			if _, err := io.ReadFull(res.Body, make([]byte, len(firstOfIdle))); err != nil {
				b.Error(err)
			}
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
	transport.CloseIdleConnections()
	for deadline := time.Now().Add(time.Minute); runtime.NumGoroutine() > calm && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	return took
}

// inUse is the memory of heap and stacks when all is collected. A collection halves a
// stack once at most.
func inUse() int64 {
	for range 4 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
