package proxy

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
)

// upload is a request's body, which is kept so that it can be sent again. What it
// takes of the allowance is given back as soon as nobody reads it any more: an answer
// may go on for hours.
type upload struct {
	bytes []byte
	size  int // of bytes, also when they are gone
	from  *allowance
	taken atomic.Int64 // of the allowance
	users atomic.Int64 // who may still read it: the exchange, and each reader
}

func newUpload(body []byte, from *allowance, taken int64) *upload {
	u := &upload{bytes: body, size: len(body), from: from}
	u.taken.Store(taken)
	u.users.Store(1)
	return u
}

// smallBody is up to which size a body is kept to the end. net/http sends one of a
// bytes.Reader in one piece with the header, and any other behind it; where the two do
// not go into its buffer of 4 KiB together, that makes no difference.
const smallBody = 4 << 10

// open returns a reader for one more try.
func (u *upload) open() io.ReadCloser {
	if u.size <= smallBody {
		return io.NopCloser(bytes.NewReader(u.bytes))
	}
	u.users.Add(1)
	return &sending{of: u, rest: bytes.NewReader(u.bytes)}
}

// sent says that nothing is tried any more. A try whose answer has begun may still
// read.
func (u *upload) sent() {
	if u.size > smallBody && u.bytes != nil {
		u.bytes = nil
		u.left()
	}
}

func (u *upload) left() {
	if u.users.Add(-1) == 0 {
		u.giveBack()
	}
}

// giveBack gives back what the body takes, once.
func (u *upload) giveBack() { u.from.giveBack(u.taken.Swap(0)) }

// sending is a body on its way to a provider. A transport may close it while it
// reads.
type sending struct {
	of   *upload
	mu   sync.Mutex
	rest *bytes.Reader // nil once it is closed
}

// Read implements [io.Reader].
func (s *sending) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rest == nil {
		return 0, io.ErrClosedPipe
	}
	return s.rest.Read(p)
}

// Close implements [io.Closer].
func (s *sending) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rest != nil {
		s.rest = nil
		s.of.left()
	}
	return nil
}
