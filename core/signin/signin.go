// Package signin makes accounts: by device code, step by step, or of an API key.
// It proves first that a secret can be kept, and asks the person where the tokens
// turn out to be somebody else's, before anything is stored.
package signin

import (
	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/upkeep"
)

// SignIns makes the accounts of one state folder. It is safe for concurrent use.
type SignIns struct {
	state    *state.State
	accounts *accounts.Accounts
	upkeep   *upkeep.Upkeep
}

// New returns what signs in to s, in which the accounts are a.
func New(s *state.State, a *accounts.Accounts, u *upkeep.Upkeep) *SignIns { return &SignIns{s, a, u} }
