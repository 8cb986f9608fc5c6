package main

import (
	"context"
	"fmt"
	"time"

	"github.com/cli/browser"
	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/desktop"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

func (a *app) loginCommand() *cobra.Command {
	var o core.SignInOptions
	var account string
	var noBrowser, apiKey, yes bool
	cmd := &cobra.Command{
		Use: "login [PROVIDER]", Aliases: []string{"add"}, Short: "Sign in by device code, line by line", Args: arg.AtMost(1),
		Long: "Sign in by device code. The page that is shown can be opened on any device.\n\n" +
			"With --account an existing account is signed in again; it keeps its id, its label\nand its place in the pool.\n\n" +
			"With --api-key an API key becomes an account, so that a pool can fall back to it. It is\n" +
			"asked for without echo, or read from the standard input; it is never an argument.",
		Example: "  hermes-tui login minimax\n  hermes-tui login minimax --region cn --label work\n  hermes-tui login --account work\n" +
			"  hermes-tui login minimax --api-key <key.txt",
		RunE: func(cmd *cobra.Command, args []string) error {
			accounts, err := a.Open(session.Options{Stays: true, Secrets: true, Patience: session.OneShot})
			if err != nil {
				return err
			}
			if o, err = signInOptions(accounts, o, account, args); err != nil {
				return err
			}
			if apiKey {
				return a.addKey(cmd.Context(), accounts, core.KeyOptions(o))
			}
			found, err := a.Find()
			if err != nil {
				return err
			}
			open := desktop.BrowserAllowed(&a.World, found.Config) && !noBrowser && !a.JSON
			return a.signIn(cmd.Context(), accounts, o, open, yes)
		},
	}
	a.AsJSON(cmd)
	cmd.Flags().StringVar(&o.Region, "region", "", "region of the provider, such as global or cn")
	cmd.Flags().StringVar(&o.Label, "label", "", "name of the new account")
	cmd.Flags().StringVar(&account, "account", "", "sign this account in again")
	cmd.Flags().BoolVar(&noBrowser, "no-browser", false, "do not open a browser")
	cmd.Flags().BoolVar(&apiKey, "api-key", false, "add an API key in place of a sign-in")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "save also when the owner is here already, or another one than before")
	cmd.ValidArgsFunction = arg.First(arg.Providers(a.Session))
	arg.Flag(cmd, "region", arg.Region(a.Session))
	arg.Flag(cmd, "account", arg.Each(arg.Accounts(a.Session)))
	return cmd
}

// signInOptions turns the command line into what to sign in to.
func signInOptions(accounts *core.Core, o core.SignInOptions, account string, args []string) (core.SignInOptions, error) {
	if account != "" {
		if len(args) == 1 || o.Label != "" || o.Region != "" {
			return o, exit.Usage("--account keeps the account's provider, region and label", "leave the others out")
		}
		found, err := accounts.SelectOne(account)
		o.Account = found.ID
		return o, err
	}
	if len(args) == 1 {
		o.Provider = args[0]
	} else if choices := accounts.Providers(); len(choices) > 0 {
		o.Provider = choices[0].Provider
	}
	if o.Label == "" {
		return o, nil
	}
	label, err := core.CleanLabel(o.Label)
	o.Label = label
	return o, err
}

