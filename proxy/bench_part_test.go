package proxy

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

// The processes of a benchmark beside its own.
const (
	partAPI  = "api"  // the provider
	partOurs = "ours" // the proxy
	partBare = "bare" // the reverse proxy that everybody would write
)

// playing is set where this test binary is a part of a benchmark; playingFor says
// what the part is to know.
const (
	playing    = "HERMES_TUI_TEST_PART"
	playingFor = "HERMES_TUI_TEST_PART_FOR"
)

// part is a process of a benchmark.
type part struct {
	url, key string
	pid      int
}

// startPart starts a part, which ends with the benchmark. Its profile is written
// beside that of the benchmark.
func startPart(b *testing.B, name, about string) *part {
	b.Helper()
	args := []string{"-test.run=^TestPart$"}
	if to := flag.Lookup("test.cpuprofile").Value.String(); to != "" {
		args = append(args, "-test.cpuprofile="+to+"."+name)
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), playing+"="+name, playingFor+"="+about)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	url, key, ok := strings.Cut(strings.TrimSpace(line), " ")
	if err != nil || !ok {
		b.Fatalf("the part %s did not start: %q, %v", name, line, err)
	}
	return &part{url, key, cmd.Process.Pid}
}

// TestPart is a part of a benchmark, in a process of its own.
func TestPart(t *testing.T) {
	about := os.Getenv(playingFor)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	key := "none"
	switch os.Getenv(playing) {
	case "":
		t.Skip("this is a part of a benchmark")
	case partAPI:
		go func() { _ = http.Serve(l, benchAPI(about)) }() //nolint:gosec // for a benchmark on loopback
	case partBare:
		go func() { _ = (&http.Server{Handler: bare(t, about), ReadHeaderTimeout: 10 * time.Second}).Serve(l) }()
	case partOurs:
		api, provider, _ := strings.Cut(about, " ")
		c := benchCore(t, provider, api)
		made, err := c.AddClientKey(t.Context(), serve.ClientKeyOptions{Name: "bench"})
		if err != nil {
			t.Fatal(err)
		}
		key = made.Secret.Reveal()
		s := New(Options{Accounts: c, Keys: c, Clock: clock.System{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		go func() { _ = s.Serve(t.Context(), l) }()
	}
	fmt.Printf("http://%s %s\n", l.Addr(), key)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the benchmark ends
}

// benchCore is an account at the API of the benchmark.
func benchCore(t testing.TB, provider, api string) *core.Core {
	portal := startPortal(t, time.Hour)
	if provider == "minimax" {
		c := openCore(t, t.TempDir(), portal.URL(), api)
		signIn(t, c, "work")
		return c
	}
	c := openCoreWith(t, t.TempDir(), provider, portal.URL(), api+"/v1")
	if _, err := c.AddKey(t.Context(), core.KeyOptions{Provider: provider, Label: "work"}, secret.New("sk-sandbox-key-of-a-benchmark")); err != nil {
		t.Fatal(err)
	}
	return c
}

// How soon the provider of a benchmark answers: as a fast model does, or at once.
const (
	paceModel  = "model"
	paceAtOnce = "at-once"
)

// benchAPI answers as the API of a path does, in one piece or in a stream.
type benchAPI string

// wait is until a model has thought, or has its next word.
func (pace benchAPI) wait(d time.Duration) {
	if pace == paceModel {
		<-clock.System{}.After(d)
	}
}

func (pace benchAPI) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	pace.wait(50 * time.Millisecond)
	begin, event, end := benchAnswers(q.URL.Path)
	w.Header().Set("X-Request-Id", "req_0123456789")
	if !bytes.HasSuffix(body, []byte(`"stream":true}`)) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"m_1","content":[{"type":"text","text":"`+benchText+`"}],"usage":{"input_tokens":1,"output_tokens":2,"prompt_tokens":1,"completion_tokens":2}}`)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for i := range 22 {
		text := event
		switch i {
		case 0:
			text = begin
		case 21:
			text = end
		}
		if i > 0 {
			pace.wait(5 * time.Millisecond)
		}
		_, _ = io.WriteString(w, text+"\n\n")
		w.(http.Flusher).Flush()
	}
}

// benchAnswers are the events of a stream: the first, those with text, the last.
func benchAnswers(path string) (begin, event, end string) {
	switch {
	case strings.HasSuffix(path, "/messages"):
		return "event: message_start\ndata: " + `{"type":"message_start","message":{"id":"m_1","usage":{"input_tokens":1,"output_tokens":1}}}`,
			"event: content_block_delta\ndata: " + `{"type":"content_block_delta","delta":{"text":"word"}}`,
			"event: message_delta\ndata: " + `{"type":"message_delta","usage":{"output_tokens":20}}`
	case strings.HasSuffix(path, "/chat/completions"):
		return `data: {"id":"c_1","choices":[{"index":0,"delta":{"role":"assistant"}}]}`,
			`data: {"id":"c_1","choices":[{"index":0,"delta":{"content":"word"}}]}`,
			`data: {"id":"c_1","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":20}}` + "\n\ndata: [DONE]"
	default:
		return "event: response.created\ndata: " + `{"type":"response.created","response":{"id":"resp_1"}}`,
			"event: response.output_text.delta\ndata: " + `{"type":"response.output_text.delta","delta":"word"}`,
			"event: response.completed\ndata: " + `{"type":"response.completed","response":{"id":"resp_1","usage":{"input_tokens":1,"output_tokens":20}}}`
	}
}

// bare is the reverse proxy that everybody would write.
func bare(t *testing.T, to string) http.Handler {
	return bareTo(t, to, newTransport(nil, 10*time.Second))
}

func bareTo(t testing.TB, to string, by http.RoundTripper) http.Handler {
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:    func(r *httputil.ProxyRequest) { r.SetURL(u); r.Out.Header.Set("Authorization", "Bearer x") },
		Transport:  by,
		BufferPool: &barePool{sync.Pool{New: func() any { return make([]byte, 32<<10) }}},
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

// barePool is the pool of buffers that everybody would write.
type barePool struct{ sync.Pool }

// Get implements [httputil.BufferPool].
func (p *barePool) Get() []byte { return p.Pool.Get().([]byte) }

// Put implements [httputil.BufferPool].
func (p *barePool) Put(b []byte) { p.Pool.Put(b) } //nolint:staticcheck // as everybody would

// tick is the unit of the times in /proc/PID/stat (proc_pid_stat(5)).
const tick = 10 * time.Millisecond

// cpu is the processor time that the part has taken, 0 where the system does not
// tell.
func (p *part) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if err != nil || len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}
