package core

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/record"
)

func happened(events []record.Event) (kinds []record.EventKind) {
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func TestHistory_TellsWhyAnAccountWasSignedOut(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	r.clock.Advance(time.Hour)
	if _, err := r.token(a.ID); err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(time.Hour)
	r.fault("503:2")
	_, _ = r.token(a.ID)
	r.portal.RevokeAll()
	r.clock.Advance(time.Hour)
	if _, err := r.token(a.ID); err == nil {
		t.Fatal("a revoked grant gives tokens")
	}
	if err := r.core.Remove(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	events, err := r.core.History(a.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := []record.EventKind{
		record.EventSignedIn, record.EventRefreshed, record.EventFailed, record.EventQuarantined, record.EventRemoved,
	}
	if diff := cmp.Diff(want, happened(events)); diff != "" {
		t.Fatalf("events (-want +got):\n%s", diff)
	}
	if events[0].Got == "" || events[0].Got != events[1].Spent || events[1].Got != events[3].Spent {
		t.Errorf("the fingerprints do not follow each other: %+v", events)
	}
	if e := events[3]; e.Code != "invalid_grant" || e.Message == "" || e.Program != "test" || e.PID != os.Getpid() {
		t.Errorf("quarantine: %+v", e)
	}
	all, err := r.core.HistoryOf("")
	if err != nil || len(all) != len(events) || all[0].Account != a.ID || all[0].Label != "" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestHistory_HoldsNoSecret(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	token, err := r.token(a.ID)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(r.dir, "state", "history", a.ID+".jsonl"))
	if err != nil || strings.Contains(string(data), token.Access.Reveal()) {
		t.Fatalf("%v, or the token stands in the history", err)
	}
}

func TestHistory_ThatCannotBeWrittenStopsNothing(t *testing.T) {
	r := newRig(t)
	if err := os.MkdirAll(filepath.Join(r.dir, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "state", "history"), []byte("no folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := r.account("work")
	r.clock.Advance(time.Hour)
	if _, err := r.token(a.ID); err != nil || r.refreshes() != 1 {
		t.Fatalf("%v after %d refreshes", err, r.refreshes())
	}
}

func TestHistory_FailuresInARowDoNotPushOutTheRest(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	r.fault("503:1000")
	for range 20 {
		r.clock.Advance(time.Hour)
		_, _ = r.core.Refresh(t.Context(), a.ID, RefreshOptions{Force: true})
	}
	events, err := r.core.History(a.ID)
	if err != nil {
		t.Fatal(err)
	}
	var rows []int
	for _, e := range events[1:] {
		rows = append(rows, e.InARow)
	}
	if !slices.Equal(rows, []int{1, 2, 4, 8, 16}) {
		t.Errorf("noted were failures %v", rows)
	}
}

func TestHistory_OfAName(t *testing.T) {
	r := newRig(t)
	a, b := r.account("work"), r.account("home")
	for name, want := range map[string][]string{"": {a.ID, b.ID}, "home": {b.ID}, a.ID: {a.ID}, "minimax": {a.ID, b.ID}} {
		entries, err := r.core.HistoryOf(name)
		var got []string
		for _, e := range entries {
			got = append(got, e.Account)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v; want %v", name, got, err, want)
		}
	}
	if _, err := r.core.HistoryOf("nobody"); err == nil {
		t.Error("a name that nobody has: no error")
	}
	if err := r.core.Purge(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "state")); !os.IsNotExist(err) {
		t.Errorf("purge left the folder: %v", err)
	}
}
