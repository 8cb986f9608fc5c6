package record

import (
	"crypto/rand"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const someID = "a1b2c3d4e5"

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

func newFolder(t testing.TB) *Folder {
	t.Helper()
	f := Open(Options{Dir: filepath.Join(t.TempDir(), "state"), Machine: "machine", Random: rand.Reader})
	if err := f.Ensure(); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *Folder) mustAppend(t testing.TB, e Event) {
	t.Helper()
	if err := f.History.Add(someID, e); err != nil {
		t.Fatal(err)
	}
}

func kinds(t testing.TB, f *Folder) (all []EventKind) {
	t.Helper()
	events, err := f.History.Events(someID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		all = append(all, e.Kind)
	}
	return all
}

func TestHistory_KeepsEventsInOrderAndCleansThem(t *testing.T) {
	f := newFolder(t)
	f.mustAppend(t, Event{At: noon, Kind: EventSignedIn, Gen: 1, Got: "0a1b2c3d"})
	f.mustAppend(t, Event{At: noon.Add(time.Hour), Kind: EventFailed, Code: "429", Message: "slow\x1b[31m down\n" + strings.Repeat("as before ", 500)})
	events, err := f.History.Events(someID)
	if err != nil || len(events) != 2 || events[0].Kind != EventSignedIn || !events[0].At.Equal(noon) {
		t.Fatalf("%+v, %v", events, err)
	}
	if m := events[1].Message; !strings.HasPrefix(m, "slow down as before") || len([]rune(m)) != maxEventText {
		t.Errorf("message of %d characters: %.20q", len([]rune(m)), m)
	}
	info, err := os.Stat(f.History.path(someID))
	if err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("%v, %v; want a file of its owner only", info, err)
	}
}

func TestHistory_OfNobodyIsEmpty(t *testing.T) {
	f := newFolder(t)
	if got := kinds(t, f); got != nil {
		t.Errorf("%v", got)
	}
	if _, err := f.History.Events("../../etc"); err == nil {
		t.Error("a path was taken for an id")
	}
	if err := f.History.Add("../x", Event{At: noon, Kind: EventMoved}); err == nil {
		t.Error("a path was taken for an id")
	}
}

func TestHistory_OneOfManyTakersIsNoted(t *testing.T) {
	f := newFolder(t)
	for range 100 {
		f.mustAppend(t, Event{At: noon, Kind: EventAdopted, Gen: 2})
	}
	f.mustAppend(t, Event{At: noon, Kind: EventAdopted, Gen: 3})
	f.mustAppend(t, Event{At: noon, Kind: EventRefreshed, Gen: 3})
	f.mustAppend(t, Event{At: noon, Kind: EventRefreshed, Gen: 3})
	if got := kinds(t, f); len(got) != 4 {
		t.Errorf("%d events, want 4: %v", len(got), got)
	}
}

func TestHistory_IsBounded(t *testing.T) {
	f := newFolder(t)
	text := strings.Repeat("x", maxEventText)
	for i := range 1000 {
		f.mustAppend(t, Event{At: noon.Add(time.Duration(i) * time.Second), Kind: EventFailed, Message: text})
	}
	for _, path := range []string{f.History.path(someID), olderHistory(f.History.path(someID))} {
		if info, err := os.Stat(path); err != nil || info.Size() > maxHistory+maxEvent {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	events, err := f.History.Events(someID)
	if err != nil || len(events) < 150 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for i, e := range events[1:] {
		if e.At.Sub(events[i].At) != time.Second {
			t.Fatalf("event %d comes %s after the one before", i+1, e.At.Sub(events[i].At))
		}
	}
	if last := events[len(events)-1]; !last.At.Equal(noon.Add(999 * time.Second)) {
		t.Errorf("the last event is of %s", last.At)
	}
}

func TestHistory_HalfALineCostsThatLineOnly(t *testing.T) {
	f := newFolder(t)
	f.mustAppend(t, Event{At: noon, Kind: EventSignedIn})
	file, err := os.OpenFile(f.History.path(someID), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = file.WriteString(`{"at":"2026-05-20T12:0`)
	_ = file.Close()
	f.mustAppend(t, Event{At: noon, Kind: EventRemoved})
	if got := kinds(t, f); len(got) != 2 || got[1] != EventRemoved {
		t.Errorf("%v", got)
	}
}

func TestHistory_ManyWritersMixNoLines(t *testing.T) {
	f := newFolder(t)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			other := Open(Options{Dir: f.dir, Random: rand.Reader})
			for range 10 {
				if err := other.History.Add(someID, Event{At: noon, Kind: EventRefreshed, Message: "by one of many"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := len(kinds(t, f)); got != 200 {
		t.Errorf("%d events, want 200", got)
	}
}

func TestHistory_Deleted(t *testing.T) {
	f := newFolder(t)
	f.mustAppend(t, Event{At: noon, Kind: EventSignedIn})
	if err := f.History.Delete(someID); err != nil {
		t.Fatal(err)
	}
	if err := f.History.Delete(someID); err != nil {
		t.Errorf("deleting nothing: %v", err)
	}
	if got := kinds(t, f); got != nil {
		t.Errorf("%v", got)
	}
}

func TestEvent_Sentences(t *testing.T) {
	for want, e := range map[string]Event{
		"refreshed: 11111111 → 22222222":                               {Kind: EventRefreshed, Spent: "11111111", Got: "22222222"},
		"refreshed: token 11111111":                                    {Kind: EventRefreshed, Spent: "11111111", Got: "11111111"},
		"signed in: token 22222222":                                    {Kind: EventSignedIn, Got: "22222222"},
		"quarantined: reused · refresh_token_reused · token 11111111":  {Kind: EventQuarantined, Message: "reused", Code: "refresh_token_reused", Spent: "11111111"},
		"refresh failed: MiniMax answered 503 · HTTP 503 · 4 in a row": {Kind: EventFailed, Message: "MiniMax answered 503", Code: "503", Status: 503, InARow: 4},
		"cooling down: rate_limit":                                     {Kind: EventCooledDown, Code: "rate_limit"},
		"used up: usage_limit_reached":                                 {Kind: EventUsedUp, Code: "usage_limit_reached", Means: pool.Quota},
		"handed over: to hermes-agent":                                 {Kind: EventHandedOver, Owner: "hermes-agent"},
		"moved: to the keystore \"file\"":                              {Kind: EventMoved, Owner: "file"},
		"imported: from hermes-agent":                                  {Kind: EventImported, Owner: "hermes-agent"},
		"refresh interrupted: ":                                        {Kind: EventInterrupted},
		"token taken over: ":                                           {Kind: EventAdopted},
		"removed: ":                                                    {Kind: EventRemoved},
	} {
		if got := e.Words() + ": " + e.Detail(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func FuzzParseEvents(f *testing.F) {
	f.Add([]byte(`{"at":"2026-05-20T12:00:00Z","event":"signed_in","message":"x\u001b[2J"}` + "\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, e := range parseEvents(data) {
			if text := e.Words() + e.Detail() + e.Program; strings.ContainsAny(text, "\x1b\n\r\a") {
				t.Fatalf("%q", text)
			}
		}
	})
}
