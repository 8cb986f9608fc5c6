package proxy

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestServe_DrainsWhatIsUnderWay(t *testing.T) {
	begun, goOn := make(chan bool), make(chan bool)
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.WriteString(w, "first ")
		w.(http.Flusher).Flush()
		close(begun)
		<-goOn
		_, _ = io.WriteString(w, "last")
	}, func(o *Options) { o.Drain = time.Minute })
	res, err := http.DefaultClient.Do(r.request(http.MethodPost, "/anthropic/v1/messages", `{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	<-begun
	r.end()
	for { // no request is taken any more
		conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
		if err != nil {
			break
		}
		conn.Close()
	}
	close(goOn)
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "first last" {
		t.Errorf("%q, %v", body, err)
	}
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
}

func TestServe_CutsWhatDoesNotEnd(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		w.(http.Flusher).Flush()
		<-q.Context().Done()
	}, func(o *Options) { o.Drain = time.Millisecond })
	res, err := http.DefaultClient.Do(r.request(http.MethodPost, "/anthropic/v1/messages", `{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	r.end()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("a cut answer looks whole")
	}
}

// An answer lasts as long as it lasts; only nobody reading it ends it.
func TestServe_AStalledProgramIsCut(t *testing.T) {
	left := make(chan bool)
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		defer close(left)
		_, _ = io.Copy(io.Discard, q.Body)
		chunk := make([]byte, 1<<20)
		for q.Context().Err() == nil {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}, func(o *Options) { o.Stall = 100 * time.Millisecond })
	res, err := http.DefaultClient.Do(r.request(http.MethodPost, "/anthropic/v1/messages", `{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() // and it is not read
	select {
	case <-left:
	case <-time.After(time.Minute):
		t.Fatal("the provider sends for ever to a program that does not read")
	}
}

// A stream may last longer than any of the limits.
func TestServe_NoLimitCutsALongStream(t *testing.T) {
	t.Parallel()
	const limit = 2 * time.Second
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		for range 5 {
			_, _ = io.WriteString(w, "data: 1\n\n")
			w.(http.Flusher).Flush()
			<-time.After(limit / 3)
		}
	}, func(o *Options) { o.HeaderTimeout, o.BodyTimeout, o.Stall = limit, limit, limit })
	for _, q := range []*http.Request{
		r.request(http.MethodPost, "/anthropic/v1/messages", `{"model":"M2","messages":[]}`),
		r.request(http.MethodGet, "/anthropic/v1/models", ""),
	} {
		if got := r.do(q); got.body != strings.Repeat("data: 1\n\n", 5) {
			t.Errorf("%s: %+v", q.Method, got)
		}
	}
}

func TestListenUnix(t *testing.T) {
	r := newRig(t, fine)
	dir, err := os.MkdirTemp("", "s") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "proxy.sock")
	l, err := ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ListenUnix(path); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("two proxies at one socket: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	r.serve(l)
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	defer client.CloseIdleConnections()
	res, err := client.Do(r.request(http.MethodPost, "/anthropic/v1/messages", `{}`))
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	res.Body.Close()
	client.CloseIdleConnections()
	r.end()
	<-r.ended
	if _, err := os.Lstat(path); err == nil {
		t.Error("the socket is left behind")
	}
	killed, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	killed.SetUnlinkOnClose(false)
	killed.Close()
	l, err = ListenUnix(path)
	if err != nil {
		t.Fatalf("the socket of a killed proxy: %v", err)
	}
	l.Close()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenUnix(path); err == nil {
		t.Error("a file was replaced by a socket")
	}
	for name, path := range map[string]string{
		"the socket's name": filepath.Join(dir, strings.Repeat("x", 110)), // it could be made, and nobody could connect to it
		"its folder's name": filepath.Join(dir, strings.Repeat("x", longestSocket-len(dir)-len("//s")), "s"),
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := ListenUnix(path); err == nil || !strings.Contains(err.Error(), "too long for a socket") {
			t.Errorf("%s is too long: %v", name, err)
		}
	}
	if _, err := ListenUnix(filepath.Join(dir, "gone", "s")); err == nil || !strings.Contains(err.Error(), "cannot listen on") {
		t.Errorf("in a folder that is not there: %v", err)
	}
}
