package window

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/account"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/login"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/sandbox"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// teller tells the story of a fleet: what each of its hosts sees.
type teller struct {
	*Options
	server *sandbox.Server
	hosts  []*actor
}

// actor is one of the hosts.
type actor struct {
	*session.Session
	name     string
	accounts *core.Core
}

// fleetStory is the life of an account on several hosts as plain lines.
func (o *Options) fleetStory(ctx context.Context, server *sandbox.Server, fleet *sandbox.Fleet) error {
	s := &teller{Options: o, server: server}
	for i := range fleet.Size() {
		there := fleet.At(o.Session, i)
		defer there.Close()
		accounts, err := there.Open(session.Options{Stays: true, Secrets: true, Patience: session.OneShot})
		if err != nil {
			return err
		}
		s.hosts = append(s.hosts, &actor{there, fmt.Sprint("host-", i+1), accounts})
	}
	return s.tell(ctx)
}

func (s *teller) tell(ctx context.Context) error {
	first, last := s.hosts[0], s.hosts[len(s.hosts)-1]
	s.Line("The sandbox's portal: %s", s.server.URL())
	s.Line("\n1. Sign in, on %s", first.name)
	if err := (&login.Options{Session: first.Session, SignInOptions: core.SignInOptions{Provider: "minimax"}}).SignIn(ctx, first.accounts); err != nil {
		return err
	}
	id := first.accounts.Snapshot().Accounts[0].ID
	s.Line("\n2. A program asks for a token, on every host")
	if _, err := s.tokens(ctx, id, secret.Secret{}); err != nil {
		return err
	}
	s.Line("\n3. The token is refreshed, on %s", last.name)
	result, err := last.accounts.Refresh(ctx, id, core.RefreshOptions{Force: true})
	if err != nil {
		return err
	}
	s.Line("Generation %d. The portal has seen %s.", result.Account.Gen, format.Plural(s.server.Stats().Refreshes.Total, "refresh", "refreshes"))
	if _, err := s.tokens(ctx, id, secret.Secret{}); err != nil {
		return err
	}
	s.Line("\n4. The provider takes the sign-in back, and %s finds out", first.name)
	s.server.RevokeAll()
	if _, err := first.accounts.Refresh(ctx, id, core.RefreshOptions{Force: true}); !errors.Is(err, autherr.NeedsSignIn) {
		return errors.Join(errors.New("the account should need a sign-in now"), err)
	}
	if err := last.accounts.Look(ctx); err != nil {
		return err
	}
	s.Line("On %s:", last.name)
	if err := account.Status(last.Session, last.accounts.Snapshot().Accounts[0]); err != nil {
		return err
	}
	s.Line("\n5. Sign in again, on %s", last.name)
	if err := (&login.Options{Session: last.Session, SignInOptions: core.SignInOptions{Account: id}}).SignIn(ctx, last.accounts); err != nil {
		return err
	}
	held, err := s.tokens(ctx, id, secret.Secret{})
	if err != nil || first == last {
		return err
	}
	return s.remove(ctx, id, held)
}

// remove takes the last host out of the fleet.
func (s *teller) remove(ctx context.Context, id string, held secret.Secret) error {
	first, last := s.hosts[0], s.hosts[len(s.hosts)-1]
	s.Line("\n6. %s is removed, on %s", last.name, first.name)
	_, err := first.accounts.Host().RemoveHost(ctx, last.name, func(ctx context.Context, id string) error {
		_, err := first.accounts.Refresh(ctx, id, core.RefreshOptions{Force: true})
		return err
	})
	if err != nil {
		return err
	}
	s.hosts = s.hosts[:len(s.hosts)-1]
	if _, err := s.tokens(ctx, id, held); err != nil {
		return err
	}
	if err := last.accounts.Look(ctx); err != nil {
		s.Line("%s gets none: %v.", last.name, err)
		return nil
	}
	return errors.New("a host that was removed should get no token")
}

// tokens has every host give a program a token, which has to be the same, and another
// than before.
func (s *teller) tokens(ctx context.Context, id string, before secret.Secret) (secret.Secret, error) {
	var given secret.Secret
	for _, one := range s.hosts {
		err := one.accounts.Look(ctx)
		if err != nil {
			return given, fmt.Errorf("on %s: %w", one.name, err)
		}
		token, err := one.accounts.Token(ctx, id, core.TokenOptions{Inside: true})
		if err != nil {
			return given, fmt.Errorf("on %s: %w", one.name, err)
		}
		left := format.Span(token.Expiry.Sub(s.Clock.Now()).Round(time.Second))
		switch {
		case given.IsZero() && token.Access == before:
			return given, errors.New("there should be a new token now")
		case given.IsZero():
			given = token.Access
			s.Line("%s gets one that is good for %s more.", one.name, left)
		case token.Access != given:
			return given, fmt.Errorf("%s should get the same token", one.name)
		default:
			s.Line("%s gets the same one.", one.name)
		}
	}
	return given, nil
}
