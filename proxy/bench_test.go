package proxy

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// connections is how many programs ask at once.
const connections = 64

// BenchmarkAgainstReverseProxy compares the proxy, on real accounts and with
// its access log on, with a bare httputil.ReverseProxy that buffers the request
// too. Both are asked in turns within one run, so that whatever else the machine
// does hits both. p50-ratio is the one that must stay under 1.15.
func BenchmarkAgainstReverseProxy(b *testing.B) {
	for name, upstream := range map[string]http.HandlerFunc{"json": benchJSON, "sse": benchSSE} {
		b.Run(name, func(b *testing.B) {
			api := httptest.NewServer(upstream)
			defer api.Close()
			c := openCore(b, b.TempDir(), startPortal(b, time.Hour).URL(), api.URL)
			signIn(b, c, "work")
			ours := New(Options{Accounts: c, Keys: c, Clock: clock.System{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
			key, err := c.ProxyKey(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			// The same server for both, so that only the handlers differ.
			ourServer, bareServer := httptest.NewServer(ours), httptest.NewServer(bare(b, api.URL))
			defer ourServer.Close()
			defer bareServer.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}}
			defer client.CloseIdleConnections()
			ask := func(base string) func() {
				return func() {
					q, _ := http.NewRequest(http.MethodPost, base+"/anthropic/v1/messages", strings.NewReader(benchBody))
					q.Header.Set("X-Api-Key", key.Reveal())
					q.Header.Set("Anthropic-Version", "2023-06-01")
					res, err := client.Do(q)
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
					if res.StatusCode != http.StatusOK {
						b.Error(res.Status)
					}
				}
			}
			askOurs, askBare := ask(ourServer.URL), ask(bareServer.URL)
			load(connections*4, askOurs) // warm up
			load(connections*4, askBare)
			b.ResetTimer()
			var mine, theirs []time.Duration
			var mySpan, theirSpan time.Duration
			for range b.N {
				took, span := load(connections*8, askOurs)
				mine, mySpan = append(mine, took...), mySpan+span
				took, span = load(connections*8, askBare)
				theirs, theirSpan = append(theirs, took...), theirSpan+span
			}
			b.ReportMetric(float64(quantile(mine, .5))/float64(quantile(theirs, .5)), "p50-ratio")
			b.ReportMetric(float64(quantile(mine, .99))/float64(quantile(theirs, .99)), "p99-ratio")
			b.ReportMetric(float64(quantile(mine, .5).Microseconds()), "p50-µs")
			b.ReportMetric(float64(quantile(theirs, .5).Microseconds()), "bare-p50-µs")
			b.ReportMetric(float64(quantile(mine, .99).Microseconds()), "p99-µs")
			b.ReportMetric(float64(len(mine))/mySpan.Seconds(), "req/s")
			b.ReportMetric(float64(len(theirs))/theirSpan.Seconds(), "bare-req/s")
		})
	}
}

var benchBody = `{"model":"MiniMax-M2.7","max_tokens":1024,"stream":true,"messages":[{"role":"user","content":"` + strings.Repeat("hello ", 200) + `"}]}`

func benchJSON(w http.ResponseWriter, q *http.Request) {
	_, _ = io.Copy(io.Discard, q.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"type":"message","content":[{"type":"text","text":"`+strings.Repeat("word ", 200)+`"}]}`)
}

func benchSSE(w http.ResponseWriter, q *http.Request) {
	_, _ = io.Copy(io.Discard, q.Body)
	w.Header().Set("Content-Type", "text/event-stream")
	for range 20 {
		_, _ = io.WriteString(w, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"word\"}}\n\n")
		w.(http.Flusher).Flush()
	}
}

// bare is the reverse proxy that everybody would write.
func bare(b *testing.B, to string) http.Handler {
	u, err := url.Parse(to)
	if err != nil {
		b.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:    func(r *httputil.ProxyRequest) { r.SetURL(u); r.Out.Header.Set("Authorization", "Bearer x") },
		Transport:  newTransport(nil, 10*time.Second),
		BufferPool: newBuffers(),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	})
}

// load asks n times over all connections, and returns how long each took and
// all of them together.
func load(n int, ask func()) ([]time.Duration, time.Duration) {
	took := make([]time.Duration, n)
	began := time.Now()
	var all sync.WaitGroup
	for c := range connections {
		all.Go(func() {
			for i := c; i < n; i += connections {
				start := time.Now()
				ask()
				took[i] = time.Since(start)
			}
		})
	}
	all.Wait()
	return took, time.Since(began)
}

func quantile(all []time.Duration, q float64) time.Duration {
	slices.Sort(all)
	return all[int(q*float64(len(all)-1))]
}

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
			q, _ := http.NewRequestWithContext(ctx, http.MethodPost, base+"/anthropic/v1/messages", strings.NewReader(benchBody))
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
