package consent

import (
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/order"
	"github.com/hermes-tui/hermes-tui/internal/presence"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// maxRequest bounds the file of a request and that of an answer.
const maxRequest = 16 << 10

// mostRequests is how many questions are listed; a person answers one at a time.
const mostRequests = 50

// Request is a question that waits for a person: consent/ask-<id>.json. While the
// process that asks lives it holds the lock ask-<id>.lock.
type Request struct {
	ID      string    `json:"id"`      // random
	Account string    `json:"account"` // id
	Program Asker     `json:"program"`
	Command string    `json:"command"` // of ours that it asks through: "token", "serve"
	At      time.Time `json:"at"`
	Until   time.Time `json:"until"` // when the question is given up
}

// requestFile and answerFile are the files' forms.
type (
	requestFile struct {
		Version int `json:"version"`
		Request
	}
	answerFile struct {
		Version int     `json:"version"`
		Verdict Verdict `json:"verdict"`
	}
)

// decodeRequest reads a request. What is not understood is not shown, so that
// nobody can say yes to it.
func decodeRequest(id string, data []byte) (Request, error) {
	var f requestFile
	err := json.Unmarshal(data, &f)
	r := f.Request
	switch {
	case err != nil:
		return Request{}, err
	case f.Version != version || r.ID != id || !presence.ValidID(id) || !record.ValidID(r.Account):
		return Request{}, errors.New("it is not a request of this version")
	case r.Until.Sub(r.At) > Patience || !r.Until.After(r.At):
		return Request{}, errors.New("it names no time that can be")
	}
	r.Program, r.Command = r.Program.clean(), secret.Clean(r.Command, maxName)
	return r, nil
}

// decodeAnswer reads an answer. What is not understood is a no.
func decodeAnswer(data []byte) Verdict {
	var f answerFile
	if err := json.Unmarshal(data, &f); err != nil || f.Version != version || !f.Verdict.valid() {
		return No
	}
	return f.Verdict
}

// Requests returns the questions that wait for an answer, the oldest first. Those
// in a folder of somebody else's are nobody's.
func (d *Desk) Requests() []Request {
	ids := d.asked.IDs()
	if len(ids) == 0 || private.Owner(d.dir) != nil {
		return nil
	}
	now := d.clock.Now()
	var all []Request
	for _, id := range ids {
		data, err := atomicfile.Read(d.asked.Path(id, ".json"), maxRequest)
		if err != nil {
			continue
		}
		if r, err := decodeRequest(id, data); err == nil && now.Before(r.Until) && !d.answered(id) {
			all = append(all, r)
		}
	}
	order.By(all, func(a, b Request) int { return a.At.Compare(b.At) })
	return all[:min(len(all), mostRequests)]
}

func (d *Desk) answered(id string) bool {
	_, err := os.Lstat(d.asked.Path(id, ".answer"))
	return err == nil
}