// signIn shows the events of a sign-in as lines, or as one JSON object each.
func (a *app) signIn(ctx context.Context, accounts *core.Core, o core.SignInOptions, openBrowser, yes bool) error {
	for event := range accounts.SignIn(ctx, o) {
		if a.JSON {
			if err := a.WriteJSON(eventJSON(event, a.Clock.Now())); err != nil {
				return err
			}
		}
		switch e := event.(type) {
		case core.CodeIssued:
			a.showCode(e, openBrowser)
		case core.PollScheduled:
			if e.Reason != "" && !a.JSON {
				a.Line("%s; next check in %s", e.Reason, format.Span(e.NextAt.Sub(a.Clock.Now())))
			}
		case core.Identified:
			if !a.JSON {
				a.Line("It is %s's.", e.Owner.Words())
			}
		case core.Asking:
			e.Answer(a.decide(e, yes))
		case core.SignedIn:
			if !a.JSON {
				a.signedIn(accounts, e)
			}
		case core.SignInFailed:
			if asked := e.Err.Code == autherr.CodeDuplicateOwner || e.Err.Code == autherr.CodeAnotherOwner; asked && !a.TTY {
				e.Err.Hint += "; --yes saves it all the same"
			}
			if a.JSON {
				return exit.Silent(exit.Code(e.Err))
			}
			return e.Err
		}
	}
	return nil
}

// showCode prints what the person needs, in words that a screen reader reads in
// order.
func (a *app) showCode(e core.CodeIssued, openBrowser bool) {
	if a.JSON {
		return
	}
	if !e.PageTrusted {
		a.Line("The address below is not one of the provider's own pages. Open it only if you trust it.")
	}
	a.Line("To continue:")
	a.Line("  1. Open: %s", e.VerificationURI)
	if e.Complete {
		a.Line("  2. Check that it shows the code: %s", e.UserCode)
	} else {
		a.Line("  2. Enter the code: %s", e.UserCode)
	}
	switch {
	case !e.PageTrusted:
	case openBrowser && browser.OpenURL(e.VerificationURI) == nil:
		a.Line("Your browser was asked to open it.")
	default:
		a.Line("Open it on any device; no browser was started here.")
	}
	if e.Note != "" {
		a.Line("%s", e.Note)
	}
	a.Line("Waiting for approval; the code expires in %s.", format.Span(e.ExpiresAt.Sub(a.Clock.Now())))
}

func (a *app) signedIn(accounts *core.Core, e core.SignedIn) {
	if e.Note != "" {
		a.Line("Note from %s: %s", e.Account.ProviderName, e.Note)
	}
	a.Line("Signed in: %s (%s, %s)", e.Account.Label, e.Account.ProviderName, e.Account.ID)
	if odd := e.Account.LastError; odd != nil {
		a.Line("But: %s", odd.Message)
	}
	store := accounts.Snapshot().Store
	a.Line("Its tokens are in: %s", format.Store(store))
	a.Line("Use it with: hermes-tui token %s", e.Account.ID)
}

// eventJSON is one line of `login --json`.
func eventJSON(event core.SignInEvent, now time.Time) map[string]any {
	switch e := event.(type) {
	case core.CodeIssued:
		return map[string]any{
			"event": "code", "user_code": e.UserCode, "verification_uri": e.VerificationURI,
			"expires_at": format.Instant(e.ExpiresAt), "interval_ms": e.Interval.Milliseconds(),
			"complete": e.Complete, "page_trusted": e.PageTrusted, "note": e.Note,
		}
	case core.PollScheduled:
		return map[string]any{"event": "poll", "next_at": e.NextAt.UTC().Format(time.RFC3339Nano), "reason": e.Reason}
	case core.Identified:
		return map[string]any{"event": "identified", "identity": e.Owner}
	case core.Asking:
		reason := "duplicate_owner"
		if e.Another {
			reason = "another_owner"
		}
		return map[string]any{"event": "question", "reason": reason, "message": e.Sentence(), "identity": e.Owner, "older_ended": e.Ended, "account": format.AccountJSON(e.Account, now)}
	case core.SignedIn:
		return map[string]any{"event": "signed_in", "account": format.AccountJSON(e.Account, now), "note": e.Note}
	case core.SignInFailed:
		return map[string]any{
			"event": "failed", "code": e.Err.Code, "message": e.Err.Error(), "hint": e.Err.Hint, "relogin_required": e.Err.Relogin,
		}
	default:
		return map[string]any{"event": fmt.Sprintf("%T", event)}
	}
}
