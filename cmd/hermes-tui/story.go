package main

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/account"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// story runs the life of an account as plain lines: sign in, get a token, renew
// it, lose the grant, sign in again. Without --auto-approve it waits for
// somebody to approve on the portal's page.
func (a *app) story(ctx context.Context, portal *sandbox.Server, home *throwaway) error {
	accounts, err := a.Open(session.Options{Stays: true, Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	a.Line("The sandbox's portal: %s", portal.URL())
	a.Line("In another terminal: %s", home.secondTerminal(a))
	a.Line("\n1. Sign in")
	if err := a.signIn(ctx, accounts, core.SignInOptions{Provider: "minimax"}, false, false); err != nil {
		return err
	}
	made := accounts.Snapshot().Accounts[0]
	a.Line("\n2. A program asks for a token")
	if err := a.storyToken(ctx, accounts, made.ID); err != nil {
		return err
	}
	a.Line("\n3. The token is renewed")
	result, err := accounts.Refresh(ctx, made.ID, core.RefreshOptions{Force: true})
	if err != nil {
		return err
	}
	a.Line("Generation %d, expires %s.", result.Account.Gen, format.Expiry(result.Account.ExpiresAt, a.Clock.Now()))
	a.Line("\n4. The provider takes the sign-in back")
	portal.RevokeAll()
	if _, err := accounts.Refresh(ctx, made.ID, core.RefreshOptions{Force: true}); !errors.Is(err, autherr.NeedsSignIn) {
		return errors.Join(errors.New("the account should need a sign-in now"), err)
	}
	if err := account.Status(a.Session, accounts.Snapshot().Accounts[0]); err != nil {
		return err
	}
	a.Line("\n5. Sign in again")
	if err := a.signIn(ctx, accounts, core.SignInOptions{Account: made.ID}, false, false); err != nil {
		return err
	}
	return a.storyToken(ctx, accounts, made.ID)
}

func (a *app) storyToken(ctx context.Context, accounts *core.Core, id string) error {
	token, err := accounts.Token(ctx, id, core.TokenOptions{})
	if err != nil {
		return err
	}
	a.Line("It gets one that is good for %s more; `hermes-tui token` prints it.", format.Span(token.Expiry.Sub(a.Clock.Now())))
	return nil
}
