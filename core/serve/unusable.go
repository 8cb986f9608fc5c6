package serve

import (
	"fmt"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// unusable says why no account can serve before somebody does something, one
// reason for each kind of trouble.
func unusable(members []accounts.Account, now time.Time) error {
	var first *autherr.Error
	var reasons []string
	said := map[string]bool{}
	for i := range members {
		e := members[i].Trouble(members[i].Label, now)
		if e == nil {
			continue
		}
		if first == nil || urgency(e) > urgency(first) {
			first = e
		}
		if kind := e.Code + members[i].Owner; !said[kind] {
			said[kind] = true
			reasons = append(reasons, e.Message)
		}
	}
	switch {
	case first == nil:
		return &autherr.Error{Kind: autherr.Failed, Message: "no account can serve", Hint: "`hermes-tui pool show` says why"}
	case len(members) == 1:
		return first
	}
	e := *first
	e.Message = fmt.Sprintf("none of the %d accounts can serve: %s", len(members), strings.Join(reasons, "; "))
	return &e
}

// urgency says which of several troubles names the cure: a locked keystore,
// behind which anything may be, before a sign-in, before what others must do.
func urgency(e *autherr.Error) int {
	switch {
	case e.Kind == autherr.Keystore:
		return 3
	case e.Relogin:
		return 2
	case e.Kind == autherr.SignIn:
		return 1
	default:
		return 0
	}
}
