// Package upkeep keeps the state folder in order: it proves that a secret could
// be kept, finds and clears up what was left behind, moves secrets to another
// keystore, and deletes everything.
package upkeep

import (
	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// Upkeep keeps one state folder in order. It is safe for concurrent use.
type Upkeep struct {
	state    *state.State
	accounts *accounts.Accounts
}

// New returns the upkeep of s, in which the accounts are a.
func New(s *state.State, a *accounts.Accounts) *Upkeep { return &Upkeep{s, a} }
