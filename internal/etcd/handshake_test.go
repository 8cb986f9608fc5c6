package etcd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

// Who was asked for a certificate and has none is told so, whichever end of the link it
// sees first.
func TestPapers_None(t *testing.T) {
	own := &tls.Certificate{Certificate: [][]byte{nil}}
	for name, tc := range map[string]struct {
		asked bool
		shown *tls.Certificate
		err   error
		said  bool
	}{
		"cut in writing":         {true, &tls.Certificate{}, &net.OpError{Op: "write", Err: syscall.EPIPE}, true},
		"reset":                  {true, &tls.Certificate{}, &net.OpError{Op: "read", Err: syscall.ECONNRESET}, true},
		"ended":                  {true, &tls.Certificate{}, fmt.Errorf("dial: %w", io.EOF), true},
		"never there":            {true, &tls.Certificate{}, errors.New("http2: client conn could not be established"), true},
		"closed":                 {true, &tls.Certificate{}, errors.New("http2: client conn is closed"), true},
		"lost":                   {true, &tls.Certificate{}, errors.New("http2: client connection lost"), true},
		"no answer":              {true, &tls.Certificate{}, errors.New("no answer in time"), false},
		"cut, with one":          {true, own, &net.OpError{Op: "write", Err: syscall.EPIPE}, false},
		"cut, and never asked":   {false, nil, &net.OpError{Op: "write", Err: syscall.EPIPE}, false},
		"ended, no TLS is there": {false, nil, io.EOF, false},
	} {
		var p papers
		config := p.into(&tls.Config{MinVersion: tls.VersionTLS12, GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return tc.shown, nil }})
		if tc.asked {
			if _, err := config.GetClientCertificate(nil); err != nil {
				t.Fatal(err)
			}
		}
		_, why := p.refused(tc.err)
		if said := why != nil && strings.HasSuffix(why.Error(), "it was shown none"); said != tc.said {
			t.Errorf("%s: %v", name, why)
		}
	}
}

// Who asks by http:// where TLS is spoken is told so, in whichever way the link ends.
func TestWrongScheme(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	client := open(t, nil, server.URL)
	at, err := url.Parse(strings.Replace(server.URL, "https", "http", 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		cause error
		said  bool
	}{
		{io.EOF, true},
		{&net.OpError{Op: "write", Err: syscall.EPIPE}, true},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, true},
		{errors.New("http2: client conn could not be established"), true},
		{errors.New("http2: client conn is closed"), true},
		{errors.New("http2: client conn not usable"), true},
		{errors.New("http2: client connection lost"), true},
		{context.DeadlineExceeded, false},
	} {
		if why := client.wrongScheme(at, c.cause); errors.Is(why, ErrSpeaksTLS) != c.said {
			t.Errorf("%v: %v", c.cause, why)
		}
	}
}
