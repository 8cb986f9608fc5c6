package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"
)

// onTheWire is what a program reads of an answer, and whether that was all of it.
type onTheWire struct {
	before  []string // 1xx
	status  int
	header  http.Header
	body    string
	trailer http.Header
	whole   bool
}

// TestForward_AsAReverseProxy: what the Go library's reverse proxy makes of an answer,
// however odd, that is what a program gets here.
func TestForward_AsAReverseProxy(t *testing.T) {
	const ok, data = "HTTP/1.1 200 OK\r\n", "Content-Type: application/json\r\n"
	for name, raw := range map[string]string{
		"a length":                     ok + data + "Content-Length: 2\r\n\r\n{}",
		"chunks":                       ok + data + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
		"until it is closed":           ok + data + "Connection: close\r\n\r\n{}",
		"HTTP/1.0":                     "HTTP/1.0 200 OK\r\n" + data + "\r\n{}",
		"a stream":                     ok + "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n0\r\n\r\n",
		"a stream of a known length":   ok + "Content-Type: text/event-stream; charset=utf-8\r\nContent-Length: 9\r\n\r\ndata: 1\n\n",
		"no body":                      ok + data + "Content-Length: 0\r\n\r\n",
		"204":                          "HTTP/1.1 204 No Content\r\nX-Said: 1\r\n\r\n",
		"201 with a place":             "HTTP/1.1 201 Created\r\nLocation: /v1/x\r\n" + data + "Content-Length: 2\r\n\r\n{}",
		"a status of its own":          "HTTP/1.1 299 Odd\r\nContent-Length: 1\r\n\r\nx",
		"304":                          "HTTP/1.1 304 Not Modified\r\nEtag: \"1\"\r\n\r\n",
		"a refused request":            "HTTP/1.1 400 Bad Request\r\n" + data + "Content-Length: 2\r\n\r\n{}",
		"a refused request, in chunks": "HTTP/1.1 404 Not Found\r\n" + data + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"a trailer":                    ok + data + "Trailer: X-Sum, X-More\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Sum: 7\r\nX-More: a\r\nX-More: b\r\n\r\n",
		"a trailer that nobody told":   ok + data + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Sum: 7\r\n\r\n",
		"one more than was told":       ok + data + "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Sum: 7\r\nX-Else: 8\r\n\r\n",
		"a trailer that does not come": ok + data + "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"a trailer without a body":     ok + data + "Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 7\r\n\r\n",
		"a name twice":                 ok + data + "X-Two: a\r\nX-Two: b\r\nx-lower: c\r\nContent-Length: 2\r\n\r\n{}",
		"hints":                        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n" + ok + data + "Content-Length: 2\r\n\r\n{}",
		"processing":                   "HTTP/1.1 102 Processing\r\n\r\n" + ok + data + "Content-Length: 2\r\n\r\n{}",
		"of the connection": ok + data + "Connection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nProxy-Connection: x\r\nTe: trailers\r\n" +
			"Upgrade: h2c\r\nContent-Length: 2\r\n\r\n{}",
		"connection twice":          ok + data + "Connection: x-one\r\nConnection: , x-two ,\r\nX-One: 1\r\nX-Two: 2\r\nX-Stays: 3\r\nContent-Length: 2\r\n\r\n{}",
		"no type":                   ok + "Content-Length: 15\r\n\r\n<html>hi</html>",
		"a type that is empty":      ok + "Content-Type:\r\nContent-Length: 2\r\n\r\n{}",
		"a date of its own":         ok + data + "Date: Mon, 02 Jan 2006 15:04:05 GMT\r\nContent-Length: 2\r\n\r\n{}",
		"a large body":              ok + data + "Content-Length: 300000\r\n\r\n" + strings.Repeat("x", 300000),
		"it breaks off":             ok + data + "Content-Length: 9\r\n\r\n{}",
		"it breaks off in a chunk":  ok + data + "Transfer-Encoding: chunked\r\n\r\n9\r\n{}",
		"no last chunk":             ok + data + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
		"a chunk that is no number": ok + data + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			api := func(w http.ResponseWriter, q *http.Request) {
				_, _ = io.Copy(io.Discard, q.Body)
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				_, _ = io.WriteString(conn, raw)
			}
			ours := newRig(t, api)
			to, err := url.Parse(ours.upstream.URL)
			if err != nil {
				t.Fatal(err)
			}
			theirs := httptest.NewServer(&httputil.ReverseProxy{
				Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(to) },
				ErrorLog: ours.server.quiet,
			})
			defer theirs.Close()
			want, got := readWire(t, theirs.URL), readWire(t, ours.url)
			if !strings.Contains(raw, "\nDate:") { // then each server writes its own
				want.header.Del("Date")
				got.header.Del("Date")
			}
			if len(got.body) > 4<<10 { // it goes in chunks, for a token in it would be taken out
				want.header.Del("Content-Length")
			}
			if a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); a != b && (got.whole || want.whole) {
				t.Errorf("a program gets\n%s\nby a reverse proxy it would be\n%s", cut(a), cut(b))
			}
			if got.whole != !strings.Contains(name, "breaks off") && name != "no last chunk" && name != "a chunk that is no number" {
				t.Errorf("whole: %t", got.whole)
			}
		})
	}
}

func cut(s string) string { return s[:min(len(s), 600)] }

// readWire asks once, over a connection of its own, and reads all that comes.
func readWire(t *testing.T, at string) (got onTheWire) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(at, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	const ask = `{"model":"M2","messages":[]}`
	_, _ = fmt.Fprintf(conn, "POST /anthropic/v1/messages HTTP/1.1\r\nHost: %s\r\nX-Api-Key: %s\r\nTe: trailers\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		conn.RemoteAddr(), localKey, len(ask), ask)
	from := bufio.NewReader(conn)
	for {
		line, err := from.Peek(12)
		if err != nil {
			return got
		}
		if line[9] != '1' {
			break
		}
		head := textproto.NewReader(from)
		status, _ := head.ReadLine()
		fields, _ := head.ReadMIMEHeader()
		got.before = append(got.before, status+fmt.Sprint(fields))
	}
	res, err := http.ReadResponse(from, &http.Request{Method: http.MethodPost})
	if err != nil {
		return got
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	got.status, got.header, got.body, got.trailer, got.whole = res.StatusCode, res.Header, string(body), res.Trailer, err == nil
	return got
}
