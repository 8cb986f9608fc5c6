package record

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Trouble is why the account serves nobody at now, and what repairs that, in the
// words of every place that says so: the command line, the proxy, the checks and
// the window. who begins the sentence. It is nil where a token can be had,
// perhaps after a refresh. Cool-downs are not looked at: they end by themselves.
//
// Advice to sign in stands only where signing in is what helps. To sign in to a
// shared account here would take it from its owner.
func (p Public) Trouble(who string, now time.Time) *autherr.Error {
	switch {
	case p.Quarantined():
		return p.NeedsSignIn(who)
	case p.NotIncluded:
		return p.NoAPI(who)
	case p.Locked:
		return &autherr.Error{
			Kind: autherr.Keystore, Provider: p.Provider, Code: autherr.CodeKeystoreLocked,
			Message: who + " cannot be opened: the keystore is locked", Hint: "unlock it and try again",
		}
	case p.SignedOut:
		return p.NoTokens(who)
	case p.Shared() && !p.Live(now):
		e := p.Foreign(who)
		e.Message += ", and its token has ended"
		return e
	default:
		return nil
	}
}

// NeedsSignIn says that the grant is dead, and why.
func (p Public) NeedsSignIn(who string) *autherr.Error {
	e := &autherr.Error{
		Kind: autherr.SignIn, Provider: p.Provider, Code: autherr.CodeNotLoggedIn, Relogin: true,
		Message: who + " needs to sign in again", Hint: p.signIn(),
	}
	if p.Marker != nil {
		e.Code = p.Marker.Code
		e.Message += ": " + p.Marker.Message
	}
	return e
}

// NoTokens says that no tokens are stored for the account.
func (p Public) NoTokens(who string) *autherr.Error {
	return &autherr.Error{
		Kind: autherr.SignIn, Provider: p.Provider, Code: autherr.CodeNotLoggedIn, Relogin: true,
		Message: who + " is signed out: no tokens are stored for it", Hint: p.signIn(),
	}
}

func (p Public) signIn() string { return "run `hermes-tui login --account " + p.ID + "`" }

// Damaged says that the blob that the head names is missing or another one.
func (h *Head) Damaged(cause error) *autherr.Error {
	e := &autherr.Error{
		Kind: autherr.Keystore, Provider: h.Provider, Code: autherr.CodeRecordDamaged,
		Message: "the stored tokens of this account are missing or damaged",
		Hint:    "nothing was deleted; sign in again with `hermes-tui login --account " + h.ID + "`",
		Err:     cause,
	}
	switch h.ID {
	case ClientKeysID:
		e.Message = "the record of the client keys is missing or damaged, so that none of them opens the proxy"
		e.Hint = "revoke all with `hermes-tui key revoke --all`, and make new ones"
	case FleetClientsID:
		e.Message = "what this host has seen of the fleet's client keys is missing or damaged, so that none of them opens the proxy here"
		e.Hint = "it is read anew once the fleet's store can be reached"
	case FleetKeyID:
		e.Message = "this host's key of its fleet is missing or damaged"
		e.Hint = "join anew: `hermes-tui fleet leave`, then `hermes-tui fleet join` with an invitation"
	case ProxyKeyID:
		e.Message = "the key of the proxy is missing or damaged"
		e.Hint = "make a new one with `hermes-tui serve --rotate-key` and give it to the programs that use the proxy"
	}
	return e
}

// NoAPI says that the plan and not the sign-in is what is missing.
func (p Public) NoAPI(who string) *autherr.Error {
	e := &autherr.Error{
		Kind: autherr.Failed, Provider: p.Provider, Code: "not_included",
		Message: who + " is signed in, but the plan does not include the API",
		Hint:    "signing in again cannot help; once the plan includes it, `hermes-tui refresh " + p.ID + "` asks again",
	}
	if p.LastError != nil {
		e.Code = p.LastError.Code
	}
	return e
}

// Foreign says that another program owns the account's grant, which is why it is
// not refreshed here, and names the two cures.
func (p Public) Foreign(who string) *autherr.Error {
	if p.Lent() {
		return &autherr.Error{
			Kind: autherr.SignIn, Provider: p.Provider, Code: autherr.CodeShared,
			Message: who + " is refreshed by the owners of the fleet, of which this host is a reader",
			Hint:    "have a window or `hermes-tui serve` run on one of them; `hermes-tui fleet status` lists them",
		}
	}
	e := &autherr.Error{
		Kind: autherr.SignIn, Provider: p.Provider, Code: autherr.CodeShared,
		Message: who + " is not refreshed here, because " + p.Owner + " owns this sign-in",
		Hint:    "let " + p.Owner + " refresh it, or take it over with `hermes-tui " + p.takeOver() + "`",
	}
	if p.HandedOver {
		e.Code = autherr.CodeHandedOver
		e.Message = who + " is not refreshed here, because it was handed over to " + p.Owner
	}
	return e
}

// takeOver is the command that makes the account ours. Files of other programs
// than hermes-agent are read only when they are named.
func (p Public) takeOver() string {
	if p.Owner == HermesAgent {
		return "import --adopt"
	}
	return "import FILE --adopt"
}

// fleetOwner is the owner of what a reader of a fleet has.
const fleetOwner = "the fleet"

// Lend makes the account one that the owners of a fleet refresh, of which this host is a
// reader.
func (p *Public) Lend() { p.Owner = fleetOwner }

// Lent reports whether that is so.
func (p Public) Lent() bool { return p.Owner == fleetOwner }

// HermesAgent is the owner whose files are found by themselves.
const HermesAgent = "hermes-agent"
