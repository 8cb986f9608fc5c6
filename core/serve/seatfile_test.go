package serve

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
)

func TestSeats(t *testing.T) {
	f := seatFile{record.Open(record.Options{Dir: t.TempDir()})}
	now := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	wants := func(at time.Time, want map[string]int) {
		t.Helper()
		if got := f.total(at); !maps.Equal(got, want) {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
	wants(now, map[string]int{})
	write := func(process string, at time.Time, counts map[string]int) {
		t.Helper()
		if !f.write(context.Background(), process, seated{at, counts}) {
			t.Fatal("not written")
		}
	}
	write("one", now, map[string]int{"a": 2, "b": 1})
	write("two", now.Add(30*time.Minute), map[string]int{"a": 3})
	wants(now.Add(time.Hour), map[string]int{"a": 5, "b": 1})
	wants(now.Add(61*time.Minute), map[string]int{"a": 3}) // the first was killed, as it seems
	write("two", now.Add(31*time.Minute), map[string]int{"b": 1})
	wants(now.Add(31*time.Minute), map[string]int{"a": 2, "b": 2})
	write("two", now.Add(32*time.Minute), nil)
	wants(now.Add(32*time.Minute), map[string]int{"a": 2, "b": 1})
	wants(now.Add(-time.Hour), map[string]int{}) // the clock went back
}

// FuzzDecodeSeats: bytes of conversations.json.
func FuzzDecodeSeats(f *testing.F) {
	f.Add([]byte(`{"x":{"at":"2026-05-20T10:00:00Z","counts":{"a":1,"b":-1}}}`))
	f.Add([]byte(`{"x":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range decodeSeats(data, time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)) {
			for id, n := range s.Counts {
				if n <= 0 {
					t.Errorf("%q has %d", id, n)
				}
			}
		}
	})
}
