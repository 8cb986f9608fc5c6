package signin

import (
	"context"
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// Asking asks the person, before anything is stored, whether a sign-in is meant:
// its tokens name an owner that is here already, or another one than the account
// had. The sign-in waits for [Asking.Answer]; when its context ends meanwhile,
// nothing is stored.
type Asking struct {
	// Another says that Account, which is signed in again, belonged to another
	// owner; else Account is the one that this owner is here with already.
	Another bool
	// Ended says that the provider has ended Account's sign-in by now, because its
	// owner signed in again.
	Ended   bool
	Owner   oauth.Identity // whose sign-in it is
	Account accounts.Account

	answer chan<- Decision
}

// Decision is the answer to an [Asking].
type Decision int

// The decisions.
const (
	Discard Decision = iota // store nothing
	Save                    // store it as it was asked for
	Replace                 // put it in the place of Account; where Another, the same as Save
)

func (Asking) event() {}

// Answer decides. Only the first answer counts.
func (q Asking) Answer(d Decision) {
	select {
	case q.answer <- d:
	default:
	}
}

// Sentence says what is asked about, without a final period.
func (q Asking) Sentence() string {
	if q.Ended {
		return q.who() + "; " + q.Account.ProviderName + " has ended that older sign-in"
	}
	return q.who()
}

func (q Asking) who() string {
	switch owner := q.Owner.Words(); {
	case q.Another:
		return fmt.Sprintf("this sign-in is %s's, and %q was %s's", owner, q.Account.Label, q.Account.Identity.Words())
	case q.Account.Label == q.Owner.Label:
		return fmt.Sprintf("this sign-in's owner, %s, is here already", owner)
	default:
		return fmt.Sprintf("this sign-in's owner, %s, is here already as %q", owner, q.Account.Label)
	}
}

// confirmOwner asks the person where the tokens' owner gives a reason to.
func (a *attempt) confirmOwner(ctx context.Context, owner oauth.Identity) error {
	q, ask := a.question(owner)
	if !ask {
		return nil
	}
	answer := make(chan Decision, 1)
	q.answer = answer
	a.emit(ctx, q)
	var d Decision
	select {
	case d = <-answer:
	case <-ctx.Done():
		return ctx.Err()
	}
	if d == Discard {
		return discarded(q)
	}
	if d == Replace {
		a.options.Account = q.Account.ID
	}
	return nil
}

// question compares the owner with those of the accounts that are here.
func (a *attempt) question(owner oauth.Identity) (Asking, bool) {
	if !owner.Known() {
		return Asking{}, false
	}
	for _, other := range a.accounts.Snapshot().Accounts {
		if other.Provider != a.options.Provider || other.Region != a.options.Region {
			continue
		}
		same, known := owner.Same(other.Identity)
		if mine := other.ID == a.options.Account; known && same != mine {
			return Asking{Another: mine, Ended: same && a.provider.OneSignIn, Owner: owner, Account: other}, true
		}
	}
	return Asking{}, false
}

// discarded ends a sign-in that was not meant.
func discarded(q Asking) error {
	e := &autherr.Error{
		Kind: autherr.Failed, Provider: q.Account.Provider, Code: autherr.CodeDuplicateOwner,
		Message: q.Sentence() + "; nothing was saved",
		Hint:    "to sign that account in again, run `hermes-tui login --account " + q.Account.ID + "`",
	}
	if q.Another {
		e.Code, e.Hint = autherr.CodeAnotherOwner, "sign in with the account's own owner, or add it as a new account"
	}
	return e
}
