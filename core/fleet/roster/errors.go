package roster

import (
	"errors"
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// What can be told apart with errors.Is. The errors themselves say more.
var (
	// ErrNotMember says that this host is no member any more, which the fleet has
	// signed: what it holds of the fleet is to be dropped.
	ErrNotMember = &autherr.Error{Code: autherr.CodeNotMember}
	// ErrNoFleet says that nothing is there.
	ErrNoFleet = &autherr.Error{Code: autherr.CodeNoFleet}
	// ErrFleetExists says that there is a fleet of this name already.
	ErrFleetExists = &autherr.Error{Code: autherr.CodeFleetExists}
	// ErrRestored says that members do not change while the store is an older one.
	ErrRestored = &autherr.Error{Code: autherr.CodeFleetRestored}
	// ErrNotOwner says that only an owner can do this.
	ErrNotOwner = &autherr.Error{Code: autherr.CodeNotOwner}
	// ErrLastOwner says that nobody could open anything afterwards.
	ErrLastOwner = &autherr.Error{Code: autherr.CodeLastOwner}
	// ErrMember says that there is a member of this name or key already.
	ErrMember = &autherr.Error{Code: autherr.CodeMemberExists}
	// ErrExpired says that an invitation's time is over, or that it was taken back.
	ErrExpired = &autherr.Error{Code: autherr.CodeInvitationExpired}
	// ErrRefused says that a person has refused the host that asks to join.
	ErrRefused = &autherr.Error{Code: autherr.CodeInvitationRefused}
	// ErrOtherEpoch says that a value waits to be sealed for those who are members
	// now.
	ErrOtherEpoch = &autherr.Error{Code: autherr.CodeOtherEpoch}
	// ErrUsed says that somebody else has used the invitation.
	ErrUsed = &autherr.Error{Code: autherr.CodeInvitationUsed}
	// ErrWithdrawn says that a host does not ask to join any more. The invitation holds on.
	ErrWithdrawn = &autherr.Error{Code: autherr.CodeInvitationLeft}
)

// Older is the error for a store that shows an older fleet than this host has
// seen: it was restored from a backup, or somebody put old values back.
type Older struct {
	// View is what the store shows, for [View.MarkRestored]; nil where this host
	// cannot open that.
	View *View

	shown *View // the same, with no key opened
}

// Error implements error.
func (*Older) Error() string {
	return "etcd shows an older state of the fleet than this host has seen: it was restored from a backup, or somebody put old values back, and waits for `hermes-tui fleet accept-restore`"
}

// Unwrap makes it an [autherr.Error].
func (e *Older) Unwrap() error {
	return &autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeFleetRestored, Message: e.Error(), Hint: "nothing is refreshed meanwhile; `hermes-tui fleet status` says which hosts were heard"}
}

// after is err, with what went wrong before it, if anything did. A store that is full is
// the reason, whatever came of looking.
func after(before, err error) error {
	if before == nil {
		return err
	}
	if errors.Is(before, etcd.NoSpace) {
		return before
	}
	return fmt.Errorf("%w; before that: %w", err, before)
}

func clean(text string) string { return secret.Clean(text, maxName) }

func failure(kind autherr.Kind, code, message, hint string) error {
	return &autherr.Error{Kind: kind, Code: code, Message: message, Hint: hint}
}

func usage(message, hint string, args ...any) error {
	return failure(autherr.Usage, autherr.CodeUsage, fmt.Sprintf(message, args...), hint)
}

func damaged(message string, cause error) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged, Message: message, Err: cause,
		Hint: "nothing was used, changed or deleted; ask who can write into this etcd",
	}
}

func newer(version int) error {
	return failure(autherr.Keystore, autherr.CodeNewerStore, fmt.Sprintf("the fleet was written by a newer hermes-tui (format %d)", version),
		"update this hermes-tui; nothing was changed")
}

func notMember(id string) error {
	return failure(autherr.SignIn, autherr.CodeNotMember, fmt.Sprintf("this host is no member of the fleet %s any more", id), "to come back, `hermes-tui fleet leave`, then `hermes-tui fleet join` with an invitation of another host")
}

func noFleet(id string) error {
	return failure(autherr.Failed, autherr.CodeNoFleet, fmt.Sprintf("there is no fleet %s in this etcd", id), "check the endpoints, or make one: `hermes-tui fleet init`")
}

func fleetExists(id string) error {
	return failure(autherr.Failed, autherr.CodeFleetExists, fmt.Sprintf("there is a fleet %s in this etcd already", id), "join it with an invitation, or choose another name")
}

func notOwner() error {
	return failure(autherr.Failed, autherr.CodeNotOwner, "this host is a reader of the fleet, and only owners change it", "run it on an owner; `hermes-tui fleet status` lists them")
}

func lastOwner() error {
	return failure(autherr.Failed, autherr.CodeLastOwner, "no owner would be left, and nobody could read the accounts any more", "invite another owner first, or end the fleet and keep the accounts here: `hermes-tui fleet leave --keep`")
}

func memberExists(message string) error {
	return failure(autherr.Failed, autherr.CodeMemberExists, message, "choose another name, or remove the other one: `hermes-tui fleet remove`")
}

func noSuchMember(id string) error {
	return failure(autherr.Usage, autherr.CodeNoSuchMember, fmt.Sprintf("the fleet has no member %s", clean(id)), "`hermes-tui fleet status` lists them")
}

func otherEpoch(key string, n uint64) error {
	return failure(autherr.Keystore, autherr.CodeOtherEpoch, fmt.Sprintf("%s in etcd is sealed for members of another time (epoch %d)", key, n), "an owner seals it anew; try again in a moment")
}

func fleetBusy() error {
	return failure(autherr.Failed, autherr.CodeFleetBusy, "the members of the fleet are being changed by others", "try again")
}

func restored() error {
	return failure(autherr.Keystore, autherr.CodeFleetRestored, "the store of the fleet was restored from a backup, and its members do not change until it is accepted", "`hermes-tui fleet accept-restore`")
}

func expired() error {
	return failure(autherr.Failed, autherr.CodeInvitationExpired, "the invitation has expired, or was taken back", "make a new one: `hermes-tui fleet invite`; each holds for 10 minutes, once")
}

func refused() error {
	return failure(autherr.Failed, autherr.CodeInvitationRefused, "the other side has refused this host", "compare the words on both screens; if they differ, somebody else has the invitation")
}

func withdrawn(name string) error {
	return failure(autherr.Failed, autherr.CodeInvitationLeft, clean(name)+" does not ask to join any more", "ask again there: the invitation holds on, and nothing was changed")
}

func used() error {
	return failure(autherr.Failed, autherr.CodeInvitationUsed, "somebody else has used this invitation", "make sure that nobody else has it, and make a new one: `hermes-tui fleet invite`")
}
