package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Explain turns a keystore's error into one of ours: locked, unavailable,
// damaged or too large, with what to do. Other errors come back as they are.
func Explain(err error) error {
	var ours *autherr.Error
	if err == nil || errors.As(err, &ours) {
		return err
	}
	var theirs *keystore.Error
	if !errors.As(err, &theirs) {
		if errors.Is(err, context.DeadlineExceeded) {
			return &autherr.Error{
				Kind: autherr.Keystore, Code: autherr.CodeKeystoreLocked,
				Message: "the keystore did not answer in time",
				Hint:    "see that it is unlocked and answers, then try again", Err: err,
			}
		}
		return err
	}
	if theirs.Condition == keystore.Misused {
		return &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeUsage, Message: theirs.Error(), Hint: theirs.Hint, Err: err,
		}
	}
	code := map[keystore.Condition]string{
		keystore.Locked:      autherr.CodeKeystoreLocked,
		keystore.Unavailable: autherr.CodeKeystoreUnavailable,
		keystore.TooLarge:    autherr.CodeRecordTooLarge,
		keystore.NotFound:    autherr.CodeRecordDamaged,
		keystore.Damaged:     autherr.CodeRecordDamaged,
	}[theirs.Condition]
	return &autherr.Error{
		Kind: autherr.Keystore, Code: code, Message: theirs.Error(), Hint: theirs.Hint, Err: err,
	}
}

var (
	// ErrMoved is that somebody else has changed a head meanwhile, so that a
	// [Claim.Swap] did nothing.
	ErrMoved = errors.New("somebody else has changed the account meanwhile")
	// ErrAging is that an attempt on another machine was interrupted, and that nobody
	// may touch the account's tokens before the current one has ended: the other may
	// still get an answer.
	ErrAging = errors.New("a refresh on another machine was interrupted")
	// ErrUnclear is that nobody knows yet whether a [Claim.Swap] was done: the head
	// has to be read again.
	ErrUnclear = errors.New("it is not known yet whether the change was done")
)

// thisAccount begins the sentences of a program that named the account itself.
const thisAccount = "this account"

func removed(h *record.Head) error {
	return &autherr.Error{
		Kind: autherr.Usage, Provider: h.Provider, Code: autherr.CodeNoSuchAccount,
		Message: fmt.Sprintf("the account %s was removed", h.ID),
		Hint:    "`hermes-tui list` shows the accounts there are",
	}
}

// ExplainOpen is [Explain] for opening an account's current tokens under its
// lock, where a blob that is not what the head says is damage.
func ExplainOpen(h *record.Head, err error) error {
	if missing(err) {
		return h.Damaged(err)
	}
	return Explain(err)
}

// joined says that the accounts have become a fleet's since this process began.
func joined(fleet string) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeForeignStore,
		Message: fmt.Sprintf("these accounts are those of the fleet %s by now, which this process does not know of", fleet),
		Hint:    "start it again; nothing was changed",
	}
}
