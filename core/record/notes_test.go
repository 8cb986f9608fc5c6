package record

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// What an event says is said once: a count of one is none, and only an event
// that says nothing new is left out.
func TestEvent_SaysWhatIsNew(t *testing.T) {
	if got := (Event{Kind: EventFailed, Message: "busy", InARow: 1}).Detail(); got != "busy" {
		t.Errorf("%q", got)
	}
	first := Event{At: noon, Kind: EventAdopted, Gen: 2, Spent: "ab"}
	for name, tc := range map[string]struct {
		next Event
		want int
	}{
		"the same":           {first, 1},
		"of another kind":    {Event{At: noon, Kind: EventInterrupted, Gen: 2, Spent: "ab"}, 2},
		"of another token":   {Event{At: noon, Kind: EventAdopted, Gen: 2, Spent: "cd"}, 2},
		"of the next tokens": {Event{At: noon, Kind: EventAdopted, Gen: 3, Spent: "ab"}, 2},
	} {
		f := newFolder(t)
		f.mustAppend(t, first)
		f.mustAppend(t, tc.next)
		if got := kinds(t, f); len(got) != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The first line of a history is an event, and a file that has just reached its
// size takes one more: it is turned by the next event that finds it too large.
func TestHistory_BeginsAndTurns(t *testing.T) {
	f := newFolder(t)
	f.mustAppend(t, Event{Kind: EventAdopted, Gen: 1})
	data, err := os.ReadFile(f.History.path(someID))
	if err != nil || !bytes.HasPrefix(data, []byte("{")) {
		t.Fatalf("it begins with %.10q, %v", data, err)
	}
	f.put(t, f.History.path(someID), strings.Repeat("\n", maxHistory))
	for _, turned := range []bool{false, true} {
		f.mustAppend(t, Event{Kind: EventRefreshed, Gen: 1})
		if _, err := os.Stat(olderHistory(f.History.path(someID))); (err == nil) != turned {
			t.Errorf("turned: %t, want %t", err == nil, turned)
		}
	}
}

// A head tells what somebody still has to finish.
func TestHead_Left(t *testing.T) {
	at := Item{Kind: "file", Name: "a"}
	for name, tc := range map[string]struct {
		head Head
		want bool
	}{
		"in use":                  {Head{Public: Public{Gen: 1, Status: StatusOK}}, false},
		"a change was begun":      {Head{Public: Public{Gen: 1, Status: StatusOK}, Intent: &Intent{Blob: at}}, true},
		"a blob is to be deleted": {Head{Public: Public{Gen: 1, Status: StatusOK}, Trash: []Item{at}}, true},
		"never came to tokens":    {Head{Public: Public{Status: StatusOK}}, true},
		"never, and removed":      {Head{Public: Public{Status: StatusRemoved}}, false},
		"removed, blob is left":   {Head{Public: Public{Gen: 3, Status: StatusRemoved}, Trash: []Item{at}}, true},
	} {
		if got := tc.head.Left(); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// A token is refreshed its skew before its end, never in the last two thirds of a
// short life, and not within a minute of the last rotation.
func TestPublic_RefreshAt(t *testing.T) {
	for name, tc := range map[string]struct {
		life, skew, rotated time.Duration // rotated: after it was obtained; negative: never
		want                time.Duration // after it was obtained
	}{
		"long life":                       {time.Hour, 2 * time.Minute, -1, 58 * time.Minute},
		"rotated a while ago":             {time.Hour, 2 * time.Minute, 0, 58 * time.Minute},
		"short life":                      {6 * time.Minute, 5 * time.Minute, 0, 4 * time.Minute},
		"skew of a third":                 {6 * time.Minute, 2 * time.Minute, 0, 4 * time.Minute},
		"shorter than a minute":           {30 * time.Second, 5 * time.Second, 0, time.Minute},
		"shorter, and never rotated":      {30 * time.Second, 5 * time.Second, -1, 25 * time.Second},
		"the pause ends as the skew does": {65 * time.Second, 5 * time.Second, 0, time.Minute},
	} {
		p := Public{ObtainedAt: noon, ExpiresAt: noon.Add(tc.life), Skew: tc.skew}
		if tc.rotated >= 0 {
			p.LastRefreshAt = noon.Add(tc.rotated)
		}
		if got := p.RefreshAt().Sub(noon); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// An id that is none is never reserved, and makes no file.
func TestReserveAs_OnlyIDs(t *testing.T) {
	f := newFolder(t)
	for _, id := range []string{"", "../x", "a1b2", "A1B2C3D4E5", "proxy-key"} {
		if ok, err := f.ReserveAs(id); ok || err != nil {
			t.Errorf("%q: %t, %v", id, ok, err)
		}
	}
	if ok, err := f.ReserveAs(someID); !ok || err != nil {
		t.Errorf("%t, %v", ok, err)
	}
}
