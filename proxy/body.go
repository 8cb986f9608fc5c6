package proxy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// readBody reads a request's body whole, so that it can be sent again. The server bounds
// the time for that (its ReadTimeout), and takes the limit back at the body's end: the
// answer has none.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) (*upload, *answer) {
	if r.Body == nil || r.Body == http.NoBody {
		return newUpload(nil, &s.bodies, 0), nil
	}
	limit := s.options.MaxBody
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	from := r.Body
	if r.ContentLength < 0 { // else no more comes than was announced
		from = http.MaxBytesReader(w, from, limit)
	}
	body, taken, err := s.bodies.fill(from, r.ContentLength)
	if err == nil {
		return newUpload(body, &s.bodies, taken), nil
	}
	s.bodies.giveBack(taken)
	w.Header().Set("Connection", "close")
	var large *http.MaxBytesError
	var ours *answer
	switch {
	case errors.As(err, &large):
		return nil, tooLarge(limit)
	case errors.As(err, &ours):
		return nil, ours
	default:
		return nil, badRequest("the request's body did not arrive whole")
	}
}

func tooLarge(limit int64) *answer {
	return &answer{
		status: http.StatusRequestEntityTooLarge, kind: "request_too_large",
		message: fmt.Sprintf("the request's body is larger than %d MiB", limit>>20),
		header:  http.Header{"Connection": {"close"}},
	}
}

// maxModel is the longest name of a model that is looked at.
const maxModel = 100

// modelOf returns the model that a request names, empty when it names none.
// Clients put it first, so that most of a long conversation is not looked at.
func modelOf(body []byte) string {
	if model, ok := firstModel(body); ok {
		return model
	}
	model := ""
	members(body, func(name, value []byte) bool {
		if string(name) != "model" {
			return true
		}
		_ = json.Unmarshal(value, &model) // what is no text names none
		return false
	})
	return secret.Clean(model, maxModel)
}

// firstModel reads the model where it comes first and is spelled plainly, without
// the cost of a decoder.
func firstModel(body []byte) (string, bool) {
	for _, token := range []string{"{", `"model"`, ":", `"`} {
		var ok bool
		if body, ok = bytes.CutPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte(token)); !ok {
			return "", false
		}
	}
	for i, c := range body {
		switch {
		case c == '"':
			return string(body[:i]), true
		case c < ' ' || c > '~' || c == '\\' || i >= maxModel:
			return "", false
		}
	}
	return "", false
}

// rejoined is a body that is read in another way than it came.
type rejoined struct {
	io.Reader
	io.Closer
}
