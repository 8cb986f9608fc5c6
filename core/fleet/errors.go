package fleet

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// errAway is that the store does not answer. Tokens are served; nothing is sent.
var errAway = errors.New("the fleet's store does not answer")

// away explains why etcd did not do what it was asked.
func away(err error) error {
	e := &autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeFleetAway, Err: errors.Join(err, errAway)}
	switch {
	case errors.Is(err, etcd.Denied):
		e.Message, e.Hint = said("the fleet's etcd denies access", err, etcd.Denied), "check this host's user, and the role of that user"
		var by curable
		if errors.As(err, &by) {
			e.Hint = by.Cure()
		}
	case errors.Is(err, etcd.ErrUntrusted):
		e.Message, e.Hint = said(unreached, err, etcd.Unreachable), "check the file of the etcd's authority; tokens are served until they end, and nothing is refreshed meanwhile"
	case errors.Is(err, etcd.ErrSpeaksTLS):
		e.Message, e.Hint = said(unreached, err, etcd.Unreachable), "give this host the address with https:// by `hermes-tui fleet reconnect`; tokens are served until they end, and nothing is refreshed meanwhile"
	case errors.Is(err, etcd.ErrSpeaksPlain):
		e.Message, e.Hint = said(unreached, err, etcd.Unreachable), "ask who runs the etcd why it speaks no TLS; if that is meant, give this host the address with http:// by `hermes-tui fleet reconnect`; tokens are served until they end, and nothing is refreshed meanwhile"
	case errors.Is(err, etcd.NoSpace):
		e.Message, e.Hint = said("the fleet's etcd is full", err, etcd.NoSpace), "whoever runs it makes room by `etcdctl compact`, `etcdctl defrag` and `etcdctl alarm disarm`; tokens are served until they end"
	case errors.Is(err, etcd.Unclear):
		e.Message, e.Hint = said("the fleet's etcd has not said whether a change was made", err, etcd.Unclear), "it is looked at again; tokens are served until they end"
		e.Err = errors.Join(e.Err, vault.ErrUnclear)
	default:
		e.Message, e.Hint = said(unreached, err, etcd.Unreachable), "tokens are served until they end, and nothing is refreshed meanwhile"
	}
	return e
}

// curable is an error that knows what a person can do about it.
type curable interface{ Cure() string }

const unreached = "the fleet's store cannot be reached"

// said is what a person is told, and behind it what etcd's error says beside its kind: a
// kind has its own words for the same.
func said(what string, err error, kind etcd.Kind) string {
	if rest, same := strings.CutPrefix(err.Error(), kind.Error()); same {
		return what + rest
	}
	return what + ": " + err.Error()
}

// Explain says of a store that did not answer what the heads say of it, so that programs
// wait and come again: an error with the code [autherr.CodeFleetAway]. Other errors it
// returns as they are.
func Explain(err error) error {
	var store *etcd.Error
	if errors.As(err, &store) && !errors.Is(err, errAway) {
		return away(err)
	}
	return err
}

// moved is that another host has changed the account.
func moved(id string) error {
	return &autherr.Error{
		Kind: autherr.Network, Code: autherr.CodeTimeout, Err: vault.ErrMoved,
		Message: fmt.Sprintf("another host has changed the account %s meanwhile", id),
		Hint:    "try again",
	}
}

// aging is that an attempt on another host, or an earlier one of this host, was
// interrupted.
func aging(h *record.Head, by string) error {
	return &autherr.Error{
		Kind: autherr.Network, Code: autherr.CodeTimeout, Provider: h.Provider, Err: vault.ErrAging,
		Message: fmt.Sprintf("a refresh by %s was interrupted, which may hold newer tokens; its end is waited for until the token ends", by),
		Hint:    "nothing needs to be done; `hermes-tui login` signs in anew",
	}
}

// undecided is that a person is to say whether an attempt on another host is taken over.
func undecided(h *record.Head, by string) error {
	return &autherr.Error{
		Kind: autherr.CoolingDown, Code: autherr.CodeTakeOver, Provider: h.Provider,
		Message: fmt.Sprintf("a refresh of %s by %s was interrupted, which may hold newer tokens; `take_over` is \"ask\", so that a person decides", cmp.Or(h.Label, h.ID), by),
		Hint:    "start hermes-tui on " + by + ", or give those tokens up with `hermes-tui refresh " + h.ID + " --take-over`",
	}
}

// errTooLate is that an attempt took too long before its request left.
var errTooLate = &autherr.Error{
	Kind: autherr.Network, Code: autherr.CodeTimeout,
	Message: "the refresh was not sent, because it could not be sent in time",
	Hint:    "it is tried again by itself",
}

// waitHint is what to do while a restored store waits.
const waitHint = "tokens are served until they end, and nothing is refreshed meanwhile; `hermes-tui fleet status` says which hosts were heard"

// Waiting is that some host has found the store to be an older one.
func Waiting() error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeFleetRestored,
		Message: "the store of the fleet was restored from a backup, and waits for `hermes-tui fleet accept-restore`", Hint: waitHint,
	}
}

// errGoneBack is that the store is not the one that this host has seen, or has gone back.
func errGoneBack() error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeFleetRestored,
		Message: "etcd is not the store that this host has seen, or has gone back: it was restored from a backup, and waits for `hermes-tui fleet accept-restore`", Hint: waitHint,
	}
}

// errRestored is that the store shows an older state of an account than this host has
// seen.
func errRestored(id string) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeFleetRestored,
		Message: fmt.Sprintf("etcd shows an older state of the account %s than this host has seen: it was restored from a backup, or somebody put old values back, and waits for `hermes-tui fleet accept-restore`", id),
		Hint:    waitHint,
	}
}

// foreign is that something in the store was not written by the fleet. Nothing of it is
// used or sent, and what a host has seen before it goes on serving.
type foreign struct{ error }

// Unwrap returns what is wrong with it.
func (f foreign) Unwrap() error { return f.error }

// Foreign reports whether an error says that.
func Foreign(err error) bool {
	var f foreign
	return errors.As(err, &f)
}

// foreignOf is the error for accounts whose records are that, by id; nil for none.
func foreignOf(wrong map[string]error) error {
	ids := slices.Sorted(maps.Keys(wrong))
	switch len(ids) {
	case 0:
		return nil
	case 1:
		return wrong[ids[0]]
	}
	return foreign{&autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged, Err: wrong[ids[0]],
		Message: fmt.Sprintf("the records of %d accounts in etcd were not written by an owner of this fleet (%s)", len(ids), strings.Join(ids, ", ")),
		Hint:    "nothing was used, changed or deleted; ask who can write into this etcd",
	}}
}

func restored(err error) bool { return autherr.CodeOf(err) == autherr.CodeFleetRestored }
