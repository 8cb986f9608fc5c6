package consent

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

const (
	// glance is how often who asks looks for the answer.
	glance = 100 * time.Millisecond
	// glances is how many of them pass between two looks whether the window is
	// still open.
	glances = 10
)

// Prompt is how a command asks at its own terminal, where it has one.
type Prompt struct {
	// Ask asks there, where no window is open; nil: there is no terminal.
	Ask func(ctx context.Context, r Request) (Verdict, error)
	// Waiting says there that the window asks; nil: nobody is told.
	Waiting func(r Request)
}

// Ask asks the person and waits for the answer: in an open window, else at the
// terminal. Where there is neither, where nobody answers in time, and where the
// question cannot be asked, the error says so and is [NotConfirmed].
func (d *Desk) Ask(ctx context.Context, r Request, at Prompt) (Verdict, error) {
	d.Tidy()
	r.At = d.clock.Now().UTC()
	r.Until, r.Program = r.At.Add(Patience), r.Program.clean()
	if d.Attended() {
		v, err := d.inWindow(ctx, r, at)
		if err != nil || v != "" {
			return v, err
		}
		r.At = d.clock.Now().UTC()
		r.Until = r.At.Add(Patience)
	}
	if at.Ask == nil {
		return "", refusal("open hermes-tui and try again; it asks there, and can allow the program for good",
			"%s has to be confirmed by a person, and nobody can be asked: no window of hermes-tui is open", r.Program.Words())
	}
	return at.Ask(ctx, r)
}

// inWindow leaves the question where windows find it. The verdict is empty where
// no window is open any more.
func (d *Desk) inWindow(ctx context.Context, r Request, at Prompt) (Verdict, error) {
	place, err := d.asked.Enter()
	if err != nil {
		return "", refusal("", "%s could not be asked about: %v", r.Program.Words(), err)
	}
	defer place.Leave()
	r.ID = place.ID
	data, err := json.MarshalIndent(requestFile{version, r}, "", "  ")
	if err != nil {
		return "", err
	}
	if err := atomicfile.Write(place.Path(".json"), append(data, '\n'), 0o600); err != nil {
		return "", refusal("", "%s could not be asked about: %v", r.Program.Words(), err)
	}
	if at.Waiting != nil {
		at.Waiting(r)
	}
	return d.await(ctx, r)
}

// await looks for the answer until the question's time is over. The clock is read
// first: an answer that came in time is then found by the last look, however late
// that is.
func (d *Desk) await(ctx context.Context, r Request) (Verdict, error) {
	alone := 0 // looks in a row that found no window
	for look := 1; ; look++ {
		left := r.Until.Sub(d.clock.Now())
		there := d.answered(r.ID) // looked at first: what comes before the reading comes whole
		if data, err := atomicfile.Read(d.asked.Path(r.ID, ".answer"), maxRequest); err == nil {
			return decodeAnswer(data), nil
		} else if there {
			return No, nil // something else lies there, or what cannot be read
		}
		if left <= 0 || left > Patience {
			return "", refusal("ask again while somebody is at the window", "nobody confirmed %s within %d seconds", r.Program.Words(), int(Patience/time.Second))
		}
		if look%glances == 0 {
			if alone++; d.Attended() {
				alone = 0
			}
			if alone == 2 {
				return "", nil
			}
		}
		if err := clock.Sleep(ctx, d.clock, glance); err != nil {
			return "", err
		}
	}
}
