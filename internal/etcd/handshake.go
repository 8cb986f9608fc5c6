package etcd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// papers are what a client shows when a member asks for its certificate. The library
// shows none that the member's authorities have not signed, and then nobody can say what
// was wrong with it: it is shown whatever they are.
type papers struct {
	shown atomic.Pointer[tls.Certificate] // when a member asked last
	taken atomic.Pointer[tls.Certificate] // shown when a member has answered last
}

// into has a configuration show them.
func (p *papers) into(config *tls.Config) *tls.Config {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	} else {
		config = config.Clone()
	}
	own := config.GetClientCertificate
	if own == nil {
		pairs := slices.Concat(config.Certificates, []tls.Certificate{{}})
		own = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pairs[0], nil }
	}
	config.GetClientCertificate = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		pair, err := own(info)
		if err == nil {
			p.shown.Store(pair)
		}
		return pair, err
	}
	return config
}

// refused says why a handshake has failed, of which only one side knows; nil where it is no
// matter of certificates. denied says that the member said no to ours.
func (p *papers) refused(err error) (denied bool, why error) {
	var theirs *tls.CertificateVerificationError
	if errors.As(err, &theirs) {
		return false, &untrusted{theirs}
	}
	var remote *net.OpError
	alert := errors.As(err, &remote) && remote.Op == "remote error"
	switch {
	case alert && strings.Contains(err.Error(), "certificate"):
		return true, fmt.Errorf("%w; %s", err, p)
	case p.shown.Load() != nil && (alert || strings.Contains(err.Error(), neverOpen) || p.new() && cut(err)): // the link was gone before its last word was read
		return false, fmt.Errorf("it ended the link when it had asked for a certificate; %s", p)
	}
	return false, nil
}

// answered notes that a member took what it was shown.
func (p *papers) answered() { p.taken.Store(p.shown.Load()) }

// new reports whether a member was shown none, or what no member has taken yet.
func (p *papers) new() bool {
	pair := p.shown.Load()
	return pair != nil && (len(pair.Certificate) == 0 || pair != p.taken.Load())
}

// neverOpen and gone are what the library says of a link whose other side has ended it
// before the first request, or at any time: it has no values for these.
const neverOpen, gone = "http2: client conn could not be established", "http2: client conn"

// cut reports whether an error says no more than that the other side has ended the link.
func cut(err error) bool {
	return strings.Contains(err.Error(), gone) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// String says which certificate is shown, and until when that holds: whoever reads it has
// a clock.
func (p *papers) String() string {
	pair := p.shown.Load()
	if pair == nil || len(pair.Certificate) == 0 {
		return "it was shown none"
	}
	leaf := pair.Leaf
	if leaf == nil {
		var err error
		if leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return "what it was shown cannot be read"
		}
	}
	return fmt.Sprintf("it was shown that of %q by %q, which holds from %s until %s", plain(leaf.Subject.CommonName), plain(leaf.Issuer.CommonName),
		leaf.NotBefore.UTC().Format(time.DateOnly), leaf.NotAfter.UTC().Format(time.DateOnly))
}

// untrusted is that a member's certificate is none that this client takes.
type untrusted struct {
	cause *tls.CertificateVerificationError
}

// Error implements error.
func (u *untrusted) Error() string {
	text := u.cause.Err.Error()
	if unknown := (x509.UnknownAuthorityError{}); errors.As(u.cause.Err, &unknown) {
		text = "no authority that this machine trusts for it has signed that"
	}
	return "the certificate that it shows is not taken: " + text
}

// Unwrap returns the cause, and makes it [ErrUntrusted] for errors.Is.
func (u *untrusted) Unwrap() []error { return []error{u.cause, ErrUntrusted} }

// ErrUntrusted is that who answered at an address has a certificate that is not taken.
var ErrUntrusted = errors.New("the etcd's certificate is not taken")
