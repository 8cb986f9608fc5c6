package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Headers with which a test asks for a stream of its own making. They change
// nothing but the answer's length and speed.
const (
	headerEvents = "Sandbox-Events" // how many words the text has
	headerPace   = "Sandbox-Pace"   // the pause between two events, such as 2ms
)

// Bounds of what these headers may ask for.
const (
	maxEvents = 100_000
	maxStream = 10 * time.Minute
)

// pace reads the headers.
func pace(h http.Header) (events int, pause time.Duration, bad *apiError) {
	var err error
	if v := h.Get(headerEvents); v != "" {
		if events, err = strconv.Atoi(v); err != nil || events < 1 || events > maxEvents {
			return 0, 0, badParams("sandbox-events: a number from 1 to 100000 is needed")
		}
	}
	if v := h.Get(headerPace); v != "" {
		if pause, err = time.ParseDuration(v); err != nil || pause < 0 || pause > maxStream || pause*time.Duration(max(events, 100)) > maxStream {
			return 0, 0, badParams("sandbox-pace: a time such as 2ms is needed, and no stream over ten minutes")
		}
	}
	return events, pause, nil
}

// sseEvent is one event of a stream. Its name, where it has one, is the type
// inside of its data.
type sseEvent struct {
	name string
	data any
}

// fields is a JSON object with its type in it.
type fields map[string]any

// events is the whole stream of a completion, in the order of Anthropic's: a message
// is opened, its block is opened, filled and closed, the message is closed.
func (c completion) events() []sseEvent {
	opened := c.message
	opened.Content, opened.StopReason, opened.Usage.Output = []any{}, nil, 1
	start, piece := c.blockEvents()
	list := []sseEvent{
		{"message_start", fields{"type": "message_start", "message": opened}},
		{"content_block_start", fields{"type": "content_block_start", "index": 0, "content_block": start}},
		{"ping", fields{"type": "ping"}},
	}
	for _, p := range c.pieces {
		list = append(list, sseEvent{"content_block_delta", fields{"type": "content_block_delta", "index": 0, "delta": piece(p)}})
	}
	return append(list,
		sseEvent{"content_block_stop", fields{"type": "content_block_stop", "index": 0}},
		sseEvent{"message_delta", fields{
			"type":  "message_delta",
			"delta": fields{"stop_reason": c.message.StopReason, "stop_sequence": nil},
			"usage": fields{"output_tokens": c.message.Usage.Output},
		}},
		sseEvent{"message_stop", fields{"type": "message_stop"}},
	)
}

// blockEvents is the empty block and how it is filled.
func (c completion) blockEvents() (start any, piece func(string) fields) {
	if call, ok := c.message.Content[0].(toolBlock); ok {
		call.Input = json.RawMessage("{}")
		return call, func(p string) fields { return fields{"type": "input_json_delta", "partial_json": p} }
	}
	return textBlock{Type: "text"}, func(p string) fields { return fields{"type": "text_delta", "text": p} }
}

// plain is the data of an event that is no JSON.
type plain string

// line is the event as it goes over the wire.
func (e sseEvent) line() []byte {
	var b bytes.Buffer
	if e.name != "" {
		b.WriteString("event: " + e.name + "\n")
	}
	b.WriteString("data: ")
	if text, ok := e.data.(plain); ok {
		b.WriteString(string(text) + "\n\n")
		return b.Bytes()
	}
	encoder := json.NewEncoder(&b) // ends with a newline
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e.data); err != nil {
		panic(err) // only plain values come here
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// stream sends a completion event by event. The fault "cut" ends the connection
// in the middle, "stream-error" the message, by the event that the Messages API
// has for it.
func (x *exchange) stream(c completion, pause time.Duration, fault string) {
	events := c.events()
	at, last := len(events), []sseEvent(nil)
	switch fault {
	case "cut":
		at = len(events) / 2
	case "stream-error":
		at, last = len(events)/2, []sseEvent{{"error", overloaded().body(x.w.Header().Get("Request-Id"))}}
	}
	x.sendEvents(events, pause, at, last, fault)
}

// sendEvents sends a stream. Where it breaks off, at the event number at, the
// last events end it, or without any the connection. What became of it is
// recorded before the last event, so that who has it finds it counted.
func (x *exchange) sendEvents(events []sseEvent, pause time.Duration, at int, last []sseEvent, fault string) {
	control := http.NewResponseController(x.w)
	_ = control.SetWriteDeadline(time.Time{}) // the server's is too short; a recorder in a test has none
	timer := time.AfterFunc(maxStream, func() { _ = control.SetWriteDeadline(time.Unix(1, 0)) })
	defer timer.Stop()

	x.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	x.w.WriteHeader(http.StatusOK)
	end := len(events) - 1
	for i, e := range events {
		if i == at {
			x.breakOff(last, fault)
			return
		}
		if i > 0 && pause > 0 && !x.wait(pause) {
			break
		}
		if i == end {
			x.record(Served, http.StatusOK)
		}
		if err := x.write(e); err != nil && i < end {
			break
		}
		if i == end {
			return
		}
	}
	x.record(Left, http.StatusOK)
}

// breakOff ends a stream before its end.
func (x *exchange) breakOff(last []sseEvent, fault string) {
	x.record(Outcome("fault:"+fault), http.StatusOK)
	if last == nil {
		panic(http.ErrAbortHandler)
	}
	for _, e := range last {
		_ = x.write(e)
	}
}

// write sends one event at once.
func (x *exchange) write(e sseEvent) error {
	if _, err := x.w.Write(e.line()); err != nil {
		return err
	}
	return http.NewResponseController(x.w).Flush()
}
