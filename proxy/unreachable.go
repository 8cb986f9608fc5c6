package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// unreachable is the answer to a request that the model API did not answer. The
// library's own words are for its programmers, and may repeat what was sent; host
// may be empty.
func unreachable(err error, host string) *answer {
	who := "the provider"
	if host != "" {
		who += " (" + host + ")"
	}
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &timeout) && timeout.Timeout()) {
		return unavailable(http.StatusGatewayTimeout, who+" did not answer in time")
	}
	return unavailable(http.StatusBadGateway, who+" could not be reached: "+onTheWay(err))
}

// onTheWay says what kept a request from being answered.
func onTheWay(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect", strings.HasPrefix(err.Error(), "proxyconnect"):
		return "the proxy that HTTPS_PROXY or HTTP_PROXY names does not let it through"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "its name is not known here"
	case errors.As(err, &dns):
		return "its name could not be looked up"
	case errors.As(err, &authority):
		return "its certificate is signed by an authority that this machine does not know"
	case errors.As(err, &name):
		return "its certificate is for another name"
	case errors.As(err, &invalid):
		return "its certificate is not valid now"
	case errors.As(err, &record), errors.As(err, &alert):
		return "it does not speak TLS as it should"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "it takes no connection"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "there is no way to it from here; is the network up?"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection broke before an answer came"
	default:
		return "no answer came that can be read"
	}
}
