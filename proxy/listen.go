package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/hermes-tui/hermes-tui/core/autherr"
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
		return nil, wrong(fmt.Sprintf("%q is no address to listen on", o.Address), "give host and port, such as 127.0.0.1:8787")
	}
	tlsWanted := o.CertFile != "" || o.KeyFile != ""
	switch {
	case !IsLoopback(host) && !o.Remote:
		return nil, wrong(fmt.Sprintf("%s can be reached from other machines", o.Address), "listen on 127.0.0.1, or add --allow-remote with --tls-cert and --tls-key")
	case !IsLoopback(host) && !tlsWanted:
		return nil, wrong(fmt.Sprintf("%s can be reached from other machines, and prompts would cross the network in plain text", o.Address), "add --tls-cert and --tls-key")
	}
	var config *tls.Config
	var leaf *x509.Certificate
	if tlsWanted {
		cert, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		if err != nil {
			return nil, wrong("the certificate cannot be used: "+err.Error(), "give a certificate and its key as PEM files")
		}
		leaf = cert.Leaf
		config = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	}
	l, err := net.Listen("tcp", o.Address)
	if err != nil {
		return nil, wrong("cannot listen on "+o.Address+": "+reason(err), "is another proxy running? choose another address with --listen")
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	return &listener{l, leaf}, nil
}

// ListenUnix opens a unix socket that only its owner can use. A socket that a
// killed proxy left behind is replaced.
func ListenUnix(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil {
		if info.Mode()&os.ModeSocket == 0 {
			return nil, wrong(path+" exists and is no socket", "choose another path")
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
	if err != nil {
		return nil, wrong("cannot listen on "+path+": "+reason(err), "choose another path")
	}
	return l, nil
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
