package proxy

import (
	"bytes"
	"io"

	"github.com/hermes-tui/hermes-tui/internal/mark"
)

// watched is a stream of events that is passed on byte by byte while errors and
// what it tells of its tokens are looked for in it.
type watched struct {
	io.ReadCloser
	line  []byte // that has not ended, or its beginning
	long  bool   // it is too long to be kept
	named bool   // the event calls itself an error
	found func(data []byte)
	told  *told // what the events tell of tokens; nil: nobody asks
	// created is told which response the stream makes, once; nil: nobody asks.
	created func(id string)
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

// look adds bytes to the line, and looks at those that have ended. One that came
// whole is looked at where it stands.
func (w *watched) look(b []byte) {
	for len(b) > 0 {
		line, size, ended := nextLine(b)
		b = b[size:]
		if ended && len(w.line) == 0 && len(line) <= maxRefusal {
			w.judge(line)
			continue
		}
		w.add(line)
		if ended {
			w.end()
		}
	}
}

// add adds bytes to the line. What it is too long for is only looked through.
func (w *watched) add(part []byte) {
	room := min(len(part), maxRefusal-len(w.line))
	w.line = append(w.line, part[:room]...)
	if part = part[room:]; len(part) == 0 {
		return
	}
	if !w.long {
		w.long = true
		w.told.begin(bytes.TrimPrefix(w.line, []byte("data:")))
	}
	w.told.read(part)
}

// end looks at the line that has ended.
func (w *watched) end() {
	w.judge(w.line)
	w.line, w.long = w.line[:0], false
}

// judge looks for an error and for tokens in a line, and at first for the response's name, which
// is in the beginning of one that is too long, too.
func (w *watched) judge(line []byte) {
	line = mark.Trim(line) // before the first one
	data, ok := bytes.CutPrefix(line, []byte("data:"))
	if !ok {
		if name, ok := bytes.CutPrefix(line, []byte("event:")); ok {
			w.named = string(bytes.TrimSpace(name)) == "error"
		}
		return
	}
	named := w.named
	w.named = false
	if w.long {
		w.told.end()
	} else {
		w.told.event(data)
		if isError(data) || named && isObject(data) {
			w.found(data)
		}
	}
	if w.created == nil {
		return
	}
	if id := createdIn(data); id != "" {
		w.created(id)
		w.created = nil
	}
}
