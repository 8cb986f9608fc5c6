package key

import (
	"context"
	"strconv"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

// keyJSON is a key in `key list --json`. Fields are only ever added.
type keyJSON struct {
	Name       string            `json:"name"`
	Account    *string           `json:"account"` // id of the one that it opens
	Pool       *string           `json:"pool"`
	Model      *string           `json:"model"`
	Allow      []clientkey.Right `json:"allow"`
	MadeAt     *time.Time        `json:"made_at"`
	ExpiresAt  *time.Time        `json:"expires_at"`
	Expired    bool              `json:"expired"`
	LastUsedAt *time.Time        `json:"last_used_at"`
	Requests   uint64            `json:"requests"`
	File       *string           `json:"file"` // of the program that `connect` wrote it into
}

func toJSON(k serve.ListedClientKey, now time.Time) keyJSON {
	return keyJSON{
		Name: k.Name, Account: or(k.Account), Pool: or(k.Pool), Model: or(k.Model), Allow: k.Allow,
		MadeAt: format.Instant(k.MadeAt), ExpiresAt: format.Instant(k.ExpiresAt), Expired: k.Expired(now),
		LastUsedAt: format.Instant(k.LastUsedAt), Requests: k.Requests, File: or(k.File),
	}
}

func or(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func listCommand(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List the keys, with what they open and when they were last used", Args: arg.Exactly(0),
		Long: "List the keys with what each opens, until when, and how much it was used. The counters\n" +
			"are written once a second and may be lost. A key whose time is over stays listed for\n" +
			"30 days.",
		RunE: func(cmd *cobra.Command, _ []string) error { return List(cmd.Context(), s) },
	}
	s.AsJSON(cmd)
	return cmd
}

// List prints the keys.
func List(ctx context.Context, s *session.Session) error {
	accounts, err := s.Open(session.Options{Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	keys, err := accounts.ClientKeys(ctx)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	if s.JSON {
		out := make([]keyJSON, 0, len(keys))
		for _, k := range keys {
			out = append(out, toJSON(k, now))
		}
		return s.WriteJSON(out)
	}
	if len(keys) == 0 {
		s.Line("No keys yet. `hermes-tui key add NAME` makes one.")
		return nil
	}
	rows := [][]string{{"NAME", "OPENS", "MODELS", "EXPIRES", "LAST USED", "REQUESTS"}}
	for _, k := range keys {
		rows = append(rows, []string{k.Name, opens(accounts, k.Key), models(k.Key), expires(k.Key, now), format.Since(k.LastUsedAt, now), strconv.FormatUint(k.Requests, 10)})
	}
	return s.Table(rows)
}

// opens says what a key opens, an account by its label.
func opens(accounts *core.Core, k clientkey.Key) string {
	what := "everything"
	switch {
	case k.Account != "":
		what = k.Account + " (removed)"
		if one, err := accounts.SelectOne(k.Account); err == nil {
			what = ansi.Truncate(one.Label, 32, "…") + " (" + one.ID + ")"
		}
	case k.Pool != "":
		what = secret.Clean(k.Pool, 80)
	}
	switch {
	case !k.May(clientkey.Proxy):
		what += ", tokens only"
	case k.May(clientkey.Tokens):
		what += ", and tokens"
	}
	return what
}

func models(k clientkey.Key) string {
	if k.Model == "" {
		return "any"
	}
	return k.Model
}

func expires(k clientkey.Key, now time.Time) string {
	switch {
	case k.ExpiresAt.IsZero():
		return "never"
	case k.Expired(now):
		return "expired " + format.Since(k.ExpiresAt, now)
	}
	return format.Expiry(k.ExpiresAt, now)
}
