package oauth

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/internal/mark"
)

// Limits of what is read of an answer.
const (
	maxBody      = 1 << 20  // of a 2xx answer; more is no answer of ours
	maxErrorBody = 16 << 10 // of every other answer; more is cut off
	truncated    = "...[truncated]"
)

// delivery says how far a request came.
type delivery int

const (
	undelivered delivery = iota // provably no byte reached a server
	deflected                   // a server sent it elsewhere and did not serve it
	lost                        // it may have been served, and its answer is not known
	answered                    // status, header and body are set
)

// reply is what became of one request.
type reply struct {
	delivery delivery
	host     string // that was asked
	status   int
	header   http.Header
	body     []byte
	clipped  bool  // more body was sent than is read
	err      error // why there is no whole answer; nil when there is
	exchange expiry.Exchange
}

// ok reports a 2xx answer.
func (r *reply) ok() bool { return r.delivery == answered && r.status/100 == 2 }

// refusal reports a 4xx answer.
func (r *reply) refusal() bool { return r.delivery == answered && r.status/100 == 4 }

// skew is the provider's clock minus ours.
func (r *reply) skew() time.Duration { return r.exchange.Skew() }

// request is what to send, and to whom: a form or, where json is set, an object
// to post, or, where get is set, an address to read.
type request struct {
	url    string   // where to
	legacy string   // where else, when url provably was not reached or is unknown there
	hosts  []string // that may receive it
	form   url.Values
	json   map[string]string
	get    bool
	header http.Header // beside the ones that every request has, or in their place
}

// encode returns the parts of the request on the wire.
func (r request) encode() (method, body, contentType string) {
	switch {
	case r.get:
		return http.MethodGet, "", ""
	case r.json != nil:
		data, _ := json.Marshal(r.json) // strings always can be
		return http.MethodPost, string(data), "application/json"
	default:
		return http.MethodPost, r.form.Encode(), "application/x-www-form-urlencoded"
	}
}

// send sends the request to target, once, following nothing.
func (c *Client) send(ctx context.Context, target *url.URL, r request) *reply {
	out := &reply{host: target.Host}
	ctx, cancel := c.withTimeout(ctx, RequestLimit)
	defer cancel()
	if out.err = ctx.Err(); out.err != nil {
		return out
	}

	var way passage
	method, body, contentType := r.encode()
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, way.trace(ctx)), method, target.String(), strings.NewReader(body))
	if err != nil {
		out.err = err
		return out
	}
	req.GetBody = nil // whatever is repeated is repeated here, knowingly
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	for name, values := range r.header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}

	out.exchange.Sent = c.clock.Now()
	resp, err := c.transport.RoundTrip(req)
	out.exchange.Received = c.clock.Now()
	if err != nil {
		out.err = causeOf(ctx, err)
		// Once there is a connection, a byte may have been written to it.
		switch shut := way.shut(); {
		case shut != nil:
			out.err = shut
		case way.connected.Load() || !c.traced && !way.hooked.Load():
			out.delivery = lost
		}
		return out
	}
	defer func() { _ = resp.Body.Close() }()

	out.delivery, out.status, out.header = answered, resp.StatusCode, resp.Header
	out.exchange.Date = resp.Header.Get("Date")
	out.read(ctx, resp.Body)
	return out
}

// read reads the body up to its limit.
func (r *reply) read(ctx context.Context, body io.Reader) {
	limit := int64(maxErrorBody)
	if r.ok() {
		limit = maxBody
	}
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if int64(len(data)) > limit {
		data, r.clipped = data[:limit], true
	}
	r.body = mark.Trim(data)
	switch {
	case err != nil:
		r.err = causeOf(ctx, err)
	case r.clipped && r.ok():
		r.err = fmt.Errorf("the answer is longer than %d bytes", maxBody)
	}
}

// causeOf prefers the reason why ctx ended to the error that followed from it.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
