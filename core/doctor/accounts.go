package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// mostOpened bounds how many records are opened, each of which can cost a
// keyring a few milliseconds.
const mostOpened = 200

// lookAtAccounts opens the records, and says which account needs a person. A
// keystore that does not open the first one is not asked for the others: that it
// does not is said already.
func lookAtAccounts(ctx context.Context, p *Patient) []Finding {
	snapshot := p.Accounts.Snapshot()
	var found []Finding
	if snapshot.Err != nil {
		return []Finding{failure("the accounts cannot be listed", snapshot.Err, "check the owner and the mode of "+p.State)}
	}
	if snapshot.Notice != "" {
		found = append(found, warning(snapshot.Notice, "open hermes-tui once; it writes the file anew"))
	}
	now, opened, whole, lent := p.Clock.Now(), 0, 0, 0
	for _, a := range snapshot.Accounts {
		state := a.State(now)
		if state == core.Shared && a.Lent() && a.Live(now) { // nothing is wrong with a reader that has what it needs
			lent++
			continue
		}
		if f, ok := about(a, state, now); ok {
			found = append(found, f)
		}
		if state == core.NeedsSignIn || state == core.SignedOut || state == core.Shared || opened == mostOpened || ctx.Err() != nil {
			continue
		}
		err := p.Accounts.Verify(ctx, a.ID)
		switch opened++; {
		case err == nil:
			whole++
		case closed(err):
			found = append(found, failure("the accounts cannot be opened", err, "unlock or repair the keystore"))
			opened = mostOpened
		default:
			found = append(found, unusable(a.ID, err))
		}
	}
	if whole > 0 {
		found = append(found, good(fmt.Sprintf("%d of %d accounts were opened and are whole", whole, len(snapshot.Accounts))))
	}
	if lent > 0 {
		found = append(found, good(fmt.Sprintf("%d of %d accounts have a token that the owners of the fleet refresh", lent, len(snapshot.Accounts))))
	}
	return found
}

// closed reports an error of the whole keystore, not of one record.
func closed(err error) bool {
	return errors.Is(err, &autherr.Error{Code: autherr.CodeKeystoreLocked}) || errors.Is(err, &autherr.Error{Code: autherr.CodeKeystoreUnavailable})
}

// unusable says that a record does not open. Where signing in writes it anew, that is
// the cure.
func unusable(id string, err error) Finding {
	f := failure("the record of "+id+" cannot be used", err, "")
	if f.Cure == "" || errors.Is(err, &autherr.Error{Code: autherr.CodeRecordDamaged}) {
		return f.signIn(id)
	}
	return f
}

// troubled says why an account serves nobody, and what repairs that.
func troubled(a core.Account, trouble *autherr.Error) Finding {
	f := bad(trouble.Message, trouble.Hint)
	if a.Shared() && !a.Quarantined() {
		f.Level = Warning
	}
	switch {
	case trouble.Relogin:
		return f.signIn(a.ID)
	case a.NotIncluded:
		f.Saw += "; signing in again does not help, and a refresh finds out once the plan includes it"
		return f.refresh(a.ID)
	default:
		return owned(f, a)
	}
}

// owned is the finding of an account that another program owns. What hermes-agent owns
// can be taken over.
func owned(f Finding, a core.Account) Finding {
	if a.Owner == record.HermesAgent {
		return f.imports()
	}
	return f
}

// about says what the list knows of an account that should not stay so.
func about(a core.Account, state core.State, now time.Time) (Finding, bool) {
	trouble := a.Trouble(a.ID, now)
	switch {
	case trouble != nil && state != core.Locked:
		return troubled(a, trouble), true
	case state == core.Shared:
		foreign := a.Foreign(a.ID)
		return owned(warning(foreign.Message, foreign.Hint), a), true
	case a.Interrupted && !a.Stalled(now):
		return warning("a refresh of "+a.ID+" was interrupted, and its answer is not known; it is tried again when the token ends", "").insist(a.ID), true
	case a.GrantEnding(now):
		return warning(a.ProviderName+" ends the sign-in of "+a.ID+" soon, whatever is refreshed", "").signIn(a.ID), true
	case a.LastError != nil && a.LastError.Code == autherr.CodeInvalidExpiry:
		return warning(a.ID+": "+a.LastError.Message, "check this machine's clock; the token is refreshed by its usual life meanwhile"), true
	case a.LastError != nil:
		return warning("the last refresh of "+a.ID+" failed: "+a.LastError.Message, "").refresh(a.ID), true
	default:
		return Finding{}, false
	}
}
