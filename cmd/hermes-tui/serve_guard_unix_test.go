//go:build unix

package main_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestServe_RefusesAndServesOn sends the built program what it has to refuse:
// without a key, by a web page, for other hosts and other paths, and what is no
// proper HTTP. It serves after each as before. Package proxy has the long list.
func TestServe_RefusesAndServesOn(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	s := b.serve()
	host := strings.TrimPrefix(s.url, "http://")
	const post, tail = "POST /anthropic/v1/messages HTTP/1.1\r\n", "Content-Length: 2\r\n\r\n{}"
	at, key := "Host: "+host+"\r\n", "X-Api-Key: "+s.key+"\r\n"
	served := 0
	for name, tc := range map[string]struct {
		text string
		want int
	}{
		"no key":                   {post + at + tail, 401},
		"wrong key":                {post + at + "X-Api-Key: nope\r\n" + tail, 401},
		"key in the query":         {"POST /anthropic/v1/messages?key=" + s.key + " HTTP/1.1\r\n" + at + tail, 401},
		"metrics without a key":    {"GET /metrics HTTP/1.1\r\n" + at + "\r\n", 401},
		"foreign Host":             {post + "Host: evil.example\r\n" + key + tail, 421},
		"foreign Host, healthz":    {"GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
		"foreign Host, metrics":    {"GET /metrics HTTP/1.1\r\nHost: evil.example\r\n" + key + "\r\n", 421},
		"Origin":                   {post + at + key + "Origin: https://evil.example\r\n" + tail, 403},
		"Origin, healthz":          {"GET /healthz HTTP/1.1\r\n" + at + "Origin: null\r\n\r\n", 403},
		"Origin, metrics":          {"GET /metrics HTTP/1.1\r\n" + at + key + "Origin: null\r\n\r\n", 403},
		"Sec-Fetch-Site":           {post + at + key + "Sec-Fetch-Site: cross-site\r\n" + tail, 403},
		"Sec-Fetch-Site, healthz":  {"GET /healthz HTTP/1.1\r\n" + at + "Sec-Fetch-Site: same-site\r\n\r\n", 403},
		"CONNECT":                  {"CONNECT api.minimax.io:443 HTTP/1.1\r\n" + at + key + "\r\n", 405},
		"absolute form":            {"POST " + b.portal.URL() + "/anthropic/v1/messages HTTP/1.1\r\n" + at + key + tail, 400},
		"dots":                     {"POST /anthropic/../v1/messages HTTP/1.1\r\n" + at + key + tail, 400},
		"dots, encoded":            {"POST /anthropic/%2e%2e/v1/messages HTTP/1.1\r\n" + at + key + tail, 400},
		"slash, encoded":           {"POST /anthropic%2fv1/messages HTTP/1.1\r\n" + at + key + tail, 400},
		"two lengths":              {post + at + key + "Content-Length: 20\r\n" + tail, 400},
		"odd transfer encoding":    {post + at + key + "Transfer-Encoding: xchunked\r\n" + tail, 501},
		"a header of 20 MB":        {post + at + key + "X-A: " + strings.Repeat("a", 20<<20) + "\r\n" + tail, 431},
		"a body of 100 GB":         {post + at + key + "Content-Length: 99999999999\r\n\r\n{}", 413},
		"a body without an end":    {post + at + key + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("100000\r\n"+strings.Repeat("a", 1<<20)+"\r\n", 33), 413},
		"chunked, and with length": {post + at + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 401},
	} {
		if got := rawStatus(t, host, tc.text); got != tc.want && (got != 0 || tc.want != 431 && tc.want != 413) { // it may hang up while we still send
			t.Errorf("%s: answered %d, want %d", name, got, tc.want)
		}
		served++
		if got := b.asked(s); got.status != http.StatusOK || b.portal.Stats().Models.Total != served {
			t.Fatalf("after %q: %+v, and %d requests reached the provider", name, got, b.portal.Stats().Models.Total)
		}
	}
}

// rawStatus sends bytes as they are and returns the status of the answer, 0 when
// there is none.
func rawStatus(t *testing.T, host, text string) int {
	t.Helper()
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(limit))
	go func() { _, _ = io.WriteString(conn, text) }() // the proxy may hang up in the middle
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}
