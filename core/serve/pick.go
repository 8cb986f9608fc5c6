package serve

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// PickOptions describe the request that is to be served.
type PickOptions struct {
	Model string   // model that the request names; empty: unknown
	Not   []string // ids of accounts that already refused this request
	APIs  []string // what the request is asked in: one of them must be the account's; empty: any account
	// Of is the conversation that the request is part of: the account that has served
	// it goes before the strategy's choice.
	Of Conversation
	// At is a moment behind which nothing has to be looked at again; zero: now.
	At glance.Mark

	// peek takes no turn, so that the next one picks the same account, unless by chance, and
	// waits for nobody: the next one does.
	peek bool
}

// Pick chooses the account that serves the next request of whoever name means,
// as [accounts.Accounts.Select] understands it: an account, a pool, or the only pool there
// is. In a pool the account that has served the conversation goes first, else its
// strategy decides, among the accounts that can serve. No
// secret is opened, unless the owner of a shared account has refreshed it. Errors
// are of kind CoolingDown, with RetryAfter until the first account serves again
// where that is known, SignIn, Keystore or Usage.
//
// An account whose keystore was locked at the last call, or whose token has ended
// and could not be refreshed, is picked when no other can serve: only asking again
// tells.
func (sv *Serving) Pick(ctx context.Context, name string, o PickOptions) (*Lease, error) {
	snapshot, pick := sv.accounts.ToPick(o.At), picking{sv}
	chosen, err := pick.selection(snapshot, name, o)
	if err == nil && len(chosen.shared) > 0 && sv.follower.FollowDue(ctx, chosen.shared, !o.peek, sv.state.Clock.Now()) {
		snapshot = sv.accounts.Snapshot()
		chosen, err = pick.selection(snapshot, name, o)
	}
	if err != nil {
		return nil, err
	}
	in := chosen.found[0].Pool()
	want := pool.Want{Strategy: snapshot.Strategies[in], Model: o.Model, Not: o.Not, Random: pick.below}
	sv.ledger.mu.Lock()
	defer sv.ledger.mu.Unlock()
	now := sv.state.Clock.Now() // one choice after the other, and each later than the one before
	index, others, err := pick.choose(chosen, in, &want, o, now)
	if err != nil {
		return nil, err
	}
	lease := sv.ledger.lease(leasedOf(&chosen.found[index]), o.Model)
	lease.Others = others
	if lease.seats, lease.of = sv.seats, o.Of; o.Of.ID != "" {
		lease.Moved = len(want.Prefer) > 0 && want.Prefer[0] != lease.Account.ID
		sv.seats.sit(o.Of, in, lease.Account.ID, false, now)
	}
	return lease, nil
}

// picking is one choice of [Serving.Pick].
type picking struct{ *Serving }

// selection is whom a name means.
func (sv picking) selection(snapshot accounts.Snapshot, name string, o PickOptions) (*selection, error) {
	return sv.chosen.of(snapshot, name, o.APIs, func() ([]accounts.Account, error) {
		return snapshot.SelectSpeaking(name, o.APIs, sv.state.Providers)
	})
}

// choose returns which of the accounts serves, and whether another one could. The
// caller holds the ledger's mutex.
func (sv picking) choose(chosen *selection, in pool.ID, want *pool.Want, o PickOptions, now time.Time) (index int, others bool, err error) {
	want.Prefer = sv.seats.prefer(o.Of, in, func(id string) bool {
		i, there := chosen.at[id]
		return there && gone(chosen.found[i].Row(now))
	}, now)
	ranking := sv.ledger.ranked(chosen, want.Order(), now)
	index, others, none := ranking.Pick(*want)
	if none.Reason == pool.Locked || none.Reason == pool.NotRefreshed {
		index = none.Again
	}
	if index < 0 {
		return index, false, noneServes(chosen.found, none, o.Model, now)
	}
	if turn := ranking.Turn(index, *want); turn > 0 && !o.peek {
		sv.ledger.use(chosen.found[index].ID, record.Usage{Turn: turn})
	}
	return index, others, nil
}

// Servable returns the error that [Serving.Pick] would return now, without picking.
func (sv *Serving) Servable(name string) error {
	found, err := sv.accounts.Select(name)
	if err != nil {
		return err
	}
	return picking{sv}.servable(found, name)
}

