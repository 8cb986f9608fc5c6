package etcd

import (
	"fmt"
	"strings"
	"unicode"
)

// Kind is what an error means for the caller. A Kind is an error itself, for
// errors.Is.
type Kind int

// The kinds. All but Unclear say that the call changed nothing; NoSpace of a
// write is Unclear as well.
const (
	Unreachable Kind = iota + 1 // nobody answered, and no write has left: dial, TLS, no endpoint; or a read was lost
	Unclear                     // a write has left, and whether it was or will be applied is not known
	NoLeader                    // the members that were asked have no leader
	NoSpace                     // the store is full, and takes nothing but deletes
	Denied                      // the user, its password, its certificate or its rights
	Compacted                   // the revision is no longer kept
	LeaseGone                   // the lease has ended
	Refused                     // any other clear no
)

// Error implements error.
func (k Kind) Error() string {
	switch k {
	case Unreachable:
		return "etcd cannot be reached"
	case Unclear:
		return "etcd did not answer, and what was sent may or may not be applied"
	case NoLeader:
		return "etcd has no leader"
	case NoSpace:
		return "etcd is full"
	case Denied:
		return "etcd denies access"
	case Compacted:
		return "etcd no longer keeps that revision"
	case LeaseGone:
		return "the lease has ended"
	case Refused:
		return "etcd refuses the request"
	}
	return fmt.Sprintf("etcd: kind %d", int(k))
}

// Error is why a call failed.
type Error struct {
	Kind Kind
	// Maybe says that a write has left and may be applied, whatever else was said.
	// Such an error is [Unclear] for errors.Is.
	Maybe    bool
	Op       string // what was asked: get, commit, watch
	Endpoint string // who was asked last, or nothing
	Text     string // what was answered, without what a terminal would obey
	// Revision is, of Compacted, the oldest that is still kept.
	Revision int64
	Err      error // the cause, or nil
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.Error())
	if e.Maybe && e.Kind != Unclear {
		b.WriteString(", and what was sent may or may not be applied")
	}
	b.WriteString(" (" + e.Op)
	if e.Endpoint != "" {
		b.WriteString(" at " + e.Endpoint)
	}
	b.WriteString(")")
	if e.Text != "" {
		b.WriteString(": " + e.Text)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Is makes errors.Is know the kinds.
func (e *Error) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && (kind == e.Kind || kind == Unclear && e.Maybe)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

func refusal(op, text string) error { return &Error{Kind: Refused, Op: op, Text: text} }

func errNoKey(op string) error { return refusal(op, "key is not provided") }

// plain is a sentence from outside: one line, and not without end.
func plain(s string) string {
	const most = 200
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strings.TrimSpace(s)
}
