package accounts

import (
	"fmt"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Notice is what a person should know of how the pool file was found.
func Notice(found record.Condition) string {
	switch found {
	case record.Restored:
		return "the pool file was lost or damaged and has been restored from its previous version"
	case record.Rebuilt:
		return "the pool file was lost or damaged and has been rebuilt; labels may be missing"
	case record.Future:
		return "a newer hermes-tui wrote these accounts; update this one to change them"
	default:
		return ""
	}
}

// wordOf is what a person should know of what the records told.
func (as *Accounts) wordOf(s record.Scan) string {
	dead := slices.DeleteFunc(slices.Clone(s.Unlisted), func(id string) bool {
		free, err := as.state.Unlocked(id)
		return err != nil || !free // somebody is at it
	})
	switch n := len(dead); {
	case len(s.Damaged) > 0:
		return s.Damaged[0].Error()
	case n == 1:
		return "a sign-in was interrupted before it was listed; the next command that opens the keystore finishes it"
	case n > 1:
		return fmt.Sprintf("%d sign-ins were interrupted before they were listed; the next command that opens the keystore finishes them", n)
	default:
		return ""
	}
}
