package proxy

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

// nowhere is an API that answers at once, without a network.
type nowhere string

func (n nowhere) RoundTrip(q *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, q.Body)
	_ = q.Body.Close()
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(n)), Request: q,
		Header: http.Header{"Content-Type": {"application/json"}, "Content-Length": {fmt.Sprint(len(n))}, "X-Request-Id": {"req_0123456789"}, "Date": {"now"}},
		Body:   io.NopCloser(strings.NewReader(string(n))),
	}, nil
}

// sink is a program that throws its answer away.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header             { return s.header }
func (s *sink) Write(b []byte) (int, error)     { return len(b), nil }
func (s *sink) WriteHeader(int)                 {}
func (s *sink) Flush()                          {}
func (s *sink) SetReadDeadline(time.Time) error { return nil }
func (s *sink) SetWriteDeadline(time.Time) error {
	return nil
}

// BenchmarkHandler is what the proxy does itself, without server and transport,
// beside the bare reverse proxy.
func BenchmarkHandler(b *testing.B) {
	for _, w := range benchWires {
		api := nowhere(`{"id":"m_1","content":[{"type":"text","text":"` + benchText + `"}],"usage":{"input_tokens":1,"output_tokens":2,"prompt_tokens":1,"completion_tokens":2}}`)
		c := benchCore(b, w.provider, "http://127.0.0.1:9")
		made, err := c.AddClientKey(b.Context(), serve.ClientKeyOptions{Name: "bench"})
		if err != nil {
			b.Fatal(err)
		}
		ours := New(Options{Accounts: c, Keys: c, Clock: clock.System{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		ours.transport = api
		other := bareTo(b, "http://127.0.0.1:9", api)
		body := w.body + "}"
		ctx := context.WithValue(context.Background(), http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8787}))
		for name, h := range map[string]http.Handler{"ours": ours, "bare": other} {
			b.Run(w.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				self := part{pid: os.Getpid()}
				began := self.cpu()
				defer func() { b.ReportMetric(float64((self.cpu()-began).Microseconds())/float64(b.N), "cpu-µs") }()
				for b.Loop() {
					q, _ := http.NewRequestWithContext(ctx, http.MethodPost, w.path, strings.NewReader(body))
					q.Host = "127.0.0.1:8787"
					q.Header = http.Header{"Authorization": {"Bearer " + made.Secret.Reveal()}, "Content-Type": {"application/json"}, "User-Agent": {"bench/1.0"}, "Accept-Encoding": {"gzip"}}
					h.ServeHTTP(&sink{http.Header{}}, q)
				}
			})
		}
	}
}
