package etcd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// Config says how to reach an etcd.
type Config struct {
	// Endpoints are URLs of members, https://host:2379 or http://host:2379. They
	// are tried in their order, beginning with the one that answered last.
	Endpoints []string
	// TLS has the authorities and this host's certificate, if it has one. It may be
	// nil, for those of the system and none.
	TLS *tls.Config
	// User and Password, where etcd asks for them. A certificate names its user by
	// itself.
	User, Password string
	// Timeout is how long a call may take, all endpoints together: 3 s if it is 0.
	Timeout time.Duration
	// Notice is how often a watch asks whether it is still told of everything: 10 s
	// if it is 0.
	Notice time.Duration
	// Silence is how long a link may say nothing before it is asked whether it
	// lives, which it then has to say within Timeout: 6 s if it is 0. etcd ends a
	// connection that asks more often than each five seconds.
	Silence time.Duration
}

// Client is an etcd. It is safe for concurrent use.
type Client struct {
	transport *http.Transport
	endpoints []*url.URL
	timeout   time.Duration
	share     time.Duration // of it, for an endpoint that is not the last one
	notice    time.Duration
	most      int             // bytes of a range
	base      context.Context // ends with Close
	stop      context.CancelFunc
	pass      *pass
	papers    papers

	mu    sync.Mutex
	start int // the endpoint to begin with
}

var _ Store = (*Client)(nil)

// New returns a client. It connects when it is first asked something.
func New(config Config) (*Client, error) {
	c := &Client{timeout: config.Timeout, notice: config.Notice, most: mostOfRange, pass: newPass(config.User, config.Password)}
	if c.timeout <= 0 {
		c.timeout = 3 * time.Second
	}
	if c.notice <= 0 {
		c.notice = 10 * time.Second
	}
	silence := config.Silence
	if silence <= 0 {
		silence = 6 * time.Second
	}
	for _, endpoint := range config.Endpoints {
		u, err := url.Parse(endpoint)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
			if err == nil {
				endpoint = u.Redacted() // a password may stand in it
			}
			return nil, refusal("open", fmt.Sprintf("%q is no endpoint: it has to be http:// or https://, a host and a port, and nothing else", plain(endpoint)))
		}
		c.endpoints = append(c.endpoints, u)
	}
	if len(c.endpoints) == 0 {
		return nil, refusal("open", "no endpoint is given")
	}
	c.share = c.timeout / time.Duration(len(c.endpoints))
	dialer := &net.Dialer{Timeout: c.share}
	c.transport = &http.Transport{
		DialContext: dialer.DialContext, TLSClientConfig: c.papers.into(config.TLS), TLSHandshakeTimeout: c.share,
		Protocols: new(http.Protocols), DisableCompression: true, MaxResponseHeaderBytes: 64 << 10,
		HTTP2: &http.HTTP2Config{SendPingTimeout: silence, PingTimeout: c.timeout, MaxReceiveBufferPerStream: 1 << 20},
		// etcd ends a connection, too, that asks for long without a call
		IdleConnTimeout: 10 * time.Second,
	}
	c.transport.Protocols.SetHTTP2(true)
	c.transport.Protocols.SetUnencryptedHTTP2(true)
	c.base, c.stop = context.WithCancel(context.Background())
	return c, nil
}

// Close implements [Store].
func (c *Client) Close() {
	c.stop()
	c.transport.CloseIdleConnections()
}

var (
	errNoAnswer = errors.New("no answer in time")
	errClosed   = errors.New("the client is closed")
	errFresh    = errors.New("the connection is new and not proved")
)

// within is a context that ends with the client, and after d if d is not 0. Its
// cause says which, so that nobody takes it for an end of the caller's.
func (c *Client) within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	free := context.AfterFunc(c.base, func() { cancel(errClosed) })
	stop := context.CancelFunc(func() {})
	if d > 0 {
		ctx, stop = context.WithTimeoutCause(ctx, d, errNoAnswer)
	}
	return ctx, func() {
		stop()
		free()
		cancel(nil)
	}
}

// order are the endpoints, the last good one first.
func (c *Client) order() (turns []int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.endpoints {
		turns = append(turns, (c.start+i)%len(c.endpoints))
	}
	return turns
}

func (c *Client) begin(with int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start = with % len(c.endpoints)
}

// call is one method of etcd, as it is asked of the endpoints one after the other.
type call struct {
	op     string // in errors
	method string // etcdserverpb.… of which
	body   message
	write  bool
}

