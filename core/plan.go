package core

import (
	"context"
	"net/http"

	"github.com/hermes-tui/hermes-tui/core/usage"
)

// Plans returns what is known of the accounts' plans, by id. It opens no secret
// and asks nobody.
func (c *Core) Plans() map[string]usage.Known { return c.meter.Known() }

// AskPlan returns what is left of an account's plan, and asks its provider where
// that was not done in the last five minutes and the provider has an answer. It may
// refresh the account's token,
// and returns an error of [Core.Token]'s or usage.ErrNotTold, beside what is known
// already. A refusal there says nothing about the sign-in.
func (c *Core) AskPlan(ctx context.Context, id string) (usage.Known, error) {
	known, recent := c.meter.Recent(id)
	account, err := c.SelectOne(id)
	if err != nil {
		return known, err
	}
	p, _, err := c.state.Providers.Find(account.Provider)
	if recent || err != nil || p.Plan == usage.Nowhere { // no token is needed
		return known, known.Told()
	}
	token, err := c.Token(ctx, id, TokenOptions{Uncounted: true, Inside: true})
	if err != nil {
		return known, err
	}
	return c.meter.Ask(ctx, usage.Question{
		Account: id, Provider: account.Provider, Endpoints: p.Plan.Endpoints(token.BaseURL), Sign: token.Sign,
	})
}

// Told notes what an answer of the model API tells of the account's plan in its
// headers.
func (c *Core) Told(id string, h http.Header) { c.meter.Note(id, h) }
