package proxy

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clientkey"
)

// A forwarded port brings a loopback name with another port.
func TestGuard_LoopbackNamesOnAnyPort(t *testing.T) {
	r := newRig(t, fine)
	for _, host := range []string{"127.0.0.1:9999", "localhost:20100", "LOCALHOST:1", "localhost", "localhost.:80", "app.localhost:3000", "127.8.9.10:5", "[::1]:9999", "[::1]", "127.0.0.1"} {
		q := r.request(http.MethodPost, "/anthropic/v1/messages", `{}`)
		q.Host = host
		if got := r.do(q); got.status != 200 {
			t.Errorf("%s: %+v", host, got)
		}
	}
}

// A base URL that ends in a slash, or a path that does, is served.
func TestRoute_ASlashTooMuch(t *testing.T) {
	paths := make(chan string, 1)
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		paths <- q.URL.Path
		fine(w, q)
	})
	for _, path := range []string{"/anthropic//v1/messages", "//anthropic/v1/messages", "/anthropic/v1/messages/", "/account/" + alpha + "//anthropic/v1/messages"} {
		q := r.request(http.MethodPost, "", `{}`)
		q.URL.Path = path
		if got := r.do(q); got.status != 200 {
			t.Errorf("%s: %+v", path, got)
		} else if sent := <-paths; sent != "/anthropic/v1/messages" {
			t.Errorf("%s is asked of the provider as %s", path, sent)
		}
	}
}

// An empty local key opens no door, and neither does an empty field.
func TestGuard_AnEmptyKeyOpensNothing(t *testing.T) {
	for _, hash := range [][]byte{nil, {}, testKey.Hash} {
		key := testKey
		key.Hash = hash
		r := newRig(t, fine, func(o *Options) { o.Keys = clientkey.One{Key: key} })
		for _, h := range []http.Header{{"X-Api-Key": {""}}, {"Authorization": {"Bearer "}}, {"Authorization": {"Bearer"}}, {"X-Api-Key": {"", ""}, "Authorization": {"Bearer  "}}, {"X-Api-Key": {" "}}, {}} {
			q := r.request(http.MethodPost, "/anthropic/v1/messages", `{}`)
			q.Header = h
			if got := r.do(q); got.status != 401 {
				t.Errorf("%v: %+v", h, got)
			}
		}
	}
}

// A proxy that was started for one account serves no other, and a 404 names none.
func TestRoute_Confined(t *testing.T) {
	r := newRig(t, fine, func(o *Options) { o.Default, o.Confined = alpha, true })
	for id, want := range map[string]int{alpha: 200, beta: 404, "c3c3c3c3c3": 404} {
		got := r.do(r.request(http.MethodPost, "/account/"+id+"/anthropic/v1/messages", `{}`))
		if got.status != want || strings.Contains(got.body, alpha) || strings.Contains(got.body, beta) {
			t.Errorf("%s: %+v", id, got)
		}
	}
	r.works()
}

// Halves of large bodies do not add up to more than the bound; what is given back
// can be used again.
func TestBodies_AreBoundedTogether(t *testing.T) {
	r := newRig(t, fine, func(o *Options) { o.MaxBody, o.MaxBodies = 1<<20, 2<<20+1<<18 })
	host := strings.TrimPrefix(r.url, "http://")
	var conns []net.Conn
	half := func() net.Conn {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_, _ = io.WriteString(conn, "POST /anthropic/v1/messages HTTP/1.1\r\nHost: "+host+"\r\nX-Api-Key: "+localKey+"\r\nContent-Length: 1048576\r\n\r\n"+strings.Repeat("a", 1<<19+1))
		return conn
	}
	for i := range 2 {
		conns = append(conns, half())
		for deadline := time.Now().Add(time.Minute); r.server.bodies.used.Load() < int64(i+1)<<20 && time.Now().Before(deadline); runtime.Gosched() {
		}
	}
	for range 2 {
		res, err := http.ReadResponse(bufio.NewReader(half()), nil)
		if err != nil || res.StatusCode != 503 {
			t.Fatalf("one more half: %v, %v", res, err)
		}
	}
	for _, size := range []int{1 << 20, 10} { // a large one is told to come back, a small one is served
		got := r.do(r.request(http.MethodPost, "/anthropic/v1/messages", strings.Repeat("b", size)))
		if want := map[int]int{1 << 20: 503, 10: 200}[size]; got.status != want || want == 503 && got.header.Get("Retry-After") == "" {
			t.Errorf("%d bytes: %+v", size, got)
		}
	}
	for _, conn := range conns {
		_ = conn.Close()
	}
	for deadline := time.Now().Add(time.Minute); r.server.bodies.used.Load() > 0 && time.Now().Before(deadline); runtime.Gosched() {
	}
	if got := r.do(r.request(http.MethodPost, "/anthropic/v1/messages", strings.Repeat("b", 1<<20))); got.status != 200 || r.server.bodies.used.Load() != 0 {
		t.Errorf("after they left: %+v, %d bytes held", got, r.server.bodies.used.Load())
	}
}