// ask hands a call to the first endpoint that takes it. A read goes on to the
// next one unless the answer is clear; a write only if nothing of it has left, or
// the member said that it has no leader.
func (c *Client) ask(ctx context.Context, what call) ([]byte, error) {
	ctx, cancel := c.within(ctx, c.timeout)
	defer cancel()
	last := &Error{Kind: Unreachable, Op: what.op}
	turns := c.order()
	for i, turn := range turns {
		if ctx.Err() != nil {
			if last.Err == nil && last.Text == "" {
				last.Err = context.Cause(ctx)
			}
			return nil, last
		}
		share := c.share
		if i == len(turns)-1 {
			share = 0
		}
		data, err := c.at(ctx, c.endpoints[turn], what, share)
		if err == nil {
			c.begin(turn)
			return data, nil
		}
		if last = err; !err.again(what.write) {
			if err.Kind == Unclear && !errors.Is(err, context.Canceled) {
				c.begin(turn + 1)
			}
			return nil, err
		}
		c.begin(turn + 1)
	}
	return nil, last
}

// again says whether the next endpoint may be asked after this one.
func (e *Error) again(write bool) bool {
	return !e.Maybe && (e.Kind == Unreachable || e.Kind == NoLeader) && !errors.Is(e.Err, errTooLarge)
}

// at asks one endpoint, for no longer than share if that is not 0; and once more
// if only the token was old, which etcd says before it does anything, or if a
// write had to wait for a connection to be proved.
func (c *Client) at(ctx context.Context, at *url.URL, what call, share time.Duration) ([]byte, *Error) {
	token, err := c.token(ctx, at, nil, share)
	for renewed, proved := false, false; ; {
		if err != nil {
			return nil, c.judge(what, at, err, true)
		}
		data, unsent, said := c.once(ctx, at, what, token, share)
		switch {
		case said == nil:
			return data, nil
		case errors.Is(said, errFresh) && !proved:
			proved, err = true, c.prove(ctx, at, token, share)
		case c.pass.renews(said) && !renewed:
			renewed = true
			token, err = c.token(ctx, at, &token, share)
		default:
			return nil, c.judge(what, at, said, unsent)
		}
	}
}

// prove asks something that changes nothing, by the connection that was made for
// a write: until somebody has answered there, it is not known whether anybody
// hears it, or takes our certificate, which in TLS 1.3 is refused only after the
// client's side of the handshake is over. An answer of any kind is a proof.
func (c *Client) prove(ctx context.Context, at *url.URL, token string, share time.Duration) error {
	_, _, err := c.once(ctx, at, call{method: "Maintenance/Status"}, token, share)
	if s := (*status)(nil); errors.As(err, &s) {
		return nil
	}
	return err
}

// token is what to show at an endpoint, another one than refused.
func (c *Client) token(ctx context.Context, at *url.URL, refused *string, share time.Duration) (string, error) {
	return c.pass.token(ctx, refused, func(body message) ([]byte, error) {
		data, _, err := c.once(ctx, at, call{method: "Auth/Authenticate", body: body}, "", share)
		return data, err
	})
}

// once asks one endpoint one time, and says of an error whether surely nothing
// has left.
func (c *Client) once(ctx context.Context, at *url.URL, what call, token string, share time.Duration) (data []byte, unsent bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p := &payload{rest: frame(what.body)}
	fresh := false
	if what.write {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(conn httptrace.GotConnInfo) {
			fresh = !conn.Reused && p.seal()
		}})
	}
	if share > 0 {
		// a read goes elsewhere after that; a write only as long as it can
		late := time.AfterFunc(share, func() {
			if p.seal() || !what.write {
				cancel(errNoAnswer)
			}
		})
		defer late.Stop()
	}
	if data, err = c.unary(ctx, at, what.method, token, p); err == nil {
		c.papers.answered()
		return data, false, nil
	}
	if fresh {
		return nil, true, errFresh
	}
	return nil, p.seal(), because(ctx, err)
}

// because is what ended a call: the end of its context has many names on the way
// up.
func because(ctx context.Context, err error) error {
	if s := (*status)(nil); ctx.Err() != nil && !errors.As(err, &s) {
		return context.Cause(ctx)
	}
	return err
}

// judge makes an [Error] of what went wrong. Of a write of which anything may
// have left, all but a clear answer is Unclear.
func (c *Client) judge(what call, at *url.URL, err error, unsent bool) *Error {
	e := &Error{Kind: Unreachable, Op: what.op, Endpoint: at.Host}
	clear := false
	if s := (*status)(nil); errors.As(err, &s) {
		e.Kind, clear = verdict(s)
		e.Text = s.text
	} else if e.Err = err; errors.Is(err, errTooLarge) {
		e.Kind = Refused
	} else if denied, why := c.papers.refused(err); why != nil {
		if e.Err = why; denied {
			e.Kind, clear = Denied, true
		}
	} else if why := c.wrongScheme(at, err); why != nil {
		e.Err = why
	}
	if what.write && !unsent {
		if e.Maybe = !clear || e.Kind == NoSpace; !clear {
			e.Kind = Unclear
		}
	}
	return e
}
