package proxy

import "sync"

// buffers are what answers are copied through, all of one size.
type buffers struct{ pool sync.Pool }

func newBuffers(size int) *buffers {
	return &buffers{sync.Pool{New: func() any { b := make([]byte, size); return &b }}}
}

func (b *buffers) get() *[]byte { return b.pool.Get().(*[]byte) }

func (b *buffers) put(buffer *[]byte) { b.pool.Put(buffer) }

// buffers are those for the answer. A stream keeps its buffer for as long as it is
// open: that one is no larger than an event is likely to be.
func (x *exchange) buffers() *buffers {
	if x.stream {
		return x.server.streams
	}
	return x.server.whole
}
