package proxy

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// errEncoding is that an answer has an encoding that is not known here.
var errEncoding = errors.New("unknown content coding")

// decode undoes the compression of an answer, which nobody asked for: what it
// says is read here, and a token in it would not be found. All codings that
// programs and providers use are read; an answer in another one is an error,
// because it cannot be told what is in it.
func decode(res *http.Response) error {
	said := res.Header["Content-Encoding"]
	if len(said) == 0 {
		return nil
	}
	codings := strings.Split(strings.Join(said, ","), ",")
	for i := len(codings) - 1; i >= 0; i-- { // the last one was applied last
		var open func(io.Reader) (io.Reader, error)
		switch strings.ToLower(strings.TrimSpace(codings[i])) {
		case "", "identity":
			continue
		case "gzip", "x-gzip":
			open = func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
		case "deflate":
			open = inflate
		case "br":
			open = func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }
		case "zstd":
			open = unzstd
		default:
			return errEncoding
		}
		res.Body = &decoded{from: bufio.NewReader(res.Body), body: res.Body, open: open}
		unmeasured(res)
	}
	res.Header.Del("Content-Encoding")
	return nil
}

// inflate reads what HTTP calls deflate, which is zlib, and which some servers
// send without its frame.
func inflate(r io.Reader) (io.Reader, error) {
	b := r.(*bufio.Reader)
	if head, err := b.Peek(2); err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// maxWindow is how far back a zstd answer may reach (RFC 9659).
const maxWindow = 8 << 20

// unzstd reads zstd within the caller's goroutine, so that nothing is left behind
// by a program that leaves.
func unzstd(r io.Reader) (io.Reader, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
}

// decoded is a body whose coding is looked at when the first of it is read.
type decoded struct {
	from *bufio.Reader
	body io.Closer
	open func(io.Reader) (io.Reader, error)
	r    io.Reader
	err  error
}

// Read implements [io.Reader].
func (d *decoded) Read(p []byte) (int, error) {
	if d.r == nil && d.err == nil {
		if _, err := d.from.Peek(1); err != nil {
			d.err = err // an empty body has no coding
		} else {
			d.r, d.err = d.open(d.from)
		}
	}
	if d.err != nil {
		return 0, d.err
	}
	return d.r.Read(p)
}

// Close implements [io.Closer].
func (d *decoded) Close() error { return d.body.Close() }
