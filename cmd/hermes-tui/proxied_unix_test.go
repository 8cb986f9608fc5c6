//go:build unix

package main_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// server is a `serve` under way.
type server struct {
	t        testing.TB
	cmd      *exec.Cmd
	url, key string
	paths    []string     // that it names
	socket   string       // empty: none
	said     lockedBuffer // its standard error, which has the access log
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve starts a proxy that ends with the test.
func (b *bench) serve(args ...string) *server {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*limit+b.lasts)
	b.t.Cleanup(cancel)
	s := &server{t: b.t, cmd: b.command(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)}
	s.cmd.Stderr = &s.said
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			s.end()
		}
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if url, ok := strings.CutPrefix(lines.Text(), "The proxy: "); ok {
			s.url = strings.TrimSuffix(strings.TrimSuffix(url, "/anthropic"), "/openai/v1")
			s.paths = append(s.paths, strings.TrimPrefix(url, s.url))
		}
		if socket, ok := strings.CutPrefix(lines.Text(), "Also on the socket "); ok {
			s.socket = socket
		}
		if strings.HasPrefix(lines.Text(), "Its key: ") { // the last line
			break
		}
	}
	if s.url == "" {
		b.t.Fatalf("serve has no address: %s", s.said.String())
	}
	s.key = strings.TrimSpace(b.must("serve", "--show-key"))
	return s
}

// end lets the proxy end and returns its exit code.
func (s *server) end() int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Error(err)
	}
	err := s.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Error(err)
	}
	return s.cmd.ProcessState.ExitCode()
}

// said is an answer of the model, or of a proxy before it.
type said struct {
	status int
	header http.Header
	body   string
}

// message is an ordinary request of the Messages API.
func (b *bench) message(base, key, path string) *http.Request {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, base+path+"/v1/messages", strings.NewReader(
		`{"model":"MiniMax-M2.7","max_tokens":100,"messages":[{"role":"user","content":"hello"}]}`))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", key)
	r.Header.Set("Anthropic-Version", "2023-06-01")
	return r
}

func (b *bench) do(r *http.Request) said {
	b.t.Helper()
	client := &http.Client{Timeout: limit}
	defer client.CloseIdleConnections()
	res, err := client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return said{res.StatusCode, res.Header, string(body)}
}

// ask asks the default pool of a proxy.
func (b *bench) ask(base, key string) said {
	b.t.Helper()
	return b.do(b.message(base, key, "/anthropic"))
}

// asked asks a proxy with its own key.
func (b *bench) asked(s *server) said {
	b.t.Helper()
	return b.ask(s.url, s.key)
}
