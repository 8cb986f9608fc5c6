package account

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// happened is one line of the log: an event of an account's history, or what a
// program used of it in an hour.
type happened struct {
	core.HistoryEntry
	served *tally.Counts // nil: an event
}

// eventServed is what a program used of an account in one hour. It stands in no
// history: it is summed up from the counts.
const eventServed record.EventKind = "served"

// withServed adds what programs have used of the accounts to what happened to them,
// a line for each hour, account and program, where the hour begins.
func withServed(history []core.HistoryEntry, rows []tally.Row, have core.Snapshot) []happened {
	all := make([]happened, 0, len(history))
	for _, e := range history {
		all = append(all, happened{HistoryEntry: e})
	}
	type line struct {
		at               time.Time
		account, program string
	}
	for _, g := range tally.Groups(rows, func(r tally.Row) line { return line{r.Hour(time.Local), r.Account, r.Program} }) {
		account, _ := have.Find(g.Of.account)
		all = append(all, happened{
			core.HistoryEntry{Account: g.Of.account, Label: account.Label, Event: record.Event{At: g.Of.at, Kind: eventServed, Program: g.Of.program}}, &g.Counts,
		})
	}
	slices.SortStableFunc(all, func(a, b happened) int { return cmp.Compare(a.At.UnixNano(), b.At.UnixNano()) })
	return all
}

// used is what was counted of the accounts that name means, which has a history.
func used(accounts *core.Core, name string) []tally.Row {
	rows := accounts.Tally(time.Time{})
	if name == "" {
		return rows
	}
	ids := []string{name} // of an account that was removed
	chosen, _ := accounts.Select(name)
	for _, account := range chosen {
		ids = append(ids, account.ID)
	}
	return slices.DeleteFunc(rows, func(r tally.Row) bool { return !slices.Contains(ids, r.Account) })
}

// by names who did it: the program that used the account, or the process.
func (h happened) by() string {
	switch {
	case h.served == nil:
		return by(h.Event)
	case h.Program == "":
		return "not known"
	default:
		return h.Program
	}
}

// details says what was used, or what else is known of an event.
func (h happened) details() string {
	if h.served == nil {
		return details(h.Event)
	}
	n := h.served
	parts := []string{format.Plural(int(n.Requests), "request", "requests")}
	if n.Tokens() > 0 {
		parts = append(parts, say.Amount(n.In())+" tokens in, "+say.Amount(n.Output)+" out")
	}
	if n.Refused > 0 {
		parts = append(parts, say.Thousands(n.Refused)+" refused")
	}
	if n.Unknown > 0 {
		parts = append(parts, say.Thousands(n.Unknown)+" told no tokens")
	}
	return strings.Join(parts, " · ")
}
