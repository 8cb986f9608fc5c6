package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"
)

// newTransport keeps enough connections for many programs at once, and passes
// bytes on as they are. A connection has to come within connect. There is no limit
// on a whole answer: it may be a stream.
func newTransport(base *http.Transport, connect time.Duration) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport.(*http.Transport)
	}
	t := base.Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 512, 256
	t.DisableCompression = true
	t.ResponseHeaderTimeout = 15 * time.Minute // a long answer that is not streamed
	t.MaxResponseHeaderBytes = 256 << 10
	t.WriteBufferSize = 2 << 10 // a connection keeps it while its stream is open; a long request passes it by
	t.TLSHandshakeTimeout = connect
	dial := t.DialContext
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, connect)
		defer cancel()
		return dial(ctx, network, address)
	}
	return t
}

// neverLeft reports whether a request failed before a byte of it was sent, because
// no connection came about: another host may be asked.
func neverLeft(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect"), errors.As(err, &dns):
		return true
	case errors.As(err, &authority), errors.As(err, &name), errors.As(err, &invalid), errors.As(err, &record):
		return true
	default: // net/http has no type for it
		return strings.Contains(err.Error(), "TLS handshake timeout")
	}
}
