package etcd

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// gRPC is a POST by HTTP/2 whose body is messages, each behind five bytes, and
// whose outcome is in the trailers.

// mostMessage is the largest message that is read.
const mostMessage = 8 << 20

var (
	errTooLarge = errors.New("the answer is too large")
	errSealed   = errors.New("not sent")
)

// frame puts a message behind its five bytes.
func frame(m message) []byte {
	f := make([]byte, 5, 5+len(m))
	binary.BigEndian.PutUint32(f[1:], uint32(len(m)))
	return append(f, m...)
}

// unframe reads one message. Memory is taken as bytes come, and not as the five
// bytes promise.
func unframe(r io.Reader) ([]byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head[1:])
	switch {
	case head[0] != 0: // compressed, which was not asked for
		return nil, errBroken
	case size > mostMessage:
		return nil, errTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err == nil && len(data) < int(size) {
		err = io.ErrUnexpectedEOF
	}
	return data, err
}

// payload is the one message of a call. It knows whether any of it has left.
type payload struct {
	mu            sync.Mutex
	rest          []byte
	begun, sealed bool
}

// Read implements [io.Reader]. Who reads the first byte may have sent it.
func (p *payload) Read(into []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sealed {
		return 0, errSealed
	}
	if p.begun = true; len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(into, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// Close implements [io.Closer].
func (p *payload) Close() error { return nil }

// seal says that nothing has left, and that nothing will.
func (p *payload) seal() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.begun {
		p.sealed = true
	}
	return p.sealed
}

// post begins a call, or a stream of them.
func (c *Client) post(ctx context.Context, at *url.URL, method, token string, body io.ReadCloser, size int64) (*http.Response, error) {
	req := (&http.Request{
		Method: http.MethodPost, URL: &url.URL{Scheme: at.Scheme, Host: at.Host, Path: "/etcdserverpb." + method}, Host: at.Host,
		Body: body, ContentLength: size, // and no GetBody: nothing is sent twice by itself
		Header: http.Header{
			"Content-Type": {"application/grpc"}, "Te": {"trailers"}, "User-Agent": {"hermes-tui"},
			"Hasleader": {"true"}, // a member without a leader says so at once
		},
	}).WithContext(ctx)
	if token != "" {
		req.Header["Token"] = []string{token}
	}
	if size > 0 {
		req.Header["Grpc-Timeout"] = []string{strconv.FormatInt(c.timeout.Milliseconds(), 10) + "m"}
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/grpc") {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("%w: HTTP status %d", errBroken, resp.StatusCode)
	}
	return resp, nil
}

// unary sends one message and reads one.
func (c *Client) unary(ctx context.Context, at *url.URL, method, token string, p *payload) ([]byte, error) {
	resp, err := c.post(ctx, at, method, token, p, int64(len(p.rest)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := unframe(resp.Body)
	if err != nil && err != io.EOF {
		return nil, err
	}
	none := err == io.EOF
	var more [1]byte
	if n, err := resp.Body.Read(more[:]); n != 0 || err != io.EOF { // the trailers come with the end
		if err == nil || err == io.EOF {
			err = errBroken
		}
		return nil, err
	}
	if err := outcome(resp); err != nil {
		return nil, err
	}
	if none {
		return nil, errBroken
	}
	return data, nil
}

// status is what a call came to, other than well.
type status struct {
	code int
	text string
}

// Error implements error.
func (s *status) Error() string { return fmt.Sprintf("%s (gRPC %d)", s.text, s.code) }

// outcome reads the trailers, which stand among the headers where there is
// nothing else.
func outcome(resp *http.Response) error {
	from := resp.Trailer
	if from.Get("Grpc-Status") == "" {
		from = resp.Header
	}
	code, err := strconv.Atoi(from.Get("Grpc-Status"))
	switch {
	case err != nil:
		return errBroken
	case code == 0:
		return nil
	}
	text := from.Get("Grpc-Message")
	if decoded, err := url.PathUnescape(text); err == nil {
		text = decoded
	}
	return &status{code, plain(text)}
}
