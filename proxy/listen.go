package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"syscall"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// ListenOptions say where a proxy listens.
type ListenOptions struct {
	Address string // host:port
	// Remote allows an address that other machines can reach. It takes a
	// certificate.
	Remote            bool
	CertFile, KeyFile string // PEM; empty for plain HTTP
}

// listener is one that knows the names in its certificate.
type listener struct {
	net.Listener
	leaf *x509.Certificate // nil without TLS
}

// names are what a certificate is good for.
type names interface{ VerifyHostname(host string) error }

type namesKey struct{}

// named hands the names of a listener's certificate to its requests.
func named(l net.Listener) context.Context {
	ctx := context.Background()
	if l, ok := l.(*listener); ok && l.leaf != nil {
		ctx = context.WithValue(ctx, namesKey{}, names(l.leaf))
	}
	return ctx
}

// Listen opens a TCP address. Only loopback is taken, unless o.Remote says so
// and there is a certificate. Errors are of kind Usage.
func Listen(o ListenOptions) (net.Listener, error) {
	host, _, err := net.SplitHostPort(o.Address)
	if err != nil {
		return nil, wrong(fmt.Sprintf("%q is not an address to listen on", o.Address), "give host and port, such as 127.0.0.1:8787")
	}
	if err := o.allowed(host, o.Address); err != nil {
		return nil, err
	}
	if o.tls() {
		if _, err := o.certificate(); err != nil { // before the port is taken
			return nil, err
		}
	}
	l, err := net.Listen("tcp", o.Address)
	if err != nil {
		return nil, taken(o.Address, err)
	}
	return o.secured(l)
}

// taken says why an address cannot be listened on, and who has it.
func taken(address string, err error) error {
	hint := "choose another address with --listen"
	if !errors.Is(err, syscall.EADDRINUSE) {
		return wrong("cannot listen on "+address+": "+reason(err), hint)
	}
	hint = "is another proxy running? " + hint
	if at, err := net.ResolveTCPAddr("tcp", address); err == nil {
		if who := holder(addrPort(at)); who != "" {
			return wrong("cannot listen on "+address+": "+who+" listens there",
				hint+"; if that is no program of yours, `hermes-tui serve --rotate-key` makes a new local key, because programs may have shown it the old one")
		}
	}
	return wrong("cannot listen on "+address+": "+reason(err), hint)
}

// allowed returns an error for an address that other machines can reach, unless
// that is wanted and encrypted.
func (o ListenOptions) allowed(host, address string) error {
	switch {
	case !IsLoopback(host) && !o.Remote:
		return wrong(fmt.Sprintf("%s can be reached from other machines", address), "listen on 127.0.0.1, or add --allow-remote with --tls-cert and --tls-key")
	case !IsLoopback(host) && !o.tls():
		return wrong(fmt.Sprintf("%s can be reached from other machines, and prompts would cross the network in plain text", address), "add --tls-cert and --tls-key")
	}
	return nil
}

func (o ListenOptions) tls() bool { return o.CertFile != "" || o.KeyFile != "" }

// secured is a listener with what the options ask for. It is closed where they do
// not allow it.
func (o ListenOptions) secured(l net.Listener) (net.Listener, error) {
	host, _, err := net.SplitHostPort(l.Addr().String())
	if err == nil {
		err = o.allowed(host, l.Addr().String())
	}
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	if !o.tls() {
		return &listener{l, nil}, nil
	}
	cert, err := o.certificate()
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	return &listener{tls.NewListener(l, config), cert.Leaf}, nil
}

// maxPEM is far more than a chain of certificates takes.
const maxPEM = 1 << 20

// certificate reads the certificate and its key, which nobody else may read.
func (o ListenOptions) certificate() (tls.Certificate, error) {
	if info, err := os.Stat(o.KeyFile); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o027 != 0 {
		return tls.Certificate{}, wrong(fmt.Sprintf("others can read or change the certificate's key %s (mode %04o)", o.KeyFile, info.Mode().Perm()), "run `chmod 600 "+o.KeyFile+"`; if others have read it, make a new one")
	}
	var pem [2][]byte
	if o.CertFile == "" || o.KeyFile == "" {
		return tls.Certificate{}, wrong("a certificate and its key are needed, and only one of them is given", "add --tls-cert and --tls-key")
	}
	for i, path := range []string{o.CertFile, o.KeyFile} {
		data, err := atomicfile.ReadForeign(path, maxPEM)
		if err != nil {
			return tls.Certificate{}, wrong("the certificate cannot be used: "+err.Error(), "give a certificate and its key as PEM files")
		}
		pem[i] = data
	}
	cert, err := tls.X509KeyPair(pem[0], pem[1])
	if err != nil {
		return cert, wrong("the certificate cannot be used: "+err.Error(), "give a certificate and its key as PEM files")
	}
	return cert, nil
}

// ListenUnix opens a unix socket that only its owner can use. A socket that a
// killed proxy left behind is replaced.
func ListenUnix(path string) (net.Listener, error) {
	if len(path) > longestSocket {
		return nil, tooLong(path)
	}
	if info, err := os.Lstat(path); err == nil {
		if info.Mode()&os.ModeSocket == 0 {
			return nil, wrong(path+" exists and is not a socket", "choose another path")
		}
		if conn, err := net.Dial("unix", path); err == nil {
			_ = conn.Close()
			return nil, wrong("somebody listens on "+path+" already", "is another proxy running? choose another path")
		}
		if err := os.Remove(path); err != nil {
			return nil, wrong("cannot replace the socket "+path+": "+reason(err), "choose another path")
		}
	}
	l, err := listenPrivate(path)
	if errors.Is(err, syscall.EINVAL) { // where it is made first
		return nil, tooLong(path)
	}
	if err != nil {
		return nil, wrong("cannot listen on "+path+": "+reason(err), "choose another path")
	}
	return l, nil
}

// longestSocket is how long the path of a socket can be so that every program can
// connect to it: a NUL stands behind it.
const longestSocket = len(syscall.RawSockaddrUnix{}.Path) - 1

func tooLong(path string) error {
	return wrong("the path "+path+" is too long for a socket", fmt.Sprintf("use one of at most %d bytes, in a folder of at most %d", longestSocket, longestSocket-20))
}

func wrong(message, hint string) error {
	return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: message, Hint: hint}
}

// reason is the cause of a failed call, without the address again.
func reason(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
}
