package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Exit codes, the same for every command.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitSignIn   = 3
	exitKeystore = 4
	exitNetwork  = 5
	exitNoServer = 6 // no account can serve now: all are cooling down
	exitHangup   = 129
	exitInt      = 130
	exitTerm     = 143
)

// exitCode maps an error to the code that the process ends with.
func exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	switch autherr.KindOf(err) {
	case autherr.Usage:
		return exitUsage
	case autherr.SignIn:
		return exitSignIn
	case autherr.Keystore:
		return exitKeystore
	case autherr.Network:
		return exitNetwork
	case autherr.CoolingDown:
		return exitNoServer
	default:
		return exitFailed
	}
}

// errSilent ends a command with a code after it has said everything itself.
type errSilent struct{ code int }

func (e errSilent) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// exit prints the error of a command and returns the exit code.
func (a *app) exit(err error) int {
	if signal := a.caught(); signal != 0 && (err == nil || errors.Is(err, context.Canceled) || errors.Is(err, autherr.Canceled)) {
		return signal
	}
	if err == nil {
		return exitDone
	}
	var silent errSilent
	if errors.As(err, &silent) {
		return silent.code
	}
	if isCobraUsage(err) {
		err = usage(err.Error(), "`hermes-tui --help` shows the commands and flags")
	}
	printError(a.err, err, a.wantsJSON)
	return exitCode(err)
}

// isCobraUsage recognises the errors that cobra makes of a wrong command line;
// it has no type for them.
func isCobraUsage(err error) bool {
	var e *autherr.Error
	if errors.As(err, &e) {
		return false
	}
	text := err.Error()
	for _, start := range []string{"unknown command", "unknown flag", "unknown shorthand", "flag needs", "invalid argument", "accepts ", "requires ", "bad flag"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// usage is a wrong call: what, and what to do.
func usage(message, hint string) error {
	return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: message, Hint: hint}
}

// printError writes an error for a person, or as one JSON object.
func printError(w io.Writer, err error, asJSON bool) {
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
	_, _ = fmt.Fprintln(w, line)
}
