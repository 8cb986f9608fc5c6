package vault

import (
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// AddEvent adds an event to the account's history, and to the log of the program.
// What it tells of has happened already, so it cannot fail: an event that cannot
// be written is lost.
func (v *Vault) AddEvent(id string, e record.Event) {
	if !record.ValidID(id) {
		return // the proxy's key has no history
	}
	e.At, e.PID, e.Program = v.Clock.Now().UTC(), v.PID, v.Program
	v.Log.Info("account event", "account", id, "event", e.Kind, "generation", e.Gen, "code", e.Code, "message", e.Message)
	if err := v.Folder.History.Add(id, e); err != nil {
		v.Log.Debug("could not add to the account's history", "account", id, "event", e.Kind, "error", err)
	}
}

// committed is the event of tokens that were just stored.
func committed(h *record.Head, blob *record.Blob) record.Event {
	kind := record.EventSignedIn
	switch blob.Why {
	case record.ForRefresh:
		kind = record.EventRefreshed
	case record.ForImport:
		kind = record.EventImported
	}
	return record.Event{
		Kind: kind, Gen: h.Gen, Spent: record.Fingerprint(blob.Replaces), Got: record.Fingerprint(h.Current),
		Expires: h.ExpiresAt.UTC(), Owner: h.Owner,
	}
}

// recovered is the event of tokens that a killed process had stored.
func recovered(h *record.Head, blob *record.Blob, intent record.Intent) record.Event {
	e := committed(h, blob)
	e.Kind = record.EventRecovered
	e.Message = fmt.Sprintf("the %s by pid %d was interrupted after its tokens were stored", intent.Why, intent.PID)
	return e
}

// interrupted is the event of a refresh whose end nobody saw.
func interrupted(h *record.Head, intent record.Intent) record.Event {
	return record.Event{
		Kind: record.EventInterrupted, Gen: h.Gen, Spent: record.Fingerprint(intent.Hash),
		Message: fmt.Sprintf("pid %d began it at %s and ended before it was answered; the token may be spent",
			intent.PID, intent.At.UTC().Format("2006-01-02 15:04:05Z")),
	}
}
