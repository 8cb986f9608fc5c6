package accounts

import (
	"cmp"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/order"
)

// HistoryEntry is an event together with the account that it happened to.
type HistoryEntry struct {
	Account string // id
	Label   string // as it is now; empty for a removed account
	record.Event
}

// History returns what happened to an account, oldest first: sign-ins,
// refreshes, failures, its quarantine. A removed account's is kept for 30 days.
// It opens no secret, and is as complete as the disk allowed: a history that
// could not be written never stopped anything.
func (as *Accounts) History(id string) ([]record.Event, error) {
	return as.state.Folder.History.Events(id)
}

// HistoryOf returns what happened to the accounts that name means, oldest
// first: as in [Accounts.Select], or the id of a removed account, or for an empty
// name all accounts that are or were there.
func (as *Accounts) HistoryOf(name string) ([]HistoryEntry, error) {
	ids, err := as.IDs(name)
	if err != nil {
		return nil, err
	}
	accounts := as.Snapshot()
	var all []HistoryEntry
	for _, id := range ids {
		events, err := as.History(id)
		if err != nil {
			return nil, err
		}
		account, _ := accounts.Find(id)
		for _, e := range events {
			all = append(all, HistoryEntry{Account: id, Label: account.Label, Event: e})
		}
	}
	order.By(all, func(a, b HistoryEntry) int { return cmp.Compare(a.At.UnixNano(), b.At.UnixNano()) })
	return all, nil
}

// IDs returns the ids of the accounts that name means, which are or were there: as in
// [Accounts.Select], or the id of a removed account as long as its history is kept; all
// for an empty name.
func (as *Accounts) IDs(name string) ([]string, error) {
	if name == "" {
		return as.state.Folder.IDs()
	}
	if events, err := as.History(name); err == nil && len(events) > 0 {
		return []string{name}, nil
	}
	found, err := as.Select(name)
	var ids []string
	for _, a := range found {
		ids = append(ids, a.ID)
	}
	return ids, err
}
