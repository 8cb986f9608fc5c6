package account

import (
	"cmp"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/internal/order"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// happened is one line of the log: an event of an account's history, or what a
// program used of it in a while.
type happened struct {
	core.HistoryEntry
	served *servedJSON // nil: an event
}

// servedJSON is what a program used of an account, in an hour or a day. Fields are
// only ever added.
type servedJSON struct {
	From time.Time `json:"from"` // when the hour or the day begins
	Span string    `json:"span"` // "hour", "day"
	tally.Counts
}

// eventServed is what a program used of an account. It stands in no history: it is
// summed up from the counts.
const eventServed record.EventKind = "served"

// withServed adds what programs have used of the accounts to what happened to them,
// a line for each account and program, and for each hour of today and yesterday; a
// month of hours would hide what happened, so that it is a day's before. It stands
// where the last of it was used, to twenty minutes, so that it comes after the sign-in.
func withServed(history []core.HistoryEntry, rows []tally.Row, have core.Snapshot, now time.Time) []happened {
	all := make([]happened, 0, len(history))
	for _, e := range history {
		all = append(all, happened{HistoryEntry: e})
	}
	type line struct {
		from                   time.Time
		span, account, program string
	}
	y, m, d := now.In(time.Local).Date()
	yesterday := time.Date(y, m, d-1, 0, 0, 0, 0, time.Local)
	of := func(r tally.Row) line {
		if day := r.Day(time.Local); day.Before(yesterday) {
			return line{day, "day", r.Account, r.Program}
		}
		return line{r.Hour(time.Local), "hour", r.Account, r.Program}
	}
	until := map[line]time.Time{}
	for _, r := range rows { // the oldest first
		until[of(r)] = r.End()
	}
	for _, g := range tally.Groups(rows, of) {
		at := until[g.Of]
		if at.After(now) {
			at = now
		}
		account, _ := have.Find(g.Of.account)
		event := record.Event{At: at.UTC(), Kind: eventServed, Program: g.Of.program}
		all = append(all, happened{
			core.HistoryEntry{Account: g.Of.account, Label: account.Label, Event: event}, &servedJSON{g.Of.from.UTC(), g.Of.span, g.Counts},
		})
	}
	order.By(all, func(a, b happened) int { return cmp.Compare(a.At.UnixNano(), b.At.UnixNano()) })
	return all
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
	parts := []string{say.Uses(n.Requests, n.Handed, say.Thousands)}
	if n.Tokens() > 0 {
		parts = append(parts, say.Amount(n.In())+" tokens in, "+say.Amount(n.Output)+" out")
	}
	if n.Refused > 0 {
		parts = append(parts, say.Thousands(n.Refused)+" refused")
	}
	if n.Unknown > 0 {
		parts = append(parts, say.Thousands(n.Unknown)+" told no tokens")
	}
	if n.Waited > 0 {
		parts = append(parts, say.Thousands(n.Waited)+" waited, "+format.Span(n.WaitedFor())+" in all")
	}
	if n.Span == "day" {
		parts = append(parts, "that day")
	}
	return strings.Join(parts, " · ")
}
