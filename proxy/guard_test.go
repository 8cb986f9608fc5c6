package proxy

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// raw sends bytes as they are and returns the status of the answer, 0 when the
// connection was closed without one.
func (r *rig) raw(text string) int {
	r.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		r.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	go func() { _, _ = io.WriteString(conn, text) }() // the proxy may hang up in the middle
	from := bufio.NewReader(conn)
	res, err := http.ReadResponse(from, nil)
	for err == nil && res.StatusCode == http.StatusContinue {
		res, err = http.ReadResponse(from, nil)
	}
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if cors := res.Header.Get("Access-Control-Allow-Origin"); cors != "" {
		r.Errorf("a CORS header was sent: %s", cors)
	}
	return res.StatusCode
}

// hostile requests that have to be refused before anything reaches a provider.
// HOST stands for the proxy's own, KEY for the header with the right key.
func hostile() map[string]struct {
	text string
	want int
} {
	const post, tail = "POST /anthropic/v1/messages HTTP/1.1\r\n", "Content-Length: 2\r\n\r\n{}"
	return map[string]struct {
		text string
		want int
	}{
		"no key":                  {post + "Host: HOST\r\n" + tail, 401},
		"wrong key":               {post + "Host: HOST\r\nX-Api-Key: nope\r\n" + tail, 401},
		"empty key":               {post + "Host: HOST\r\nAuthorization: Bearer \r\n" + tail, 401},
		"key of another scheme":   {post + "Host: HOST\r\nAuthorization: Basic " + localKey + "\r\n" + tail, 401},
		"key in the query":        {"POST /anthropic/v1/messages?key=" + localKey + "&api_key=" + localKey + " HTTP/1.1\r\nHost: HOST\r\n" + tail, 401},
		"metrics without key":     {"GET /metrics HTTP/1.1\r\nHost: HOST\r\n\r\n", 401},
		"foreign Host":            {post + "Host: evil.example:PORT\r\nKEY\r\n" + tail, 421},
		"Host that ends in ours":  {post + "Host: 127.0.0.1.evil.example:PORT\r\nKEY\r\n" + tail, 421},
		"Host of a rebinder":      {post + "Host: 127.0.0.1.nip.io:PORT\r\nKEY\r\n" + tail, 421},
		"Host like localhost":     {post + "Host: evil-localhost:PORT\r\nKEY\r\n" + tail, 421},
		"Host not of loopback":    {post + "Host: 10.0.0.1:PORT\r\nKEY\r\n" + tail, 421},
		"Host of nowhere":         {post + "Host: 0.0.0.0:PORT\r\nKEY\r\n" + tail, 421},
		"Host, empty":             {post + "Host: \r\nKEY\r\n" + tail, 421},
		"foreign Host, healthz":   {"GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
		"foreign Host, metrics":   {"GET /metrics HTTP/1.1\r\nHost: evil.example\r\nKEY\r\n\r\n", 421},
		"two Hosts":               {post + "Host: HOST\r\nHost: evil.example\r\nKEY\r\n" + tail, 400},
		"no Host":                 {post + "KEY\r\n" + tail, 400},
		"Origin":                  {post + "Host: HOST\r\nKEY\r\nOrigin: https://evil.example\r\n" + tail, 403},
		"Origin null":             {post + "Host: HOST\r\nKEY\r\nOrigin: null\r\n" + tail, 403},
		"Origin, own":             {post + "Host: HOST\r\nKEY\r\nOrigin: http://HOST\r\n" + tail, 403},
		"Origin, healthz":         {"GET /healthz HTTP/1.1\r\nHost: HOST\r\nOrigin: https://evil.example\r\n\r\n", 403},
		"preflight":               {"OPTIONS /anthropic/v1/messages HTTP/1.1\r\nHost: HOST\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n", 403},
		"Sec-Fetch-Site":          {post + "Host: HOST\r\nKEY\r\nSec-Fetch-Site: cross-site\r\n" + tail, 403},
		"Sec-Fetch-Site, metrics": {"GET /metrics HTTP/1.1\r\nHost: HOST\r\nKEY\r\nSec-Fetch-Site: same-site\r\n\r\n", 403},
		"CONNECT":                 {"CONNECT api.minimax.io:443 HTTP/1.1\r\nHost: HOST\r\nKEY\r\n\r\n", 405},
		"absolute form":           {"POST http://evil.example/anthropic/v1/messages HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 400},
		"absolute form, own":      {"POST http://HOST/anthropic/v1/messages HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 400},
		"asterisk":                {"OPTIONS * HTTP/1.1\r\nHost: HOST\r\nKEY\r\n\r\n", 404},
		"dots":                    {"POST /anthropic/../v1/messages HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 400},
		"dots, encoded":           {"POST /anthropic/%2e%2e/v1/messages HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 400},
		"slash, encoded":          {"POST /anthropic%2fv1/messages HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 400},
		"slash in account":        {"POST /account/a1a1a1a1a1%2f../anthropic/v1/messages HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 400},
		"triple slash":            {"POST /anthropic///v1/messages HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 400},
		"letter, encoded":         {"POST /anthropic/v1/%6dessages HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 400},
		"other path":              {"POST /anthropic/v1/files HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 404},
		"chat completions":        {"POST /anthropic/chat/completions HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 404},
		"other method":            {"DELETE /anthropic/v1/messages HTTP/1.1\r\nHost: HOST\r\nKEY\r\n" + tail, 405},
		"two lengths":             {post + "Host: HOST\r\nKEY\r\nContent-Length: 2\r\nContent-Length: 30\r\n\r\n{}", 400},
		"negative length":         {post + "Host: HOST\r\nKEY\r\nContent-Length: -1\r\n\r\n", 400},
		"odd transfer encoding":   {post + "Host: HOST\r\nKEY\r\nTransfer-Encoding: xchunked\r\n" + tail, 501},
		"two transfer encodings":  {post + "Host: HOST\r\nKEY\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 501},
		"bad chunk":               {post + "Host: HOST\r\nKEY\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
		"space in header name":    {post + "Host: HOST\r\nKEY\r\nX-Api-Key : x\r\n" + tail, 400},
		"line folding":            {post + "Host: HOST\r\nX-A: b\r\n c: d\r\n" + tail, 401},
		"NUL in header":           {post + "Host: HOST\r\nKEY\r\nX-A: a\x00b\r\n" + tail, 400},
		"20 MB header":            {post + "Host: HOST\r\nKEY\r\nX-A: " + strings.Repeat("a", 20<<20) + "\r\n" + tail, 431},
		"giant body":              {post + "Host: HOST\r\nKEY\r\nContent-Length: 99999999999\r\n\r\n{}", 413},
		"garbage":                 {"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400},
	}
}

func TestGuard_RefusesAndServesOn(t *testing.T) {
	var reached atomic.Int32
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		reached.Add(1)
		fine(w, q)
	})
	host := strings.TrimPrefix(r.url, "http://")
	_, port, _ := net.SplitHostPort(host)
	spell := strings.NewReplacer("HOST", host, "PORT", port, "KEY", "X-Api-Key: "+localKey)
	for name, tc := range hostile() {
		t.Run(name, func(t *testing.T) {
			got := r.raw(spell.Replace(tc.text))
			if got != tc.want && (got != 0 || tc.want != 431) { // it may hang up while we still send
				t.Errorf("answered %d, want %d", got, tc.want)
			}
			if n := reached.Swap(0); n != 0 {
				t.Errorf("%d requests reached the provider", n)
			}
			r.works()
			reached.Store(0)
		})
	}
	if strings.Contains(r.log.String(), localKey) || strings.Contains(r.log.String(), "provider-token") {
		t.Error("the log has a secret")
	}
}

// A body that is chunked and has a length is framed anew: nothing is smuggled.
func TestGuard_NoRequestIsSmuggled(t *testing.T) {
	var mu sync.Mutex
	var bodies []string
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		mu.Lock()
		bodies = append(bodies, fmt.Sprintf("%s %d %q %s", q.URL.Path, q.ContentLength, q.TransferEncoding, body))
		mu.Unlock()
		fine(w, q)
	})
	host := strings.TrimPrefix(r.url, "http://")
	r.raw("POST /anthropic/v1/messages HTTP/1.1\r\nHost: " + host + "\r\nX-Api-Key: " + localKey +
		"\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /anthropic/v1/files HTTP/1.1\r\n\r\n")
	mu.Lock()
	defer mu.Unlock()
	if len(bodies) != 1 || bodies[0] != "/anthropic/v1/messages 2 [] {}" {
		t.Errorf("the provider saw %q", bodies)
	}
}

func TestGuard_SlowClientsAreCutAndOthersServed(t *testing.T) {
	r := newRig(t, fine, func(o *Options) { o.HeaderTimeout, o.BodyTimeout = time.Second, time.Second })
	host := strings.TrimPrefix(r.url, "http://")
	var slow []net.Conn
	for i := range 50 {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		text := "POST /anthropic/v1/messages HTTP/1.1\r\nHost: " + host + "\r\nX-Api-Key: " + localKey + "\r\n"
		if i%2 == 0 {
			text += "Content-Length: 100\r\n\r\n{" // a body that does not go on
		}
		_, _ = io.WriteString(conn, text)
		slow = append(slow, conn)
	}
	r.works()
	for _, conn := range slow {
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Fatalf("a slow client was not cut: %v", err)
		}
	}
	r.works()
}

func TestGuard_BodiesUpToTheLimit(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		n, _ := io.Copy(io.Discard, q.Body)
		fmt.Fprint(w, n)
	}, func(o *Options) { o.MaxBody = 1 << 20 })
	for size, want := range map[int]int{1 << 20: 200, 1<<20 + 1: 413} {
		for _, chunked := range []bool{false, true} {
			q := r.request(http.MethodPost, "/anthropic/v1/messages", strings.Repeat(" ", size))
			if chunked {
				q.ContentLength, q.GetBody = -1, nil
			}
			if got := r.do(q); got.status != want {
				t.Errorf("%d bytes, chunked %t: %d", size, chunked, got.status)
			}
		}
	}
}

func TestGuard_ABodyThatBreaksOff(t *testing.T) {
	r := newRig(t, fine)
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "POST /anthropic/v1/messages HTTP/1.1\r\nHost: "+strings.TrimPrefix(r.url, "http://")+
		"\r\nX-Api-Key: "+localKey+"\r\nContent-Length: 100\r\n\r\n{")
	_ = conn.(*net.TCPConn).CloseWrite()
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != http.StatusBadRequest {
		t.Errorf("%v, %v", res, err)
	}
	r.works()
}

// Whoever keeps the proxy running needs no key, and learns nothing else.
func TestHealthz(t *testing.T) {
	r := newRig(t, fine)
	q := r.request(http.MethodGet, "/healthz", "")
	q.Header.Del("X-Api-Key")
	if got := r.do(q); got.status != http.StatusOK || got.body != "{\"status\":\"ok\"}\n" {
		t.Errorf("%+v", got)
	}
}

func TestGuard_RightKeyInEitherHeader(t *testing.T) {
	r := newRig(t, fine)
	for name, set := range map[string]func(http.Header){
		"x-api-key": func(h http.Header) { h.Set("X-Api-Key", localKey) },
		"bearer":    func(h http.Header) { h.Set("Authorization", "bearer "+localKey) },
		"both":      func(h http.Header) { h.Set("Authorization", "Bearer "+localKey); h.Set("X-Api-Key", "left over") },
	} {
		q := r.request(http.MethodPost, "/anthropic/v1/messages", `{}`)
		q.Header.Del("X-Api-Key")
		set(q.Header)
		if got := r.do(q); got.status != 200 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := r.do(r.request(http.MethodGet, "/metrics", "")); got.status != 200 || !strings.Contains(got.body, "hermes_tui_proxy_requests_total") ||
		strings.Contains(got.body, localKey) || strings.Contains(got.body, "provider-token") {
		t.Errorf("%+v", got)
	}
}

func TestListen(t *testing.T) {
	cert, key := selfSigned(t, "proxy.example")
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for name, tc := range map[string]struct {
		o    ListenOptions
		want string // part of the error
	}{
		"in use":          {ListenOptions{Address: busy.Addr().String()}, "cannot listen on"},
		"no port":         {ListenOptions{Address: "127.0.0.1"}, "not an address"},
		"everywhere":      {ListenOptions{Address: ":0"}, "other machines"},
		"a name":          {ListenOptions{Address: "example.org:0"}, "other machines"},
		"remote, no TLS":  {ListenOptions{Address: "0.0.0.0:0", Remote: true}, "plain text"},
		"no such file":    {ListenOptions{Address: "127.0.0.1:0", CertFile: "gone.pem", KeyFile: key}, "certificate"},
		"TLS, not remote": {ListenOptions{Address: "0.0.0.0:0", CertFile: cert, KeyFile: key}, "other machines"},
	} {
		l, err := Listen(tc.o)
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestListen_OverTLSTheHostIsOneOfTheCertificate(t *testing.T) {
	r := newRig(t, fine)
	cert, key := selfSigned(t, "proxy.example")
	l, err := Listen(ListenOptions{Address: "0.0.0.0:0", Remote: true, CertFile: cert, KeyFile: key})
	if err != nil {
		t.Fatal(err)
	}
	r.serve(l)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	for host, want := range map[string]int{"proxy.example": 200, "evil.example": 421, "localhost": 200} {
		q := r.request(http.MethodPost, "/anthropic/v1/messages", `{}`)
		q.URL.Scheme, q.URL.Host, q.Host = "https", "127.0.0.1:"+port, host+":"+port
		res, err := client.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want || res.ProtoMajor != 2 {
			t.Errorf("%s: %d over %s", host, res.StatusCode, res.Proto)
		}
	}
}