// PoolsServable returns the worst of the errors that requests for the pools of these
// accounts would meet: one that needs a person comes before one that has to wait.
func (sv *Serving) PoolsServable(all []accounts.Account) (worst error) {
	pools := map[pool.ID][]accounts.Account{}
	var order []pool.ID
	for _, a := range all {
		in := a.Pool()
		if pools[in] == nil {
			order = append(order, in)
		}
		pools[in] = append(pools[in], a)
	}
	for _, in := range order {
		err := picking{sv}.servable(pools[in], "")
		if err != nil && (worst == nil || autherr.KindOf(err) == autherr.SignIn && autherr.KindOf(worst) != autherr.SignIn) {
			worst = err
		}
	}
	return worst
}

func (sv picking) servable(found []accounts.Account, name string) error {
	now := sv.state.Clock.Now()
	rows := make([]pool.Row, len(found))
	for i := range found {
		rows[i] = found[i].Row(now)
	}
	if called(found, name) {
		rows[0].Paused = pool.Pause{}
	}
	index, none := pool.Pick(rows, now, pool.Want{})
	if index < 0 && none.Reason != pool.Locked {
		return noneServes(found, none, "", now)
	}
	return nil
}

// below returns a random number in [0, n).
func (sv picking) below(n int) int { return min(int(sv.state.Jitter()*float64(n)), n-1) }

// noneServes says why none of the accounts serves a request.
func noneServes(members []accounts.Account, none pool.None, model string, now time.Time) error {
	who := "no account can serve"
	if len(members) == 1 {
		who = members[0].Label + " cannot serve"
	}
	if model != "" {
		who += " " + model
	}
	switch none.Reason {
	case pool.CoolingDown:
		return &autherr.Error{
			Kind: autherr.CoolingDown, Code: autherr.CodeCoolingDown, Provider: members[0].Provider,
			RetryAfter: none.Until.Sub(now),
			Message:    who + " before " + moment(none.Until, now) + ": " + restWords(members),
			Hint:       "`hermes-tui pool show` says why; `hermes-tui pool reset` tries at once",
		}
	case pool.Refused:
		return &autherr.Error{
			Kind: autherr.CoolingDown, Code: autherr.CodeCoolingDown, Provider: members[0].Provider,
			Message: who + ": every account that could has refused this request",
			Hint:    "try again in a moment",
		}
	case pool.Paused:
		return paused(members, none.Until, now)
	case pool.NotRefreshed:
		return notRefreshed(who, members, now)
	default:
		return unusable(members, now)
	}
}

// paused says that who could serve was taken out of the rotation, by whom names no
// single account.
func paused(members []accounts.Account, until, now time.Time) error {
	var who []string
	for i := range members {
		if members[i].Paused.Holds(now) {
			who = append(who, members[i].Label)
		}
	}
	e := &autherr.Error{
		Kind: autherr.CoolingDown, Code: autherr.CodePaused, Provider: members[0].Provider,
		Message: "no account can serve: " + among(who) + " paused",
		Hint:    "`hermes-tui resume " + who[0] + "` puts it back into the rotation; named explicitly it serves all the same",
	}
	if !until.IsZero() {
		e.RetryAfter = until.Sub(now)
		e.Message = "no account can serve before " + moment(until, now) + ": " + among(who) + " paused"
	}
	return e
}

// among names one account or two, or counts them, with the verb.
func among(who []string) string {
	switch len(who) {
	case 1:
		return who[0] + " is"
	case 2:
		return who[0] + " and " + who[1] + " are"
	default:
		return fmt.Sprintf("%d accounts are", len(who))
	}
}

// notRefreshed says that the token of an account has ended and why there is no new
// one.
func notRefreshed(who string, members []accounts.Account, now time.Time) error {
	a := members[slices.IndexFunc(members, func(a accounts.Account) bool { return a.Row(now).Unrefreshed })]
	e := &autherr.Error{
		Kind: autherr.Network, Provider: a.Provider, Code: autherr.CodeRefreshFailed, RetryAfter: a.RetryIn(now),
		Message: who + ": its token has ended, and refreshing it takes long",
		Hint:    "it is tried again by itself; `hermes-tui refresh --force` tries now",
	}
	if a.LastError != nil && !a.Stalled(now) {
		e.Code, e.Message = a.LastError.Code, who+": its token has ended and could not be refreshed: "+a.LastError.Message
	}
	return e
}

func restWords(members []accounts.Account) string {
	if len(members) == 1 {
		return "it is cooling down"
	}
	return fmt.Sprintf("the %d accounts of its pool are cooling down or cannot serve", len(members))
}

// moment is a time as a sentence names it: with its day unless that is today.
func moment(at, now time.Time) string {
	at = at.In(now.Location())
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format(time.TimeOnly)
	}
	return at.Format(time.DateTime)
}
