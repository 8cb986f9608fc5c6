package pool

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// poolJSON is a pool in `pool show --json`. Fields are only ever added.
type poolJSON struct {
	Pool     pool.ID       `json:"pool"`
	Provider string        `json:"provider"`
	Region   string        `json:"region"`
	Name     string        `json:"name"`
	Strategy pool.Strategy `json:"strategy"`
	Accounts []memberJSON  `json:"accounts"`
	Left     []sumJSON     `json:"plans_left"` // of each window that was told
}

// sumJSON is what is left of a window of a pool's plans, that of an account counting as
// one.
type sumJSON struct {
	Window string  `json:"window"`
	Left   float64 `json:"left"`
	Of     int     `json:"of"`
}

// rowJSON is an account with its pool, a row of --format.
type rowJSON struct {
	Pool     pool.ID       `json:"pool"`
	Provider string        `json:"provider"`
	Region   string        `json:"region"`
	Name     string        `json:"name"`
	Strategy pool.Strategy `json:"strategy"`
	memberJSON
}

func rowsOf(pools []poolJSON) []rowJSON {
	rows := []rowJSON{}
	for _, p := range pools {
		for _, m := range p.Accounts {
			rows = append(rows, rowJSON{p.Pool, p.Provider, p.Region, p.Name, p.Strategy, m})
		}
	}
	return rows
}

// memberJSON is an account in its pool.
type memberJSON struct {
	ID             string               `json:"id"`
	Label          string               `json:"label"`
	Place          int                  `json:"place"`    // in its pool, 1 first
	Priority       int                  `json:"priority"` // the same for programs, 0 first
	State          core.State           `json:"state"`
	Next           bool                 `json:"next"`
	Reason         *pool.Reason         `json:"reason"` // why it cannot serve; null when it can
	Until          *time.Time           `json:"until"`  // when that passes; null when it is not known
	Requests       uint64               `json:"requests"`
	Conversations  int                  `json:"conversations"` // that stay with it, in proxies that run
	Cooldown       *cooldownJSON        `json:"cooldown"`
	ModelCooldowns map[string]time.Time `json:"model_cooldowns"`
}

// cooldownJSON is a cool-down in force.
type cooldownJSON struct {
	Since    *time.Time `json:"since"`
	Until    *time.Time `json:"until"`
	Named    bool       `json:"named"` // by the provider; else it is a guess
	Status   int        `json:"status"`
	Code     string     `json:"code"`
	Message  string     `json:"message"`
	Failures int        `json:"failures"` // in a row
	Means    string     `json:"means"`    // what the refusal said; empty: not known
}

// Show prints every pool, or the one that is named.
func Show(s *session.Session, names []string) error {
	accounts, err := s.Open(session.Options{})
	if err != nil {
		return err
	}
	snapshot := accounts.Snapshot()
	if len(names) == 1 {
		if snapshot.Accounts, err = accounts.SelectPool(names[0]); err != nil {
			return err
		}
	}
	now := s.Clock.Now()
	pools := snapshot.Pools(now)
	talks := accounts.Conversations()
	if s.JSON {
		out := make([]poolJSON, 0, len(pools))
		for _, p := range pools {
			one := poolJSON{p.ID, p.Provider, p.Region, p.Name, p.Strategy, make([]memberJSON, 0, len(p.Members)), []sumJSON{}}
			for _, sum := range p.PlanSums(now) {
				one.Left = append(one.Left, sumJSON(sum))
			}
			for _, m := range p.Members {
				member := toMemberJSON(m, now)
				member.Conversations = talks[m.ID]
				one.Accounts = append(one.Accounts, member)
			}
			out = append(out, one)
		}
		return s.WriteData(out, rowsOf(out))
	}
	if len(pools) == 0 {
		s.Empty("No accounts yet. Sign in with `hermes-tui login`.")
	}
	for i, p := range pools {
		if !s.Piped() {
			if i > 0 {
				s.Line("")
			}
			s.Title(fmt.Sprintf("%s (%s): %s%s", p.Name, p.ID, p.Strategy, left(p, now)))
		}
		if err := s.Table(poolTable(p, talks, now, s.Piped())); err != nil {
			return err
		}
	}
	return nil
}

