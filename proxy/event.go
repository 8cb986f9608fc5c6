package proxy

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/mark"
)

// Bounds of what is read of a stream before it is passed on.
const (
	maxError   = 8 << 10         // bytes of a JSON answer
	mostEvents = 16              // that say nothing yet
	holdBack   = 2 * time.Second // after the answer's head
)

// neutral are events that come before it is known whether the API serves.
var neutral = map[string]bool{"": true, "ping": true, "response.created": true, "response.in_progress": true, "codex.rate_limits": true}

// firstError returns the data of a stream's first event if it is an error, else
// nil. Events that say nothing yet are read over while the stream is held back. The
// bytes are put back as they came.
func firstError(h *hold) []byte {
	body := h.body
	for seen, from := 0, 0; ; {
		event, size, whole := nextEvent(body.read[from:], body.err != nil)
		switch {
		case whole && event.fails():
			return event.data
		case whole && !neutral[event.kind()]:
			return nil
		case whole:
			if seen++; seen == mostEvents {
				return nil
			}
			from += size
			continue
		case body.err != nil, len(body.read) >= maxRefusal:
			return nil
		}
		if !h.more() {
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

// fails reports whether the event is an error, by its data or by its name.
func (e event) fails() bool { return isError(e.data) || e.name == "error" && isObject(e.data) }

// isObject reports whether a text begins as an object does in JSON.
func isObject(data []byte) bool { return bytes.HasPrefix(spoken(data), []byte("{")) }

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
		if line[0] == '{' { // an answer that is no stream, whatever its header says
			e.data = line
			continue
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(mark.Trim(name)) {
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
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		i = len(b)
	}
	if cr := bytes.IndexByte(b[:i], '\r'); cr >= 0 && cr+1 < i { // an LF may follow
		return b[:cr], cr + 1, true
	} else if cr >= 0 {
		return b[:cr], min(i+1, len(b)), true
	}
	if i == len(b) {
		return b, i, false
	}
	return b[:i], i + 1, true
}

// isError reports whether a JSON text is an error and no part of an answer. Most
// are told by the names that they have not.
func isError(data []byte) bool {
	data = mark.Trim(data)
	if !bytes.Contains(data, []byte(`"error"`)) && !bytes.Contains(data, []byte(`"base_resp"`)) {
		return false
	}
	var said struct {
		Type  string
		Error json.RawMessage
		Base  struct {
			Code json.Number `json:"status_code"`
		} `json:"base_resp"`
		Response struct{ Error json.RawMessage }
	}
	var other *json.UnmarshalTypeError // one of them is something else; the others count
	if err := json.Unmarshal(data, &said); err != nil && !errors.As(err, &other) {
		return false
	}
	code := said.Base.Code.String()
	return said.Type == "error" || given(said.Error) || said.Type == "response.failed" && given(said.Response.Error) || code != "" && code != "0"
}

// given reports whether an error is there. Some APIs say in all that serves that there
// is none.
func given(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", "false", "0", `""`, "{}", "[]":
		return false
	}
	return true
}
