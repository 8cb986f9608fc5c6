// Package token is the commands that hand out tokens and refresh them: token, refresh,
// and the hidden one that refreshes in a process of its own.
package token

import (
	"context"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/internal/lately"
)

// tokenJSON is what `token --json` prints: what hermes-agent's key_cmd reads,
// and where the token is good for.
type tokenJSON struct {
	AccessToken string     `json:"access_token"`
	TokenType   string     `json:"token_type"`
	ExpiresIn   *int64     `json:"expires_in"` // null when no end is known
	Expiry      *time.Time `json:"expiry"`
	Account     string     `json:"account"`
	Label       string     `json:"label"`
	Provider    string     `json:"provider"`
	BaseURL     string     `json:"base_url"`
	API         string     `json:"api"`
	// Headers are further ones of a request to the API; left out when none.
	Headers map[string]string `json:"headers,omitempty"`
}

// Options are what token was asked for.
type Options struct {
	*session.Session
	Account string
	MinLife time.Duration // a token that lives shorter than this is refreshed
	Timeout time.Duration
}

// Command is `token`.
func Command(s *session.Session) *cobra.Command {
	o := &Options{Session: s}
	cmd := &cobra.Command{
		Use: "token [ACCOUNT]", Short: "Print one fresh access token", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(s),
		Long: "Print one fresh access token and a newline, nothing else. A token that is about to\n" +
			"expire is refreshed first, by a process that finishes even if this one is killed.\n\n" +
			"Without ACCOUNT it is $HERMES_TUI_ACCOUNT, else the default (`hermes-tui use`), else the\n" +
			"only pool there is. Where the account\n" +
			"is marked to be confirmed (`hermes-tui confirm`), a person is asked first.",
		Example: "  curl -H \"Authorization: Bearer $(hermes-tui token)\" …\n  hermes-tui token minimax/work --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Account = s.Named(args)
			return o.Run(cmd.Context())
		},
	}
	s.AsJSON(cmd)
	cmd.Flags().DurationVar(&o.MinLife, "min-ttl", 0, "refresh a token that lives shorter than this")
	cmd.Flags().DurationVar(&o.Timeout, "timeout", 10*time.Second, "how long to wait for a new token")
	return cmd
}

// Run prints the token.
func (o *Options) Run(ctx context.Context) error {
	if o.Timeout <= 0 {
		return exit.Usage("--timeout has to be longer than 0", "give a time such as `--timeout 10s`")
	}
	accounts, err := o.Open(session.Options{Secrets: true, Patience: session.OneShot, Asker: caller})
	if err != nil {
		return err
	}
	if err := accounts.Admit(ctx, o.Account, core.PickOptions{}, o.Prompt(accounts)); err != nil {
		return err
	}
	ctx, cancel := lately.WithTimeout(ctx, o.Timeout)
	defer cancel()
	lease, token, err := core.Ready(ctx, accounts, o.Account, core.PickOptions{}, core.TokenOptions{MinLife: o.MinLife})
	if err != nil {
		return err
	}
	defer lease.Done()
	o.warn(token)
	defer accounts.HandedTo(lease.Account.ID, nameOf(caller())) // it has its token by then
	if !o.JSON {
		o.Line("%s", token.Access.Reveal())
		return nil
	}
	var left *int64
	if !token.Expiry.IsZero() {
		seconds := int64(token.Expiry.Sub(o.Clock.Now()) / time.Second)
		left = &seconds
	}
	return o.WriteJSON(tokenJSON{
		AccessToken: token.Access.Reveal(), TokenType: token.Type, ExpiresIn: left, Expiry: format.Instant(token.Expiry),
		Account: lease.Account.ID, Label: lease.Account.Label, Provider: token.Provider, BaseURL: token.BaseURL, API: token.API,
		Headers: format.Header(token.Header),
	})
}

// caller is the program that asks for the token: it runs this command.
func caller() consent.Asker { return consent.Caller(os.Getppid()) }

// nameOf is the name that a program is counted by, none where it is not known.
func nameOf(a consent.Asker) string {
	if a.Path == "" {
		return ""
	}
	return a.Name
}

// warn says, beside a token that is printed all the same, that it has ended
// or lives shorter than is wanted.
func (o *Options) warn(token core.Token) {
	left := token.Expiry.Sub(o.Clock.Now())
	switch {
	case token.Expiry.IsZero():
	case left <= 0:
		o.Note("this token ended %s ago, and it was refreshed too recently to be refreshed again; `hermes-tui refresh %s --force` refreshes it now", format.Span(-left), token.Account)
	case left < o.MinLife:
		o.Note("this token lives for %s, which is shorter than --min-ttl %s; the provider has granted no longer one", format.Span(left), o.MinLife)
	}
}
