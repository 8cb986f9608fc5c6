package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
)

// Each cause has a sentence that a person can use, which repeats nothing of what
// the library says.
func TestUnreachable(t *testing.T) {
	for want, errs := range map[string][]error{
		"HTTPS_PROXY":                         {&net.OpError{Op: "proxyconnect", Err: io.EOF}, errors.New("proxyconnect tcp: Forbidden")},
		"its name is not known":               {&net.DNSError{IsNotFound: true}},
		"its name could not be looked up":     {&net.DNSError{Err: "server misbehaving"}},
		"by an authority":                     {x509.UnknownAuthorityError{}, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}},
		"for another name":                    {x509.HostnameError{Certificate: &x509.Certificate{}}},
		"not valid now":                       {x509.CertificateInvalidError{Reason: x509.Expired}},
		"speak TLS":                           {tls.RecordHeaderError{}, tls.AlertError(40)},
		"takes no connection":                 {&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}},
		"no way to it":                        {&net.OpError{Op: "dial", Err: syscall.ENETUNREACH}, &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}},
		"broke before an answer came":         {io.EOF, io.ErrUnexpectedEOF, &net.OpError{Op: "read", Err: syscall.ECONNRESET}, syscall.EPIPE},
		"no answer came that can be read":     {errors.New("net/http: HTTP/1.x transport connection broken: malformed")},
		"api.example) did not answer in time": {&net.DNSError{IsTimeout: true}, os.ErrDeadlineExceeded},
	} {
		for _, err := range errs {
			got := unreachable(fmt.Errorf("secret: %w", err), "api.example")
			if strings.HasPrefix(err.Error(), "proxyconnect") {
				got = unreachable(err, "api.example")
			}
			late := strings.Contains(want, "in time")
			if !strings.Contains(got.message, want) || !strings.Contains(got.message, "(api.example)") || strings.Contains(got.message, "secret") || late != (got.status == http.StatusGatewayTimeout) || !late && got.status != http.StatusBadGateway {
				t.Errorf("%T: %d %s, want %s", err, got.status, got.message, want)
			}
		}
	}
}
