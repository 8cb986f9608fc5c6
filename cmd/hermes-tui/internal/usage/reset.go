package usage

import (
	"context"
	"fmt"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// runReset uses one of an account's banked resets, when its person says so, and shows
// what is left by then.
func (o *Options) runReset(ctx context.Context) error {
	if o.name == "" {
		return exit.Usage("--use-reset needs an account", "such as `hermes-tui usage work --use-reset`")
	}
	accounts, account, err := o.One(o.name)
	if err != nil {
		return err
	}
	known, err := accounts.AskPlan(ctx, account.ID)
	if err == nil {
		err = known.ResetOffered(account.Label, o.Clock.Now())
	}
	if err != nil {
		return err
	}
	used := usage.Brief{Window: &known.Reading.UsedUp(o.Clock.Now())[0]}.Words()
	question := fmt.Sprintf("Use a banked reset of %s (%s), which has %s? It has %d; one that is used is gone.", account.Label, account.ProviderName, used, *known.Reading.Banked)
	if err := o.Confirm(question, o.yes); err != nil {
		return err
	}
	if known, err = accounts.UseReset(ctx, account.ID); err != nil {
		return err
	}
	plans := []plan{{account: account, known: known}}
	if o.JSON {
		rows := plansJSON(plans, o.Clock.Now())
		return o.WriteData(rows, rows)
	}
	return o.Table(planTable(plans, o.Clock.Now(), o.Piped()))
}
