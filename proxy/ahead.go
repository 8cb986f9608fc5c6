package proxy

import (
	"io"
	"net/http"
	"slices"
)

// ahead is a body of which some was read before its reader asks for it.
type ahead struct {
	io.ReadCloser
	read  []byte // so far, in order
	given int    // how much of it was handed out
	err   error
}

// aheadOf makes an answer's body one that is read ahead.
func aheadOf(res *http.Response) *ahead {
	a, ok := res.Body.(*ahead)
	if !ok {
		a = &ahead{ReadCloser: res.Body}
		res.Body = a
	}
	return a
}

// peek reads the beginning of an answer's body, up to most bytes, and puts it
// back.
func peek(res *http.Response, most int) []byte {
	a := aheadOf(res)
	if size := res.ContentLength; size >= 0 { // one byte more shows the end
		a.read = slices.Grow(a.read, max(0, min(int(size)+1, most)-len(a.read)))
	}
	for a.err == nil && len(a.read) < most {
		n, err := a.ReadCloser.Read(a.room())
		a.take(n, err)
	}
	return a.read[:min(len(a.read), most)]
}

// aheadChunk is how much is read ahead at once, at least: the first event of a stream
// is shorter most of the time, and it is held until that comes.
const aheadChunk = 1 << 10

// room is where to read into.
func (a *ahead) room() []byte {
	if len(a.read) == cap(a.read) {
		a.read = slices.Grow(a.read, aheadChunk)
	}
	return a.read[len(a.read):cap(a.read)]
}

func (a *ahead) take(n int, err error) {
	a.read, a.err = a.read[:len(a.read)+n], err
}

// Read implements [io.Reader].
func (a *ahead) Read(p []byte) (int, error) {
	if a.given < len(a.read) {
		n := copy(p, a.read[a.given:])
		a.given += n
		return n, nil
	}
	if a.err != nil {
		return 0, a.err
	}
	a.read, a.given = nil, 0
	return a.ReadCloser.Read(p)
}
