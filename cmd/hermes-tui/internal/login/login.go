// Package login is the command that signs in, line by line: by device code, or
// with an API key.
package login

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
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/program"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Options are what login was asked for.
type Options struct {
	*session.Session
	core.SignInOptions
	NoBrowser bool
	APIKey    bool // an API key in place of a sign-in
	Yes       bool // the owner is not asked about
	QR        bool // the link is shown as a QR wherever it fits

	named       bool // the provider
	openBrowser bool
	ends        time.Time // of the code, while it is counted down
	counting    bool      // the line that counts is open
	width       int       // of what stands in it
}

// Command is `login`.
func Command(s *session.Session) *cobra.Command {
	o := &Options{Session: s}
	cmd := &cobra.Command{
		Use: "login [PROVIDER]", Aliases: []string{"add"}, Short: "Sign in by device code, line by line", Args: arg.AtMost(1),
		Long: "Sign in by device code. The page that is shown can be opened on any device.\n\n" +
			"With --account an existing account is signed in again; it keeps its id, its label\nand its place in the pool.\n\n" +
			"With --api-key an API key becomes an account, so that a pool can fall back to it. It is\n" +
			"asked for without echo, or read from the standard input; it is never an argument.",
		Example: "  hermes-tui login minimax\n  hermes-tui login minimax --region cn --label work\n  hermes-tui login --account work\n" +
			"  hermes-tui login minimax --api-key <key.txt",
		ValidArgsFunction: arg.First(arg.Providers(s)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.named = len(args) == 1; o.named {
				o.Provider = args[0]
			}
			return o.Run(cmd.Context())
		},
	}
	s.AsJSON(cmd)
	cmd.Flags().StringVar(&o.Region, "region", "", "region of the provider, such as global or cn")
	cmd.Flags().StringVar(&o.Label, "label", "", "name of the new account")
	cmd.Flags().StringVar(&o.Account, "account", "", "sign this account in again")
	cmd.Flags().BoolVar(&o.NoBrowser, "no-browser", false, "do not open a browser")
	cmd.Flags().BoolVar(&o.QR, "qr", false, "show the link as a QR too; in a remote session that is done where it fits")
	cmd.Flags().BoolVar(&o.APIKey, "api-key", false, "add an API key in place of a sign-in")
	cmd.Flags().BoolVarP(&o.Yes, "yes", "y", false, "save also when the owner is here already, or another one than before")
	arg.Flag(cmd, "region", arg.Region(s))
	arg.Flag(cmd, "account", arg.Each(arg.Accounts(s)))
	return cmd
}

// Run signs in.
func (o *Options) Run(ctx context.Context) error {
	found, err := o.Find()
	if err != nil {
		return err
	}
	accounts, err := o.Open(session.Options{Stays: true, Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	if err := o.complete(accounts); err != nil {
		return err
	}
	if o.APIKey {
		return o.addKey(ctx, accounts)
	}
	o.openBrowser = desktop.BrowserAllowed(&o.World, found.Config) && !o.NoBrowser && !o.JSON
	return o.SignIn(ctx, accounts)
}

// complete finds the account that is meant, or the provider where none is named.
func (o *Options) complete(accounts *core.Core) (err error) {
	if o.Account != "" {
		if o.named || o.Label != "" || o.Region != "" {
			return exit.Usage("--account keeps the account's provider, region and label", "leave the others out")
		}
		found, err := accounts.SelectOne(o.Account)
		o.Account = found.ID
		return err
	}
	if err := o.chooseProvider(accounts); err != nil {
		return err
	}
	if o.Label != "" {
		o.Label, err = core.CleanLabel(o.Label)
	}
	return err
}

// SignIn shows the events of a sign-in as lines, or as one JSON object each.
func (o *Options) SignIn(ctx context.Context, accounts *core.Core) error {
	o.TakeOver = true // who types the account's name means it
	for event := range o.counted(accounts.SignIn(ctx, o.SignInOptions)) {
		if o.JSON {
			if err := o.WriteJSON(eventJSON(event, o.Clock.Now())); err != nil {
				return err
			}
		}
		switch e := event.(type) {
		case core.CodeIssued:
			o.showCode(e)
		case core.PollScheduled:
			if e.Reason != "" && !o.JSON {
				o.Line("%s; next check in %s", e.Reason, format.Span(e.NextAt.Sub(o.Clock.Now())))
			}
		case core.Identified:
			if !o.JSON {
				o.Line("It is %s's.", e.Owner.Words())
			}
		case core.Asking:
			e.Answer(o.decide(e))
		case core.SignedIn:
			if !o.JSON {
				o.signedIn(accounts, e)
			}
		case core.SignInFailed:
			if asked := e.Err.Code == autherr.CodeDuplicateOwner || e.Err.Code == autherr.CodeAnotherOwner; asked && !o.TTY {
				e.Err.Hint += "; --yes saves it all the same"
			}
			if o.JSON {
				return exit.Silent(exit.Code(e.Err))
			}
			return e.Err
		}
	}
	return nil
}

// showCode prints what the person needs, in words that a screen reader reads in
// order.
func (o *Options) showCode(e core.CodeIssued) {
	if o.JSON {
		return
	}
	if !e.PageTrusted {
		o.Line("The address below is not one of the provider's own pages. Open it only if you trust it.")
	}
	o.Line("To continue:")
	o.Line("  1. Open: %s", e.VerificationURI)
	code := e.UserCode
	if o.Lively() { // set apart, so that it is found at once
		code = "\n\n        " + code + "\n"
	}
	if e.Complete {
		o.Line("  2. Check that it shows the code: %s", code)
	} else {
		o.Line("  2. Enter the code: %s", code)
	}
	if e.Trusted() {
		o.showQR(e.VerificationURI)
	}
	switch {
	case !e.Trusted():
	case o.openBrowser && browser.OpenURL(e.VerificationURI) == nil:
		o.Line("Your browser was asked to open it.")
	default:
		o.Line("Open it on any device; no browser was started here.")
	}
	if e.Note != "" {
		o.Line("%s", e.Note)
	}
	if o.ends = e.ExpiresAt; !o.countDown() {
		o.Line("%s", o.waiting())
	}
}

func (o *Options) signedIn(accounts *core.Core, e core.SignedIn) {
	if e.Note != "" {
		o.Line("Note from %s: %s", e.Account.ProviderName, e.Note)
	}
	o.Line("Signed in: %s (%s, %s)", e.Account.Label, e.Account.ProviderName, e.Account.ID)
	if odd := e.Account.LastError; odd != nil {
		o.Line("But: %s", odd.Message)
	}
	o.Line("Its tokens are in: %s", format.Tokens(accounts.Snapshot().Store))
	o.Line("Use it with: %s", program.Typed(o.Session, "token", accounts.NameOf(e.Account)))
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
