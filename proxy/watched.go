package proxy

import (
	"bytes"
	"io"
)

// watched is a stream of events that is passed on byte by byte while errors are
// looked for in it.
type watched struct {
	io.ReadCloser
	line  []byte // that has not ended
	long  bool   // it is too long to be an error
	found func(data []byte)
}

// Read implements [io.Reader].
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.look(p[:n])
	if err != nil {
		w.end()
	}
	return n, err
}

// look adds bytes to the line, and looks at those that have ended.
func (w *watched) look(b []byte) {
	for len(b) > 0 {
		i := bytes.IndexAny(b, "\r\n")
		part := b
		if i >= 0 {
			part, b = b[:i], b[i+1:]
		} else {
			b = nil
		}
		if len(w.line)+len(part) > maxRefusal {
			w.long = true
		}
		if !w.long {
			w.line = append(w.line, part...)
		}
		if i >= 0 {
			w.end()
		}
	}
}

// end looks at a line that has ended.
func (w *watched) end() {
	data, ok := bytes.CutPrefix(w.line, []byte("data:"))
	if ok && !w.long && (bytes.Contains(data, []byte(`"error"`)) || bytes.Contains(data, []byte(`"base_resp"`))) && isError(data) {
		w.found(data)
	}
	w.line, w.long = w.line[:0], false
}
