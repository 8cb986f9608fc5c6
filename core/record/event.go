package record

import (
	"fmt"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
)

// EventKind is what happened to an account. Kinds are only ever added.
type EventKind string

// The kinds of event.
const (
	EventSignedIn    EventKind = "signed_in"
	EventImported    EventKind = "imported"
	EventRefreshed   EventKind = "refreshed"
	EventAdopted     EventKind = "adopted"     // a process took over the token that another one had fetched
	EventFailed      EventKind = "failed"      // a refresh failed, which says nothing about the grant
	EventInterrupted EventKind = "interrupted" // a refresh was begun by a process that was killed
	EventRecovered   EventKind = "recovered"   // stored tokens of such a process were taken
	EventQuarantined EventKind = "quarantined"
	EventCooledDown  EventKind = "cooled_down" // the model API asked to wait
	EventUsedUp      EventKind = "used_up"     // the plan is, so that it cools down; before, that was cooled_down
	EventRoomAgain   EventKind = "room_again"  // what was used up is so no more, and its cool-down has ended
	EventPaused      EventKind = "paused"      // a person took it out of the rotation
	EventResumed     EventKind = "resumed"     // and back
	EventHandedOver  EventKind = "handed_over"
	EventMoved       EventKind = "moved" // to another keystore
	EventRemoved     EventKind = "removed"
	EventConfirm     EventKind = "confirm" // each program has to be confirmed from now on, or no more
	EventAllowed     EventKind = "allowed" // a person has allowed a program its token
	EventDenied      EventKind = "denied"  // a person has refused it, or nobody answered
)

// Event is one thing that happened to an account. It holds no secret: tokens
// are named by the first digits of their [Hash], and what a server said was
// cleaned.
type Event struct {
	At      time.Time `json:"at"`
	Kind    EventKind `json:"event"`
	Program string    `json:"program,omitempty"` // command that did it: "token", "serve"; empty: not known
	PID     int       `json:"pid,omitempty"`
	Gen     uint64    `json:"gen,omitempty"`      // generation of the tokens afterwards
	Spent   string    `json:"spent,omitempty"`    // fingerprint of the refresh token that was used
	Got     string    `json:"got,omitempty"`      // fingerprint of the refresh token that there is now
	Expires time.Time `json:"expires,omitzero"`   // of the access token
	Until   time.Time `json:"until,omitzero"`     // when the provider may be asked again
	InARow  int       `json:"in_a_row,omitempty"` // failures in a row, this one included
	Status  int       `json:"status,omitempty"`   // HTTP status, where one was answered
	Code    string    `json:"code,omitempty"`     // provider's code, or ours
	Message string    `json:"message,omitempty"`  // in words
	Owner   string    `json:"owner,omitempty"`    // other program or keystore that is meant
	// Means is what the refusal that led to a cool-down says.
	Means pool.Meaning `json:"means,omitempty"`
}

// Rested is the event of a row that has just begun to rest, or whose model has. host is
// the host of the fleet that was refused; empty: this one.
func (r *Row) Rested(model, host string) Event {
	rest := r.Limits.Of(model)
	e := Event{
		Kind: EventCooledDown, Gen: r.Gen, Until: rest.Until, InARow: rest.Failures,
		Status: rest.Status, Code: rest.Code, Message: rest.Message, Means: rest.Means,
	}
	if rest.Means == pool.Quota {
		e.Kind = EventUsedUp
	}
	for _, before := range []string{model, host} {
		if before != "" {
			e.Message = strings.TrimSuffix(before+": "+e.Message, ": ")
		}
	}
	return e
}

// Fingerprint returns the part of a token's [Hash] that is shown.
func Fingerprint(hash string) string { return hash[:min(8, len(hash))] }

// Words returns what happened as a person reads it: "refresh failed".
func (e Event) Words() string {
	switch e.Kind {
	case EventSignedIn:
		return "signed in"
	case EventAdopted:
		return "token taken over"
	case EventFailed:
		return "refresh failed"
	case EventInterrupted:
		return "refresh interrupted"
	case EventCooledDown, EventUsedUp:
		return cooledDown(e.Means)
	case EventRoomAgain:
		return "room again"
	case EventHandedOver:
		return "handed over"
	case EventAllowed:
		return "program allowed"
	case EventDenied:
		return "program refused"
	case EventConfirm:
		return "confirmation"
	default:
		return string(e.Kind)
	}
}

func cooledDown(means pool.Meaning) string {
	switch means {
	case pool.Quota:
		return "used up"
	case pool.Billing:
		return "out of credits"
	default:
		return "cooling down"
	}
}

// Detail returns what else is known of it in one line; empty when nothing is.
// Points in time are left to the caller, who knows how they are shown.
func (e Event) Detail() string {
	var parts []string
	say := func(ok bool, format string, args ...any) {
		if ok {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	say(e.Kind == EventHandedOver && e.Owner != "", "to %s", e.Owner)
	say(e.Kind == EventMoved && e.Owner != "", "to the keystore %q", e.Owner)
	say(e.Kind == EventImported && e.Owner != "", "from %s", e.Owner)
	say(e.Message != "", "%s", e.Message)
	say(e.Code != "" && !strings.Contains(e.Message, e.Code), "%s", e.Code)
	say(e.Status != 0, "HTTP %d", e.Status)
	say(e.InARow > 1, "%d in a row", e.InARow)
	switch {
	case e.Spent != "" && e.Got != "" && e.Spent != e.Got:
		parts = append(parts, e.Spent+" → "+e.Got)
	case e.Got != "":
		parts = append(parts, "token "+e.Got)
	case e.Spent != "":
		parts = append(parts, "token "+e.Spent)
	}
	return strings.Join(parts, " · ")
}

// repeats reports whether an event says nothing that the one before it did not:
// of a hundred processes that take over one token, one is noted.
func (e Event) repeats(last Event) bool {
	switch e.Kind {
	case EventAdopted, EventInterrupted:
		return e.Kind == last.Kind && e.Gen == last.Gen && e.Spent == last.Spent
	default:
		return false
	}
}