// poolTable has a row for each account of a pool. In a pipe, where all pools are one
// table, each row names its pool.
func poolTable(p core.Pool, talks map[string]int, now time.Time, piped bool) *table.Table {
	t := table.New(table.Label(), table.Column{Name: "PLACE", Right: true}, table.Column{Name: "SERVES", Least: 12},
		table.Column{Name: "REQUESTS", Right: true, Rank: 2}, table.Column{Name: "CONVERSATIONS", Right: true, Rank: 3})
	t.Indent = 2
	if piped {
		t.Columns = append(t.Columns, table.Column{Name: "POOL"})
	}
	t.Columns = append(t.Columns, table.ID())
	for _, m := range p.Members {
		row := []table.Cell{
			table.Text(m.Label), table.Text(strconv.Itoa(m.Place())), table.State(m.State(now), serves(m, now)),
			table.Text(strconv.FormatUint(m.Requests, 10)), table.Text(strconv.Itoa(talks[m.ID])),
		}
		if piped {
			row = append(row, table.Text(p.ID.String()))
		}
		t.Add(append(row, table.Muted(m.ID))...)
	}
	return t
}

// left says what is left of a pool's plans: "; plans left: 5h 1.4 of 3". It is empty
// where nobody told.
func left(p core.Pool, now time.Time) string {
	var words []string
	for _, sum := range p.PlanSums(now) {
		words = append(words, sum.Words())
	}
	if len(words) == 0 {
		return ""
	}
	return "; plans left: " + strings.Join(words, ", ")
}

// serves says when an account serves, or why it does not.
func serves(m core.Member, now time.Time) string {
	switch {
	case m.Reason == pool.CoolingDown:
		return m.Cooldown.Words() + ", " + format.Rests(m.Cooldown, now)
	case m.Reason == pool.NotRefreshed && m.LastError != nil && !m.Until.IsZero():
		return "no: " + m.LastError.Message + ", tried again in " + format.Span(m.Until.Sub(now))
	case m.Reason == pool.Paused && !m.Until.IsZero():
		return "paused for " + format.Span(m.Until.Sub(now)) + " more"
	case m.Reason == pool.Paused:
		return "paused"
	case m.Reason == pool.Shared:
		return "not before " + m.Owner + " refreshes its token"
	case m.Reason != "":
		return "no: " + m.Reason.Words()
	}
	word := "yes"
	if m.Next {
		word = "next"
	}
	for _, model := range slices.Sorted(maps.Keys(m.Models)) {
		if rest := m.Models[model]; rest.Holds(now) {
			word += fmt.Sprintf("; not %s: %s, %s", model, rest.Words(), format.Rests(rest, now))
		}
	}
	return word
}

func toMemberJSON(m core.Member, now time.Time) memberJSON {
	out := memberJSON{
		ID: m.ID, Label: m.Label, Place: m.Place(), Priority: m.Priority, State: m.State(now), Next: m.Next,
		Requests: m.Requests, ModelCooldowns: map[string]time.Time{},
	}
	if m.Reason != "" {
		out.Reason, out.Until = &m.Reason, format.Instant(m.Until)
	}
	if c := m.Cooldown; c.Holds(now) {
		out.Cooldown = &cooldownJSON{format.Instant(c.At), format.Instant(c.Until), c.Named, c.Status, c.Code, c.Message, c.Failures, string(c.Means)}
	}
	for model, c := range m.Models {
		if c.Holds(now) {
			out.ModelCooldowns[model] = *format.Instant(c.Until)
		}
	}
	return out
}
