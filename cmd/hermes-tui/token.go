package main

import (
	"context"
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
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

func (a *app) tokenCommand() *cobra.Command {
	var o core.TokenOptions
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "token [ACCOUNT]", Short: "Print one fresh access token", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(a.Session),
		Long: "Print one fresh access token and a newline, nothing else. A token that is about to\n" +
			"expire is renewed first, by a process that finishes even if this one is killed.\n\n" +
			"Without ACCOUNT it is $HERMES_TUI_ACCOUNT, else the only pool there is.",
		Example: "  curl -H \"Authorization: Bearer $(hermes-tui token)\" …\n  hermes-tui token minimax/work --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if timeout <= 0 || o.MinLife < 0 {
				return exit.Usage("--timeout has to be longer than 0, and --min-ttl not negative", "give times such as `--timeout 10s` and `--min-ttl 2m`")
			}
			accounts, err := a.Open(session.Options{Secrets: true, Patience: session.OneShot})
			if err != nil {
				return err
			}
			name := a.Env("HERMES_TUI_ACCOUNT")
			if len(args) == 1 {
				name = args[0]
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			return a.printToken(ctx, accounts, name, o)
		},
	}
	a.AsJSON(cmd)
	cmd.Flags().DurationVar(&o.MinLife, "min-ttl", 0, "renew a token that lives shorter than this")
	cmd.Flags().DurationVar(&timeout, "timeout", 10*time.Second, "how long to wait for a new token")
	return cmd
}

func (a *app) printToken(ctx context.Context, accounts *core.Core, name string, o core.TokenOptions) error {
	lease, token, err := core.Ready(ctx, accounts, name, core.PickOptions{}, o)
	if err != nil {
		return err
	}
	defer lease.Done()
	account := lease.Account
	a.warnShort(token, o.MinLife)
	if !a.JSON {
		a.Line("%s", token.Access.Reveal())
		return nil
	}
	var left *int64
	if !token.Expiry.IsZero() {
		seconds := int64(token.Expiry.Sub(a.Clock.Now()) / time.Second)
		left = &seconds
	}
	return a.WriteJSON(tokenJSON{
		AccessToken: token.Access.Reveal(), TokenType: token.Type, ExpiresIn: left, Expiry: format.Instant(token.Expiry),
		Account: account.ID, Label: account.Label, Provider: token.Provider, BaseURL: token.BaseURL, API: token.API,
		Headers: format.Header(token.Header),
	})
}

// warnShort says, beside a token that is printed all the same, that it has ended
// or lives shorter than is wanted.
func (a *app) warnShort(token core.Token, wanted time.Duration) {
	left := token.Expiry.Sub(a.Clock.Now())
	switch {
	case token.Expiry.IsZero():
	case left <= 0:
		fmt.Fprintf(a.Err, "hermes-tui: this token ended %s ago, and it was renewed too recently to be renewed again; `hermes-tui refresh %s --force` renews it now\n", format.Span(-left), token.Account)
	case left < wanted:
		fmt.Fprintf(a.Err, "hermes-tui: this token lives for %s, which is shorter than --min-ttl %s; the provider has granted no longer one\n", format.Span(left), wanted)
	}
}
