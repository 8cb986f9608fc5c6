package login

import (
	"fmt"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// decide asks the person whether a sign-in is meant. Where nobody can be asked
// nothing is saved, unless --yes was given.
func (o *Options) decide(q core.Asking) core.Decision {
	if o.Yes {
		return core.Save
	}
	if !o.TTY || o.JSON {
		return core.Discard
	}
	fmt.Fprintf(o.Err, "%s.\n", say.SentenceStart(q.Sentence()))
	if q.Another {
		fmt.Fprint(o.Err, "Save it all the same? [y/N] ")
	} else {
		fmt.Fprint(o.Err, "Replace that sign-in (r), add another account (a), or save nothing (N)? ")
	}
	switch word := o.Answer(); {
	case q.Another && (word == "y" || word == "yes"), !q.Another && (word == "a" || word == "add"):
		return core.Save
	case !q.Another && (word == "r" || word == "replace"):
		return core.Replace
	default:
		return core.Discard
	}
}
