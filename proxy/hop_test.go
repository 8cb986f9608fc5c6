package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// roundTripper is a transport of tests.
type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// forConnection are fields that concern the connection between the program and the
// proxy, and none of the provider's (RFC 9110 section 7.6.1).
var forConnection = []string{
	"Connection: keep-alive, X-Hop, Upgrade", "X-Hop: 1", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive",
	"Te: trailers, deflate", "Upgrade: h2c", "Http2-Settings: AAMAAABkAAQAAP__", "Proxy-Authorization: Basic eDp5",
	"Expect: 100-continue", "Trailer: X-Late",
	"Forwarded: for=10.0.0.1", "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Host: a.example", "X-Forwarded-Proto: https",
}

// Each of them stays here, alone and with all the others; the body arrives whole.
func TestProxy_FieldsOfTheConnectionStay(t *testing.T) {
	sent := make(chan http.Header, 1)
	bodies := make(chan string, 1)
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		sent <- q.Header
		bodies <- string(body)
		fine(w, q)
	})
	r.works()
	<-bodies
	ordinary := <-sent
	host := strings.TrimPrefix(r.url, "http://")
	all := []string{strings.Join(forConnection, "\r\n")}
	for _, fields := range append(all, forConnection...) {
		if got := r.raw("POST /anthropic/v1/messages HTTP/1.1\r\nHost: " + host + "\r\nX-Api-Key: " + localKey + "\r\n" + fields +
			"\r\nX-Stays: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Late: 1\r\n\r\n"); got != 200 {
			t.Fatalf("%s: %d", fields, got)
		}
		if body := <-bodies; body != "{}" {
			t.Errorf("%s: the body is %q", fields, body)
		}
		for name := range <-sent {
			alone := fields == "X-Hop: 1" // not named in Connection, it is the provider's
			if ordinary.Get(name) == "" && name != "X-Stays" && (!alone || name != "X-Hop") {
				t.Errorf("%s: %s reaches the provider", fields, name)
			}
		}
	}
}

// A client that waits for leave to send its body gets it, and its answer.
func TestProxy_ExpectIsAnsweredHere(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("Expect") != "" {
			w.WriteHeader(http.StatusExpectationFailed)
			return
		}
		_, _ = io.Copy(w, q.Body)
	})
	host := strings.TrimPrefix(r.url, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	_, _ = io.WriteString(conn, "POST /anthropic/v1/messages HTTP/1.1\r\nHost: "+host+"\r\nX-Api-Key: "+localKey+"\r\nExpect: 100-continue\r\nContent-Length: 8\r\n\r\n")
	from := bufio.NewReader(conn)
	if line, err := from.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("%q, %v", line, err)
	}
	_, _ = io.WriteString(conn, `{"a": 1}`)
	_, _ = from.ReadString('\n')
	res, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != 200 || string(body) != `{"a": 1}` {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

// What a program sends behind its body is not looked at, and goes nowhere: its
// names are not checked, and over HTTP/2 they would be sent.
func TestProxy_ARequestsTrailerStays(t *testing.T) {
	r := newRig(t, fine)
	to := r.server.transport
	r.server.transport = roundTripper(func(q *http.Request) (*http.Response, error) {
		if len(q.Trailer) != 0 || len(q.TransferEncoding) != 0 || q.ContentLength != 2 {
			t.Errorf("%v, %v, %d", q.Trailer, q.TransferEncoding, q.ContentLength)
		}
		return to.RoundTrip(q)
	})
	q := r.request(http.MethodPost, "/anthropic/v1/messages", `{}`)
	q.ContentLength, q.Trailer = -1, http.Header{"X-Late": {"1"}}
	if got := r.do(q); got.status != 200 {
		t.Errorf("%+v", got)
	}
}

// Neither does a provider's connection concern the program.
func TestProxy_FieldsOfTheProvidersConnectionStay(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
		h := w.Header()
		h.Set("Connection", "X-Hop")
		for _, name := range []string{"X-Hop", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Upgrade", "Alt-Svc", "X-Stays"} {
			h.Set(name, "1")
		}
		fine(w, q)
	})
	got := r.message()
	for _, name := range []string{"X-Hop", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Upgrade", "Alt-Svc"} {
		if got.header.Get(name) != "" {
			t.Errorf("%s came through", name)
		}
	}
	if got.status != 200 || got.header.Get("X-Stays") != "1" || slices.Contains(got.header["Connection"], "X-Hop") {
		t.Errorf("%+v", got)
	}
}
