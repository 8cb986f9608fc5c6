package window

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/account"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/login"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/sandbox"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// story runs the life of an account as plain lines: sign in, get a token, refresh
// it, lose the grant, sign in again. Without --auto-approve it waits for
// somebody to approve on the portal's page.
func (o *Options) story(ctx context.Context, server *sandbox.Server, home *sandbox.Home) error {
	accounts, err := o.Open(session.Options{Stays: true, Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	o.Line("The sandbox's portal: %s", server.URL())
	o.Line("In another terminal: %s", home.SecondTerminal(o.Session))
	o.Line("\n1. Sign in")
	if err := (&login.Options{Session: o.Session, SignInOptions: core.SignInOptions{Provider: "minimax"}}).SignIn(ctx, accounts); err != nil {
		return err
	}
	made := accounts.Snapshot().Accounts[0]
	o.Line("\n2. A program asks for a token")
	if err := o.storyToken(ctx, accounts, made.ID); err != nil {
		return err
	}
	o.Line("\n3. The token is refreshed")
	result, err := accounts.Refresh(ctx, made.ID, core.RefreshOptions{Force: true})
	if err != nil {
		return err
	}
	o.Line("Generation %d, expires %s.", result.Account.Gen, format.Expiry(result.Account.ExpiresAt, o.Clock.Now()))
	o.Line("\n4. The provider takes the sign-in back")
	server.RevokeAll()
	if _, err := accounts.Refresh(ctx, made.ID, core.RefreshOptions{Force: true}); !errors.Is(err, autherr.NeedsSignIn) {
		return errors.Join(errors.New("the account should need a sign-in now"), err)
	}
	if err := account.Status(o.Session, accounts.Snapshot().Accounts[0]); err != nil {
		return err
	}
	o.Line("\n5. Sign in again")
	if err := (&login.Options{Session: o.Session, SignInOptions: core.SignInOptions{Account: made.ID}}).SignIn(ctx, accounts); err != nil {
		return err
	}
	return o.storyToken(ctx, accounts, made.ID)
}

func (o *Options) storyToken(ctx context.Context, accounts *core.Core, id string) error {
	token, err := accounts.Token(ctx, id, core.TokenOptions{Inside: true})
	if err != nil {
		return err
	}
	o.Line("It gets one that is good for %s more; `hermes-tui token` prints it.", format.Span(token.Expiry.Sub(o.Clock.Now())))
	return nil
}
