package core

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// Plans returns what is known of the accounts' plans, by id. It opens no secret
// and asks nobody.
func (c *Core) Plans() map[string]usage.Known { return c.meter.Known() }

// AskPlan returns what is left of an account's plan, and asks its provider where
// that was not done in the last five minutes and the provider has an answer. It may
// refresh the account's token,
// and returns an error of [Core.Token]'s or usage.ErrNotTold, beside what is known
// already. A refusal there says nothing about the sign-in. An account that cools down
// because it is used up serves at once where there is room again.
func (c *Core) AskPlan(ctx context.Context, id string) (usage.Known, error) {
	known, err := c.askPlan(ctx, id)
	c.roomAgain(ctx, id, known.Reading)
	return known, err
}

func (c *Core) askPlan(ctx context.Context, id string) (usage.Known, error) {
	known, recent := c.meter.Recent(id)
	account, err := c.SelectOne(id)
	if err != nil {
		return known, err
	}
	p, _, err := c.state.Providers.Find(account.Provider)
	if recent || err != nil || !p.TellsPlan() { // no token is needed
		return known, known.Told()
	}
	token, err := c.Token(ctx, id, TokenOptions{Uncounted: true, Inside: true})
	if err != nil {
		return known, err
	}
	switch {
	case p.Plan.AtIssuer():
		token = token.AtIssuer()
	case p.Plan.OnPage():
		token = token.OnPage()
	}
	return c.meter.Ask(ctx, usage.Question{
		May:     func(ctx context.Context) bool { return c.state.Shared.MayAsk(ctx, id) },
		Account: id, Provider: account.Provider, Endpoints: p.PlanEndpoints(token.BaseURL, token.Access), Sign: token.Sign,
	})
}

// UseReset uses one of an account's banked resets, and returns what is left of the plan
// by then: its windows have begun anew. It is an error where there is none, or no window
// is used up; none is ever used unbidden.
func (c *Core) UseReset(ctx context.Context, id string) (usage.Known, error) {
	known, err := c.AskPlan(ctx, id)
	if err != nil {
		return known, err
	}
	account, err := c.SelectOne(id)
	if err != nil {
		return known, err
	}
	if err := known.ResetOffered(account.Label, c.state.Clock.Now()); err != nil {
		return known, err
	}
	p, _, err := c.state.Providers.Find(account.Provider)
	if err != nil {
		return known, err
	}
	token, err := c.Token(ctx, id, TokenOptions{Uncounted: true, Inside: true})
	if err != nil {
		return known, err
	}
	request, err := uuid.NewRandomFromReader(c.state.Random)
	if err != nil {
		return known, err
	}
	err = c.meter.Redeem(ctx, usage.Redemption{Account: id, URL: p.Plan.ResetAt(token.BaseURL), Request: request.String(), Sign: token.Sign})
	if err != nil {
		return known, err
	}
	return c.AskPlan(ctx, id)
}

// PlanNews returns what a person is to be told of the plans by one voice: that 75 or 90
// percent of an account's tightest window are used, or that one that was used up has
// room again. Each is told once, by the process that asks first; it may come to be true
// by time alone. It opens no secret and asks no provider.
func (c *Core) PlanNews(ctx context.Context, by usage.Voice) ([]usage.News, error) {
	now, all := c.state.Clock.Now(), c.Snapshot().Accounts
	standing := make([]usage.Standing, 0, len(all))
	for i := range all {
		if used, known := all[i].UsedUp(now); known {
			standing = append(standing, usage.Standing{Account: all[i].ID, Plan: all[i].Plan, UsedUp: used})
		}
	}
	return c.meter.News(ctx, by, standing)
}

// FollowPlans asks the providers what is left of the plans of the accounts that
// serve, until ctx is done: of each that has served within the last hour, at most
// once in five minutes, and with a token that is good anyway; none is refreshed
// for it. What they answer is in the next snapshot. A refusal says nothing about
// the sign-in.
func (c *Core) FollowPlans(ctx context.Context) {
	defer c.state.Caught()
	for {
		wait := planEvery + time.Duration(c.state.Jitter()*float64(planEvery))
		if clock.Sleep(ctx, c.state.Clock, wait) != nil {
			return
		}
		now := c.state.Clock.Now()
		for _, a := range c.Snapshot().Accounts {
			if !followed(a, c.tells(a.Provider), now) {
				continue
			}
			if _, err := c.AskPlan(ctx, a.ID); err != nil {
				c.state.Log.Debug("nothing was told of a plan", "account", a.ID, "error", err)
			}
		}
	}
}

// planEvery is how often it is looked for accounts to ask about, with as much
// again of chance, so that several machines do not ask at once.
const planEvery = 20 * time.Second

// lately is how long ago an account that is asked about has served at most.
const lately = time.Hour

// tells reports whether a provider tells of plans where it is asked.
func (c *Core) tells(provider string) bool {
	p, _, err := c.state.Providers.Find(provider)
	return err == nil && p.TellsPlan()
}

// followed reports whether an account's provider, which may tell of plans, is asked
// unbidden.
func followed(a Account, tells bool, now time.Time) bool {
	if !tells || a.Plan != nil && a.Plan.Resting(now) {
		return false
	}
	used := now.Sub(a.LastUsedAt)
	switch a.State(now) {
	case OK, CoolingDown, Shared:
		return used >= 0 && used <= lately && a.Live(now) && !a.Due(now)
	}
	return false
}
