package proxy

import (
	"io"
	"net/http"
	"sync/atomic"
)

// allowance bounds what the bodies of all requests take together. Programs may send
// half of a large body and wait.
type allowance struct {
	most int64
	used atomic.Int64
}

// take reports whether n more bytes may be used, and counts them if so.
func (b *allowance) take(n int64) bool {
	if b.used.Add(n) > b.most {
		b.used.Add(-n)
		return false
	}
	return true
}

func (b *allowance) giveBack(n int64) { b.used.Add(-n) }

// firstChunk is what a body is given at first; it doubles as the body arrives, and
// not as its length was announced.
const firstChunk = 16 << 10

// fill reads r whole, which is length bytes long if that is not negative. It
// returns how much of the allowance the body takes, also beside an error.
func (b *allowance) fill(r io.Reader, length int64) (body []byte, taken int64, err error) {
	for {
		if len(body) == cap(body) {
			size := max(firstChunk, 2*taken)
			if length >= 0 { // one byte more shows the end
				size = min(size, max(length, taken)+1)
			}
			if !b.take(size - taken) {
				return nil, taken, errBudget
			}
			taken = size
			body = append(make([]byte, 0, size), body...)
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch err {
		case nil:
		case io.EOF:
			return body, taken, nil
		default:
			return nil, taken, err
		}
	}
}

// errBudget says that the bodies under way leave no room for one more.
var errBudget = &answer{
	status: http.StatusServiceUnavailable, kind: "api_error",
	message: "the proxy holds as many large requests as it can; try again in a moment",
	header:  http.Header{"Retry-After": {"2"}, "Connection": {"close"}},
}
