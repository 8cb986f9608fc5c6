package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// What `serve` may take, in KiB, as the system sees it. That is up to twice what is in
// use, because the garbage collector waits for as much again: what a stream itself
// takes is held by a test of the package proxy.
const (
	mostAfterStreams = 28 << 10 // when all of its streams have ended
	mostPerIdle      = 192      // for a stream that is open, and whose request had 16 KiB
	mostForLarge     = 8 << 10  // more than before, while 40 MiB go through
)

// idleStreams are open side by side.
const idleStreams = 500

// TestMemory_OfServe looks from outside at how much memory `serve` takes.
func TestMemory_OfServe(t *testing.T) {
	n := count(t, 1000)
	api := httptest.NewServer(http.HandlerFunc(fullAPI))
	t.Cleanup(api.Close) // after the streams
	b := emptyBench(t)
	b.api = api.URL
	b.signIn(b.daemon(nil, binary, "sandbox", "--access-ttl", "1h", "--auto-approve", "1ms"))
	url, pid := b.process(nil, binary, "serve", "--listen", "127.0.0.1:0", "--log-level", "warn")
	a := &asker{&http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}, url + "/anthropic", strings.TrimSpace(b.run(nil, binary, "serve", "--show-key"))}

	a.readAll(t, n)
	after, most := memoryOf(t, pid)
	t.Logf("%d KiB after %d streams, %d at once", after, n, atOnce)
	if after > mostAfterStreams {
		t.Errorf("%d KiB after %d streams, want %d at most", after, n, mostAfterStreams)
	}
	for _, kind := range []string{asksLong, asksWhole} {
		if got, err := a.read(kind, 0); err != nil || got < largeAnswer {
			t.Fatalf("%s: %d bytes, %v", kind, got, err)
		}
	}
	if _, err := a.read(asksShort, largeAnswer); err == nil || !strings.HasPrefix(err.Error(), "413") {
		t.Errorf("a request of 40 MiB: %v, want a 413", err)
	}
	_, now := memoryOf(t, pid)
	t.Logf("%d KiB more for 40 MiB", now-most)
	if now-most > mostForLarge {
		t.Errorf("%d KiB more for 40 MiB, want %d at most", now-most, mostForLarge)
	}

	before, _ := memoryOf(t, pid)
	a.hold(t, idleStreams)
	open, _ := memoryOf(t, pid)
	t.Logf("%d KiB for each of %d idle streams", (open-before)/idleStreams, idleStreams)
	if each := (open - before) / idleStreams; each > mostPerIdle {
		t.Errorf("%d KiB for an idle stream, want %d at most", each, mostPerIdle)
	}
}

// memoryOf is how much memory of a process is in use, and how much was at most, in
// KiB (proc_pid_status(5)).
func memoryOf(t *testing.T, pid int) (now, most int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	field := func(name string) int {
		_, rest, _ := bytes.Cut(status, []byte(name+":"))
		n, err := strconv.Atoi(strings.Fields(string(rest) + " none")[0])
		if err != nil {
			t.Fatal(name, err)
		}
		return n
	}
	return field("VmRSS"), field("VmHWM")
}

// What the API is asked for here, by the name of a model.
const (
	asksShort = "short" // a stream of a few events
	asksIdle  = "idle"  // one whose second event never comes
	asksLong  = "long"  // one of largeAnswer bytes
	asksWhole = "whole" // as many in one piece
)

const largeAnswer = 40 << 20

const (
	begun = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m_1\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n"
	goes  = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"word\"}}\n\n"
)

// fullAPI answers what it is asked for.
func fullAPI(w http.ResponseWriter, q *http.Request) {
	said, _ := io.ReadAll(q.Body)
	if bytes.Contains(said, []byte(`"`+asksWhole+`"`)) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"m_1","content":[{"type":"text","text":"`)
		fill(w, strings.Repeat("hello ", 1<<10))
		_, _ = io.WriteString(w, `"}],"usage":{"input_tokens":1,"output_tokens":2}}`)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, begun)
	w.(http.Flusher).Flush()
	switch {
	case bytes.Contains(said, []byte(`"`+asksIdle+`"`)):
		<-q.Context().Done()
	case bytes.Contains(said, []byte(`"`+asksLong+`"`)):
		fill(w, strings.Repeat(goes, 64))
	default:
		for range 20 {
			_, _ = io.WriteString(w, goes)
			w.(http.Flusher).Flush()
		}
	}
}

func fill(w io.Writer, with string) {
	for n := 0; n < largeAnswer; n += len(with) {
		_, _ = io.WriteString(w, with)
	}
}

// asker is a program that asks a proxy.
type asker struct {
	*http.Client
	url, key string
}

// open asks for an answer, with a text of so many bytes, and returns its body.
func (a *asker) open(ctx context.Context, kind string, size int) (io.ReadCloser, error) {
	body := `{"model":"` + kind + `","stream":true,"messages":[{"role":"user","content":"` + strings.Repeat("x", size) + `"}]}`
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+"/v1/messages", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	q.Header.Set("X-Api-Key", a.key)
	q.Header.Set("Content-Type", "application/json")
	res, err := a.Do(q)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return nil, fmt.Errorf("%s: %s", res.Status, text)
	}
	return res.Body, nil
}

// read reads an answer to its end.
func (a *asker) read(kind string, size int) (int64, error) {
	body, err := a.open(context.Background(), kind, size)
	if err != nil {
		return 0, err
	}
	defer body.Close()
	return io.Copy(io.Discard, body)
}

// readAll reads n streams, some of them at once.
func (a *asker) readAll(t *testing.T, n int) {
	t.Helper()
	var all sync.WaitGroup
	for worker := range atOnce {
		all.Go(func() {
			for i := worker; i < n; i += atOnce {
				if _, err := a.read(asksShort, 1<<10); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// hold opens n streams, which stay open until the test ends.
func (a *asker) hold(t *testing.T, n int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			body, err := a.open(ctx, asksIdle, 16<<10)
			if err == nil {
				_, err = io.ReadFull(body, make([]byte, len(begun)))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
