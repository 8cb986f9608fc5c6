package proxy

import "sync"

// buffers are what answers are copied through, all of one size.
type buffers struct{ pool sync.Pool }

func newBuffers(size int) *buffers {
	return &buffers{sync.Pool{New: func() any { b := make([]byte, size); return &b }}}
}

// Get implements [httputil.BufferPool].
func (b *buffers) Get() []byte { return *b.pool.Get().(*[]byte) }

// Put implements [httputil.BufferPool].
func (b *buffers) Put(buffer []byte) { b.pool.Put(&buffer) }

// Get implements [httputil.BufferPool]. A stream keeps its buffer for as long as it
// is open: that one is no larger than an event is likely to be.
func (x *exchange) Get() []byte { return x.buffers().Get() }

// Put implements [httputil.BufferPool].
func (x *exchange) Put(buffer []byte) { x.buffers().Put(buffer) }

func (x *exchange) buffers() *buffers {
	if x.stream {
		return x.server.streams
	}
	return x.server.whole
}
