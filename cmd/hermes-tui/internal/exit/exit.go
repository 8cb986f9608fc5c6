// Package exit turns the errors of commands into exit codes and into words: one
// sentence for a person, or one JSON object for a program. It is the only place
// that knows the codes of docs/config.md.
package exit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Exit codes, the same for every command.
const (
	Done      = 0
	Failed    = 1
	WrongCall = 2
	SignIn    = 3
	Keystore  = 4
	Network   = 5
	NoServer  = 6 // no account can serve now: all are cooling down
	NotKnown  = 7 // guard: the provider does not tell what is left
	Hangup    = 129
	Int       = 130
	Term      = 143
)

// Code maps an error to the code that the process ends with.
func Code(err error) int {
	var silent Silent
	switch {
	case err == nil:
		return Done
	case errors.As(err, &silent):
		return int(silent)
	}
	switch autherr.KindOf(err) {
	case autherr.Usage:
		return WrongCall
	case autherr.SignIn:
		return SignIn
	case autherr.Keystore:
		return Keystore
	case autherr.Network:
		return Network
	case autherr.CoolingDown:
		return NoServer
	default:
		return Failed
	}
}

// Silent is the code of a command that has said everything itself.
type Silent int

// Error implements error.
func (s Silent) Error() string { return fmt.Sprintf("exit code %d", int(s)) }

// Usage is the error of a wrong call: what, and what to do.
func Usage(message, hint string) error {
	return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: message, Hint: hint}
}

// OfCobra gives the errors that cobra makes of a wrong command line their kind;
// it has no type for them.
func OfCobra(err error) error {
	var e *autherr.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	for _, start := range []string{"unknown command", "unknown flag", "unknown shorthand", "flag needs", "invalid argument", "accepts ", "requires ", "bad flag"} {
		if strings.HasPrefix(err.Error(), start) {
			return Usage(err.Error(), "`hermes-tui --help` shows the commands and flags")
		}
	}
	return err
}

// Print writes an error for a person, or as one JSON object.
func Print(w io.Writer, err error, asJSON bool) {
	var e *autherr.Error
	if !errors.As(err, &e) {
		e = &autherr.Error{Code: "failed", Message: err.Error()}
	}
	if asJSON {
		object := map[string]any{"error": map[string]string{"code": e.Code, "message": e.Error(), "hint": e.Hint}}
		_ = json.NewEncoder(w).Encode(object)
		return
	}
	line := "hermes-tui: " + e.Error()
	if e.Hint != "" {
		line += "; " + e.Hint
	}
	fmt.Fprintln(w, line)
}
