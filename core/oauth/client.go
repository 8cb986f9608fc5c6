package oauth

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net/http"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// Time limits of the wire.
const (
	// RequestLimit is how long one request may take, its answer included.
	RequestLimit = 15 * time.Second
	// CallLimit is how long one call may take, redirects and fallback included.
	CallLimit = 60 * time.Second
)

// Config is what a [Client] is made of. Fields left zero get a default.
type Config struct {
	// Transport carries the requests; the default is a transport like
	// [http.DefaultTransport]. An *http.Transport is cloned and set up so that
	// a token request is sent once, on a connection of its own. Another
	// RoundTripper has to see to that itself, and to call the hooks of
	// net/http/httptrace: a request that failed without them counts as sent.
	Transport http.RoundTripper
	Clock     clock.Clock // default clock.System
	Rand      io.Reader   // of PKCE, state and request ids; default crypto/rand
	UserAgent string      // default "hermes-tui"
	// WithTimeout limits the time of a request; the default counts the time for which
	// this process runs. Tests end a request by it without waiting.
	WithTimeout func(context.Context, time.Duration) (context.Context, context.CancelFunc)
}

// Client sends token requests: POSTs with a form that get a bounded answer. It
// sends nothing twice by itself and says of every request whether it may have
// been served. It is safe for concurrent use.
type Client struct {
	transport   http.RoundTripper
	traced      bool // transport calls the httptrace hooks
	clock       clock.Clock
	rand        io.Reader
	userAgent   string
	withTimeout func(context.Context, time.Duration) (context.Context, context.CancelFunc)
}

// NewClient returns a Client.
func NewClient(c Config) *Client {
	client := &Client{
		transport: c.Transport, clock: c.Clock, rand: c.Rand,
		userAgent: c.UserAgent, withTimeout: c.WithTimeout,
	}
	if client.transport == nil {
		client.transport = http.DefaultTransport
	}
	if t, ok := client.transport.(*http.Transport); ok {
		client.transport, client.traced = singleUse(t), true
	}
	if client.clock == nil {
		client.clock = clock.System{}
	}
	if client.rand == nil {
		client.rand = rand.Reader
	}
	if client.userAgent == "" {
		client.userAgent = "hermes-tui"
	}
	if client.withTimeout == nil {
		client.withTimeout = WithRunningTime
	}
	return client
}

// singleUse returns a copy of t that opens a connection for each request and
// speaks HTTP/1.1. On a connection that was idle or is shared, net/http may send
// a request a second time when the server closes it, and cannot say whether the
// first one arrived.
func singleUse(t *http.Transport) *http.Transport {
	t = t.Clone()
	t.DisableKeepAlives = true
	t.DisableCompression = true
	t.MaxResponseHeaderBytes = 64 << 10
	t.ForceAttemptHTTP2 = false
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	if t.TLSClientConfig != nil {
		t.TLSClientConfig.NextProtos = []string{"http/1.1"}
	}
	return t
}