// A body takes room as it arrives, and not as its length was announced.
func TestBodies_ByWhatArrived(t *testing.T) {
	b := allowance{most: 1 << 30}
	looked := 0
	first := readerFunc(func([]byte) (int, error) {
		if looked++; b.used.Load() != firstChunk {
			t.Errorf("%d bytes are taken before anything is there", b.used.Load())
		}
		return 0, io.EOF
	})
	if _, taken, err := b.fill(first, 32<<20); err != nil || taken != firstChunk || looked != 1 {
		t.Errorf("%d, %v", taken, err)
	}
}

func TestListen_AKeyThatOthersCanRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no such mode there")
	}
	cert, key := selfSigned(t, "proxy.example")
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: true, 0o644: false, 0o604: false, 0o660: false, 0o666: false} {
		if err := os.Chmod(key, mode); err != nil {
			t.Fatal(err)
		}
		l, err := Listen(ListenOptions{Address: "127.0.0.1:0", CertFile: cert, KeyFile: key})
		if err == nil {
			l.Close()
		}
		if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "others can read or change") {
			t.Errorf("%04o: %v", mode, err)
		}
	}
}

// TLS 1.1 is refused by both sides of the proxy.
func TestListen_TLSFloor(t *testing.T) {
	r := newRig(t, fine)
	cert, key := selfSigned(t, "proxy.example")
	l, err := Listen(ListenOptions{Address: "127.0.0.1:0", CertFile: cert, KeyFile: key})
	if err != nil {
		t.Fatal(err)
	}
	r.serve(l)
	for version, ok := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version})
		if err == nil {
			conn.Close()
		}
		if (err == nil) != ok {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
}

// The gate is the same for every spelling of a host that is the same, and no
// other opens it.
func TestProxy_OneGateForHosts(t *testing.T) {
	r := newRig(t, fine)
	host := strings.TrimPrefix(r.upstream.URL, "http://")
	_, port, _ := net.SplitHostPort(host)
	token := r.book.tokens[alpha]
	for base, want := range map[string]int{
		"http://LOCALHOST:" + port:      200,
		"HTTP://localhost:" + port:      200,
		"http://localhost.evil:" + port: 403,
		"http://api.example":            403, // listed, but not encrypted
		"http://user@localhost:" + port: 403,
		"https://api.example.evil":      403,
		"https://API.Example:8443":      403, // another port
	} {
		token.Hosts, token.BaseURL = []string{"localhost:" + port, "api.example"}, base+"/anthropic"
		if got := r.message(); got.status != want {
			t.Errorf("%s: %+v", base, got)
		}
	}
	for _, address := range []string{"https://API.Example/v1", "https://api.example:443/v1"} {
		q, err := http.NewRequest(http.MethodPost, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("X-Api-Key", "the program's")
		if err := token.Sign(q); err != nil || q.Header.Get("X-Api-Key") != "" || q.Header.Get("Authorization") != "Bearer "+token.Access.Reveal() {
			t.Errorf("%s: %v, %v", address, err, q.Header)
		}
	}
}
