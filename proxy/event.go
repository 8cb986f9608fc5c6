package proxy

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// Bounds of what is read of a stream before it is passed on.
const (
	maxError   = 8 << 10         // bytes of a JSON answer, or of what stands before a stream's first event
	mostEvents = 16              // that say nothing yet
	holdBack   = 2 * time.Second // after the first of them
)

// neutral are events that come before it is known whether the API serves.
var neutral = map[string]bool{"": true, "ping": true, "response.created": true, "response.in_progress": true, "codex.rate_limits": true}

// firstError returns the data of a stream's first event if it is an error, else
// nil. Events that say nothing yet are read over, for a short while. The bytes
// are put back as they came.
func firstError(res *http.Response, c clock.Clock) []byte {
	body := &ahead{ReadCloser: res.Body}
	res.Body = body
	var hold <-chan time.Time
	for seen, from := 0, 0; ; {
		event, size, whole := nextEvent(body.read[from:], body.err != nil)
		switch {
		case whole && isError(event.data):
			return event.data
		case whole && !neutral[event.kind()]:
			return nil
		case whole:
			if hold == nil {
				hold = c.After(holdBack)
			}
			if seen++; seen == mostEvents {
				return nil
			}
			from += size
			continue
		case body.err != nil, len(body.read) >= maxRefusal:
			return nil
		}
		if !body.more(hold) {
			return nil
		}
	}
}

// event is one of a stream of server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
type event struct {
	name string
	data []byte
}

// kind is what the event calls itself, in its field or in its data; empty for a
// comment.
func (e event) kind() string {
	if e.name != "" || len(e.data) == 0 {
		return e.name
	}
	var typed struct{ Type string }
	if json.Unmarshal(e.data, &typed) != nil || typed.Type == "" {
		return "data"
	}
	return typed.Type
}

// nextEvent reads the event that b begins with, and its size. It is whole when
// the empty line behind it is there, or when no more comes.
func nextEvent(b []byte, last bool) (e event, size int, whole bool) {
	for size < len(b) {
		line, n, ended := nextLine(b[size:])
		if !ended && !last {
			return event{}, 0, false
		}
		size += n
		if len(line) == 0 {
			return e, size, true
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(bytes.TrimPrefix(name, []byte("\ufeff"))) {
		case "event":
			e.name = string(value)
		case "data":
			if e.data != nil {
				e.data = append(e.data, '\n')
			}
			e.data = append(e.data, value...)
		}
	}
	return e, size, last && size > 0
}

// nextLine returns the line that b begins with, which ends in LF, CR or both.
func nextLine(b []byte) (line []byte, size int, ended bool) {
	i := bytes.IndexAny(b, "\r\n")
	switch {
	case i < 0:
		return b, len(b), false
	case b[i] == '\n':
		return b[:i], i + 1, true
	case i+1 == len(b): // an LF may follow
		return b[:i], i + 1, true
	case b[i+1] == '\n':
		return b[:i], i + 2, true
	default:
		return b[:i], i + 1, true
	}
}

// isError reports whether a JSON text is an error and no part of an answer.
func isError(data []byte) bool {
	var said struct {
		Type  string
		Error json.RawMessage
		Base  struct {
			Code json.Number `json:"status_code"`
		} `json:"base_resp"`
		Response struct{ Error json.RawMessage }
	}
	if err := json.Unmarshal(data, &said); err != nil {
		return false
	}
	code := said.Base.Code.String()
	return said.Type == "error" || given(said.Error) || said.Type == "response.failed" && given(said.Response.Error) || code != "" && code != "0"
}

func given(raw json.RawMessage) bool {
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null"))
}

// ahead is a body of which some was read before its reader asks for it.
type ahead struct {
	io.ReadCloser
	read    []byte // so far, in order
	given   int    // how much of it was handed out
	err     error
	pending chan []byte // one read that is under way, nil when there is none
	failed  error       // what it ended with, valid once it was received
}

// more reads on, until hold is ready. It reports whether anything was learnt.
func (a *ahead) more(hold <-chan time.Time) bool {
	if hold == nil {
		p := make([]byte, 4<<10)
		n, err := a.ReadCloser.Read(p)
		a.read, a.err = append(a.read, p[:n]...), err
		return true
	}
	if a.pending == nil {
		a.pending = make(chan []byte, 1)
		go func() {
			p := make([]byte, 4<<10)
			n, err := a.ReadCloser.Read(p)
			a.failed = err
			a.pending <- p[:n]
		}()
	}
	select {
	case p := <-a.pending:
		a.take(p)
		return true
	case <-hold:
		return false
	}
}

func (a *ahead) take(p []byte) {
	a.read, a.err, a.pending = append(a.read, p...), a.failed, nil
}

// Read implements [io.Reader].
func (a *ahead) Read(p []byte) (int, error) {
	if a.given == len(a.read) && a.pending != nil {
		a.take(<-a.pending)
	}
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
