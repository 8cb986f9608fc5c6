package key

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/serve"
	"github.com/hermes-tui/hermes-tui/tui/say"
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
	Limits     []limitJSON       `json:"limits"`
	Fleet      bool              `json:"fleet"` // every host of the fleet takes it
}

// limitJSON is a limit of a key, and what of it is used.
type limitJSON struct {
	Limit    budget.Limit `json:"limit"`
	Used     *uint64      `json:"used"`      // null where it cannot be read
	ResetsAt *time.Time   `json:"resets_at"` // null before its first request
}

func limitsJSON(accounts *core.Core, k clientkey.Key) []limitJSON {
	out := make([]limitJSON, 0, len(k.Limits))
	spent, err := accounts.SpentOf(k)
	for i, l := range k.Limits {
		one := limitJSON{Limit: l}
		if err == nil {
			one.Used = &spent[i].Used
			if spent[i].Used > 0 {
				one.ResetsAt = format.Instant(spent[i].Since.Add(l.In))
			}
		}
		out = append(out, one)
	}
	return out
}

func toJSON(accounts *core.Core, k serve.ListedClientKey, now time.Time) keyJSON {
	return keyJSON{
		Name: k.Name, Account: or(k.Account), Pool: or(k.Pool), Model: or(k.Model), Allow: k.Allow,
		MadeAt: format.Instant(k.MadeAt), ExpiresAt: format.Instant(k.ExpiresAt), Expired: k.Expired(now),
		LastUsedAt: format.Instant(k.LastUsedAt), Requests: k.Requests, File: or(k.File),
		Limits: limitsJSON(accounts, k.Key), Fleet: k.Fleet,
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
	s.AsData(cmd)
	return cmd
}

// List prints the keys.
func List(ctx context.Context, s *session.Session) error {
	accounts, err := s.Open(session.Options{Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	accounts.LookAtUse(ctx)
	keys, err := accounts.ClientKeys(ctx)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	if s.JSON {
		out := make([]keyJSON, 0, len(keys))
		for _, k := range keys {
			out = append(out, toJSON(accounts, k, now))
		}
		return s.WriteData(out, out)
	}
	if len(keys) == 0 {
		s.Empty("No keys yet. `hermes-tui key add NAME` makes one.")
		return nil
	}
	rows := make([]row, 0, len(keys))
	for _, k := range keys {
		rows = append(rows, row{k, opens(accounts, k.Key), limits(accounts, k.Key, now)})
	}
	return s.Table(keyTable(rows, now, s.Piped()))
}

// row is a key with what only the accounts and the budget know of it.
type row struct {
	serve.ListedClientKey
	opens, limits string
}

// keyTable has a row for each key. A program always finds the same columns.
func keyTable(rows []row, now time.Time, piped bool) *table.Table {
	t := table.New(table.Column{Name: "NAME", Least: 10}, table.Column{Name: "OPENS", Least: 12}, table.Column{Name: "MODELS", Least: 8, Rank: 3},
		table.Column{Name: "EXPIRES", Rank: 1}, table.Column{Name: "LAST USED", Rank: 2}, table.Column{Name: "REQUESTS", Right: true, Rank: 4})
	limited := piped || slices.ContainsFunc(rows, func(r row) bool { return len(r.Limits) > 0 })
	if limited {
		t.Columns = append(t.Columns, table.Column{Name: "LIMITS", Least: 16, Rank: 1})
	}
	shared := piped || slices.ContainsFunc(rows, func(r row) bool { return r.Fleet })
	if shared {
		t.Columns = append(t.Columns, table.Column{Name: "TAKEN BY", Rank: 1})
	}
	for _, r := range rows {
		cells := []table.Cell{table.Text(r.Name), table.Text(r.opens), table.Text(models(r.Key)), table.Text(expires(r.Key, now)),
			table.Text(format.Since(r.LastUsedAt, now)), table.Text(strconv.FormatUint(r.Requests, 10))}
		if limited {
			cells = append(cells, table.Text(r.limits))
		}
		if shared {
			cells = append(cells, table.Text(takenBy(r.Key)))
		}
		t.Add(cells...)
	}
	return t
}

// opens says what a key opens, an account by its label.
func opens(accounts *core.Core, k clientkey.Key) string {
	what := "everything"
	switch {
	case k.Account != "":
		what = k.Account + " (removed)"
		if one, err := accounts.SelectOne(k.Account); err == nil {
			what = one.Label
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

// limits says how much of each limit is used: "120k of 200k-tokens/day, resets in 3h 10m".
func limits(accounts *core.Core, k clientkey.Key, now time.Time) string {
	var words []string
	for _, l := range limitsJSON(accounts, k) {
		one := l.Limit.String()
		if l.Used != nil {
			one = say.Amount(*l.Used) + " of " + one
		}
		if l.ResetsAt != nil {
			one += ", resets " + format.Expiry(*l.ResetsAt, now)
		}
		words = append(words, one)
	}
	return cmp.Or(strings.Join(words, "; "), "none")
}

// takenBy says whose proxies take a key.
func takenBy(k clientkey.Key) string {
	if k.Fleet {
		return "every host"
	}
	return "this host"
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
