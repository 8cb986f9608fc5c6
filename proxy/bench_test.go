package proxy

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkAgainstReverseProxy compares the proxy, on real accounts, with its access
// log on and its counters kept, with a bare httputil.ReverseProxy that buffers the
// request too. Program, proxy and provider are processes of their own, and both
// proxies are asked in turns within one run, so that whatever else the machine does
// hits both. The provider answers as soon as a fast model does, or at once, which no model
// can, so that nothing hides what the proxies take. What must hold, with a model:
// p50-ratio and delta-ratio, which is until the first text comes, at most 1.05, req/s-ratio
// at least 0.95. cpu-ratio is the processor time of the two processes for a request.
func BenchmarkAgainstReverseProxy(b *testing.B) {
	for _, pace := range []string{paceModel, paceAtOnce} {
		b.Run(pace, func(b *testing.B) { againstReverseProxy(b, startPart(b, partAPI, pace)) })
	}
}

func againstReverseProxy(b *testing.B, api *part) {
	for _, w := range benchWires {
		ours, bare := startPart(b, partOurs, api.url+" "+w.provider), startPart(b, partBare, api.url)
		for _, stream := range []bool{false, true} {
			for _, programs := range []int{1, 64} {
				name := fmt.Sprintf("%s/%s/%d", w.name, map[bool]string{false: "json", true: "sse"}[stream], programs)
				b.Run(name, func(b *testing.B) { compare(b, w, stream, programs, ours, bare) })
			}
		}
	}
}

// benchWire is a format in which the proxies are asked.
type benchWire struct {
	name, path string
	provider   string // whose accounts speak it
	body       string // but for the end, which says whether it is streamed
}

var benchText = strings.Repeat("hello ", 200)

var benchWires = []benchWire{
	{"messages", "/anthropic/v1/messages", "minimax", `{"model":"MiniMax-M2.7","max_tokens":1024,"messages":[{"role":"user","content":"` + benchText + `"}]`},
	{"chat", "/openai/v1/chat/completions", "openai-api", `{"model":"gpt-5","messages":[{"role":"user","content":"` + benchText + `"}]`},
	{"responses", "/openai/v1/responses", "openai-api", `{"model":"gpt-5","store":false,"prompt_cache_key":"019","input":[{"role":"user","content":[{"type":"input_text","text":"` + benchText + `"}]}]`},
}

// compare asks both proxies in turns, by so many programs at once.
func compare(b *testing.B, w benchWire, stream bool, programs int, ours, bare *part) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: programs, DisableCompression: true}}
	defer client.CloseIdleConnections()
	body := fmt.Sprintf(`%s,"stream":%v}`, w.body, stream)
	ask := func(p *part) func() time.Time {
		return func() (first time.Time) {
			q, _ := http.NewRequest(http.MethodPost, p.url+w.path, strings.NewReader(body))
			q.Header.Set("Authorization", "Bearer "+p.key)
			q.Header.Set("Content-Type", "application/json")
			q.Header.Set("User-Agent", "bench/1.0")
			res, err := client.Do(q)
			if err != nil {
				b.Error(err)
				return first
			}
			for buffer := make([]byte, 4<<10); err == nil; {
				var n int
				n, err = res.Body.Read(buffer)
				if first.IsZero() && (bytes.Contains(buffer[:n], []byte(`"word"`)) || !stream) {
					first = time.Now()
				}
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				b.Error(res.Status)
			}
			return first
		}
	}
	sides := []*side{{part: ours, ask: ask(ours)}, {part: bare, ask: ask(bare)}}
	for _, s := range sides {
		load(programs*16, programs, s.ask) // warm up
		s.cpu = -s.part.cpu()
	}
	b.ResetTimer()
	for round := range b.N {
		for i := range sides {
			s := sides[(i+round)%len(sides)]
			took, first, span := load(max(64, programs*8), programs, s.ask)
			s.took, s.first, s.span = append(s.took, took...), append(s.first, first...), s.span+span
		}
	}
	b.StopTimer()
	for _, s := range sides {
		s.cpu += s.part.cpu()
	}
	mine, theirs := sides[0], sides[1]
	b.ReportMetric(quantile(mine.took, .5)/quantile(theirs.took, .5), "p50-ratio")
	b.ReportMetric(quantile(mine.took, .99)/quantile(theirs.took, .99), "p99-ratio")
	b.ReportMetric(quantile(mine.first, .5)/quantile(theirs.first, .5), "delta-ratio")
	b.ReportMetric(theirs.span.Seconds()/mine.span.Seconds(), "req/s-ratio")
	b.ReportMetric(float64(mine.cpu)/float64(theirs.cpu), "cpu-ratio")
	b.ReportMetric(quantile(mine.took, .5)-quantile(theirs.took, .5), "added-µs")
	b.ReportMetric(quantile(theirs.took, .5), "bare-p50-µs")
	b.ReportMetric(float64(mine.cpu.Microseconds())/float64(len(mine.took)), "cpu-µs")
	b.ReportMetric(float64(theirs.cpu.Microseconds())/float64(len(theirs.took)), "bare-cpu-µs")
	b.ReportMetric(0, "ns/op")
}

// side is one of the two proxies and what was measured of it.
type side struct {
	part        *part
	ask         func() (first time.Time) // when its first text came
	took, first []time.Duration
	span        time.Duration
	cpu         time.Duration
}

// quantile is in microseconds.
func quantile(all []time.Duration, q float64) float64 {
	slices.Sort(all)
	return float64(all[int(q*float64(len(all)-1))].Nanoseconds()) / 1e3
}

// load asks n times, by so many programs at once, and returns how long each took, until
// its first text came, and all of them together.
func load(n, programs int, ask func() time.Time) (took, first []time.Duration, span time.Duration) {
	took, first = make([]time.Duration, n), make([]time.Duration, n)
	began := time.Now()
	var all sync.WaitGroup
	for c := range programs {
		all.Go(func() {
			for i := c; i < n; i += programs {
				start := time.Now()
				first[i] = ask().Sub(start)
				took[i] = time.Since(start)
			}
		})
	}
	all.Wait()
	return took, first, time.Since(began)
}
