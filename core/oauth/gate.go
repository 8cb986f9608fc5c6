package oauth

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
)

// gateKey is where a context has its gate.
type gateKey struct{}

// WithGate returns a context in which nothing is sent to a provider unless open,
// asked once there is a connection and right before the request's first byte, returns
// nil. Its error is that of a request that was not sent.
func WithGate(ctx context.Context, open func() error) context.Context {
	return context.WithValue(ctx, gateKey{}, open)
}

// Pass asks the context's gate, if it has one, for what is not sent by a [Client].
func Pass(ctx context.Context) error {
	if open, _ := ctx.Value(gateKey{}).(func() error); open != nil {
		return open()
	}
	return nil
}

// passage is a request's way through a gate.
type passage struct {
	hooked, connected atomic.Bool
	closed            atomic.Pointer[error] // why the gate did not open
}

// trace returns the hooks that ask the context's gate, if it has one. A connection
// that it does not open is closed before the transport writes to it.
func (p *passage) trace(ctx context.Context) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { p.hooked.Store(true) },
		GotConn: func(got httptrace.GotConnInfo) {
			if err := Pass(ctx); err != nil {
				p.closed.Store(&err)
				_ = got.Conn.Close()
				return
			}
			p.connected.Store(true)
		},
	}
}

// shut returns why the gate did not open, if so.
func (p *passage) shut() error {
	if err := p.closed.Load(); err != nil {
		return *err
	}
	return nil
}
