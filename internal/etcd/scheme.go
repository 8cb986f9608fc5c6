package etcd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"time"
)

// What an address may answer in place of what it was asked.
var (
	// ErrSpeaksTLS is that an etcd was asked by http://, and speaks TLS.
	ErrSpeaksTLS = errors.New("it speaks TLS, and was asked by http://")
	// ErrSpeaksPlain is that an etcd was asked by https://, and speaks no TLS.
	ErrSpeaksPlain = errors.New("it speaks no TLS, and was asked by https://")
)

// schemeTime bounds finding out what is spoken at an address.
const schemeTime = time.Second

// preface is how HTTP/2 begins, with an empty frame of settings, which a server that
// speaks it answers by its own.
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\x00\x00\x00\x04\x00\x00\x00\x00\x00"

// wrongScheme returns why an address has ended a link, where it was asked by the wrong
// scheme; else nil. A member says no word of that, so that it is tried in the other way,
// which sends nothing of ours.
func (c *Client) wrongScheme(at *url.URL, err error) error {
	record := tls.RecordHeaderError{}
	if !cut(err) && !errors.As(err, &record) {
		return nil
	}
	ctx, free := c.within(c.base, schemeTime)
	defer free()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address(at))
	if err != nil {
		return nil //nolint:nilerr // it is away, which is known
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	switch {
	case at.Scheme == "http" && speaksTLS(ctx, conn):
		return ErrSpeaksTLS
	case at.Scheme == "https" && speaksPlain(conn):
		return ErrSpeaksPlain
	}
	return nil
}

// address is where to dial.
func address(at *url.URL) string {
	port := at.Port()
	if port == "" {
		port = at.Scheme
	}
	return net.JoinHostPort(at.Hostname(), port)
}

// speaksTLS reports whether a certificate is shown, whosever it is: the link ends there.
func speaksTLS(ctx context.Context, conn net.Conn) (shown bool) {
	enough := errors.New("enough")
	_ = tls.Client(conn, &tls.Config{
		InsecureSkipVerify: true, MinVersion: tls.VersionTLS12, //nolint:gosec // nothing is sent, and the link ends when it is shown
		VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error { shown = true; return enough },
	}).HandshakeContext(ctx)
	return shown
}

// speaksPlain reports whether HTTP/2 is answered.
func speaksPlain(conn net.Conn) bool {
	var frame [9]byte
	if _, err := io.WriteString(conn, preface); err != nil {
		return false
	}
	_, err := io.ReadFull(conn, frame[:])
	return err == nil && frame[3] == 4 // settings
}
