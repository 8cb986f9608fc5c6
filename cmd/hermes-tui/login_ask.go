package main

import (
	"fmt"
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
)

// decide asks the person whether a sign-in is meant. Where nobody can be asked
// nothing is saved, unless --yes was given.
func (a *app) decide(q core.Asking, yes bool) core.Decision {
	if yes {
		return core.Save
	}
	if !a.TTY || a.JSON {
		return core.Discard
	}
	sentence := q.Sentence()
	fmt.Fprintf(a.Err, "%s.\n", strings.ToUpper(sentence[:1])+sentence[1:])
	if q.Another {
		fmt.Fprint(a.Err, "Save it all the same? [y/N] ")
	} else {
		fmt.Fprint(a.Err, "Replace that sign-in (r), add another account (a), or save nothing (N)? ")
	}
	switch word := a.Answer(); {
	case q.Another && (word == "y" || word == "yes"), !q.Another && (word == "a" || word == "add"):
		return core.Save
	case !q.Another && (word == "r" || word == "replace"):
		return core.Replace
	default:
		return core.Discard
	}
}
