package format

import (
	"fmt"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
)

// Labels lists accounts in a line.
func Labels(accounts []core.Account) string {
	const most = 10
	var names []string
	for i, a := range accounts {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(accounts)-most))
			break
		}
		names = append(names, a.Label)
	}
	return strings.Join(names, ", ")
}

// Grant says when the provider ends the sign-in itself, and what to do once
// that is soon.
func Grant(account core.Account, now time.Time) string {
	text := account.ProviderName + " ends this sign-in " + Expiry(account.GrantExpiresAt, now)
	command := "hermes-tui login --account " + account.ID
	switch {
	case !account.GrantExpiresAt.After(now):
		return account.ProviderName + " ended this sign-in " + Since(account.GrantExpiresAt, now) + "; sign in again: " + command
	case account.GrantEnding(now):
		return text + "; sign in again before that: " + command
	default:
		return text
	}
}

// Store says which keystore it is.
func Store(s core.StoreInfo) string {
	text := s.Name
	if text == "" {
		text = "chosen at the first sign-in"
	}
	if s.Reason != "" {
		text += " (" + s.Reason + ")"
	}
	if s.Locked {
		text += ", locked at the last use"
	}
	if s.Moving != "" {
		text += ", moving from " + s.Moving
	}
	return text
}

// Tokens says where the accounts' tokens are: those of a fleet in its etcd, and in this
// machine's keystore what it has seen of them.
func Tokens(s core.StoreInfo) string {
	if s.Fleet == "" {
		return Store(s)
	}
	return "the etcd of the fleet " + s.Fleet + ", sealed; what this host has seen of them in: " + Store(s)
}
