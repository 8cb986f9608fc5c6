//go:build unix

package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// streamCount says how many streams are sent, and turns on the search for a
// stream that a bare proxy breaks.
const streamCount = "HERMES_TUI_TEST_STREAMS"

// Each stream is short, and its events are two milliseconds apart: what breaks
// under a bare httputil.ReverseProxy, whose server closes the request's body at
// the first write of the response while its transport still reads from it. It
// breaks only between processes.
const (
	atOnce    = 32
	perStream = 5 // words of a stream
	pause     = "2ms"
	bodies    = 16 // different requests
)

// streams are sent to a base URL, and each is compared with what the upstream
// sends.
type streams struct {
	base   string
	header http.Header
	want   [bodies][]byte
	// how many words a stream has, and how many streams are under way
	words, workers int
}

// body is one of the requests.
func body(i int) string {
	return fmt.Sprintf(`{"model":"MiniMax-M2.7","max_tokens":1000,"stream":true,"messages":[{"role":"user","content":"hello %d"}]}`, i%bodies)
}

// one sends one stream and returns its bytes.
func (s *streams) one(c *http.Client, i int) ([]byte, error) {
	r, err := http.NewRequest("POST", s.base+"/v1/messages", strings.NewReader(body(i)))
	if err != nil {
		return nil, err
	}
	r.Header = s.header.Clone()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Anthropic-Version", "2023-06-01")
	r.Header.Set("Sandbox-Events", strconv.Itoa(s.words))
	r.Header.Set("Sandbox-Pace", pause)
	res, err := c.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, got)
	}
	return got, err
}

// send sends n streams and returns how many were sent and what broke. It ends
// when enough broke.
func (s *streams) send(n, enough int) (sent int, broken []error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: s.workers}, Timeout: limit}
	defer client.CloseIdleConnections()
	var (
		next atomic.Int64
		mu   sync.Mutex
		all  sync.WaitGroup
	)
	for range s.workers {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				mu.Lock()
				over := i >= n || len(broken) >= enough
				mu.Unlock()
				if over {
					return
				}
				got, err := s.one(client, i)
				if err == nil && !bytes.Equal(got, s.want[i%bodies]) {
					err = fmt.Errorf("stream %d has %d bytes that are not the upstream's %d", i, len(got), len(s.want[i%bodies]))
				}
				mu.Lock()
				sent++
				if err != nil {
					broken = append(broken, err)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return sent, broken
}

// apart is a bench whose sandbox is a process of its own, too.
func apart(t *testing.T) *bench {
	t.Helper()
	b := emptyBench(t)
	url := b.daemon(nil, binary, "sandbox", "--access-ttl", "1h", "--auto-approve", "1ms", "--plan-requests", "100000")
	b.signIn(url)
	return b
}

// expect asks the upstream itself what each request is answered.
func (s *streams) expect(t *testing.T, upstream, token string) {
	t.Helper()
	direct := &streams{base: upstream, header: http.Header{"X-Api-Key": {token}}, words: s.words}
	for i := range bodies {
		got, err := direct.one(http.DefaultClient, i)
		if err != nil || !bytes.HasSuffix(got, []byte("{\"type\":\"message_stop\"}\n\n")) {
			t.Fatalf("%v: %q", err, got)
		}
		s.want[i] = got
	}
}

// TestStreams_ThroughServe sends streams through `serve` and compares every
// byte. Sandbox, proxy and client are three processes.
func TestStreams_ThroughServe(t *testing.T) {
	n := count(t, 1000)
	b := apart(t)
	url, key := b.serve()
	s := &streams{base: url, header: http.Header{"X-Api-Key": {key}}, words: perStream, workers: atOnce}
	s.expect(t, b.modelURL(), strings.TrimSpace(b.run(nil, binary, "token")))
	sent, broken := s.send(n, 10)
	t.Logf("%d of %d streams broke", len(broken), sent)
	if len(broken) > 0 || sent != n {
		t.Errorf("%d of %d streams broke: %v", len(broken), sent, broken)
	}
}

// TestStreams_ThroughAnExpiry ends the access token at the provider, which
// nobody here can know, while a hundred streams are under way and before a
// hundred more are asked for: there is one refresh, and no byte is missing.
func TestStreams_ThroughAnExpiry(t *testing.T) {
	const n = 100
	b := newBench(t, sandbox.Options{AccessTTL: time.Hour})
	url, key := b.serve()
	token := strings.TrimSpace(b.run(nil, binary, "token"))
	s := &streams{base: url, header: http.Header{"X-Api-Key": {key}}, words: 50, workers: n}
	s.expect(t, b.modelURL(), token)

	running := make(chan []error)
	go func() {
		_, broken := s.send(n, n)
		running <- broken
	}()
	b.until(func() bool { return b.sandbox.Stats().Models.Total >= bodies+n })
	b.sandbox.ExpireAllAccess()
	_, later := s.send(n, n)
	if broken := append(<-running, later...); len(broken) > 0 {
		t.Errorf("%d of %d streams broke: %v", len(broken), 2*n, broken)
	}
	if got := b.sandbox.Grants()[0].Rotations; got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
	if got := b.sandbox.Stats().Models.Outcomes[sandbox.Served]; got != bodies+2*n {
		t.Errorf("%d streams were served, want %d", got, bodies+2*n)
	}
	t.Logf("%d requests were refused and sent again", len(b.refusals()))
}

// TestStreams_ThroughABareProxy shows that the test above can fail.
func TestStreams_ThroughABareProxy(t *testing.T) {
	n := count(t, 0)
	if n == 0 {
		t.Skipf("%s is not set; `task e2e:streams` sets it", streamCount)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b := apart(t)
	token := strings.TrimSpace(b.run(nil, binary, "token"))
	proxy := b.daemon([]string{bareProxyOf + "=" + b.modelURL()}, self)
	s := &streams{base: proxy, header: http.Header{"X-Api-Key": {token}}, words: perStream, workers: atOnce}
	s.expect(t, b.modelURL(), token)
	sent, broken := s.send(n, n)
	t.Logf("%d of %d streams broke", len(broken), sent)
	if len(broken) == 0 {
		t.Error("none broke: has net/http changed, or is this machine too calm for it?")
	}
}

// count is how many streams are sent.
func count(t *testing.T, byDefault int) int {
	t.Helper()
	text := os.Getenv(streamCount)
	if text == "" {
		return byDefault
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", streamCount, err)
	}
	return n
}
