package record

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"sync"
	"testing"
	"time"
)

func TestAddUsage_OfManyProcessesAddsUp(t *testing.T) {
	f := newFolder(t)
	var group sync.WaitGroup
	for i := range 10 {
		group.Go(func() {
			other := Open(Options{Dir: f.Dir(), Random: rand.Reader})
			add := map[string]Usage{someID: {Requests: 3, LastUsed: noon.Add(time.Duration(i) * time.Minute), Turn: uint64(i)}}
			if !other.AddUsage(context.Background(), add) {
				t.Error("not written")
			}
		})
	}
	group.Wait()
	got := f.ReadUsage()[someID]
	if got.Requests != 30 || got.Turn != 9 || !got.LastUsed.Equal(noon.Add(9*time.Minute)) {
		t.Errorf("%+v", got)
	}
}

// Counters may be lost; whoever counts goes on with what it can read.
func TestUsage_DamagedIsEmpty(t *testing.T) {
	for _, text := range []string{"", "{", "null", "[]", `{"` + someID + `":null}`, `{"` + someID + `":{"requests":-1}}`} {
		f := newFolder(t)
		f.put(t, f.path("usage.json"), text)
		if got := f.ReadUsage()[someID]; got != (Usage{}) {
			t.Errorf("%q: %+v", text, got)
		}
		if !f.AddUsage(t.Context(), map[string]Usage{someID: {Requests: 2}}) {
			t.Fatalf("%q: not written", text)
		}
		if got := f.ReadUsage()[someID]; got.Requests != 2 {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestAddUsage_BusyIsLeftForLater(t *testing.T) {
	f := newFolder(t)
	lock, err := f.locks.acquire(t.Context(), f.path("usage.lock"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if f.AddUsage(ctx, map[string]Usage{someID: {Requests: 1}}) || len(f.ReadUsage()) != 0 {
		t.Error("written without the lock")
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if !f.AddUsage(t.Context(), map[string]Usage{someID: {Requests: 1}}) {
		t.Error("not written")
	}
}

// FuzzDecodeUsage: bytes of usage.json.
func FuzzDecodeUsage(f *testing.F) {
	f.Add([]byte(`{"a1b2c3d4e5":{"requests":3,"last_used":"2026-05-20T12:00:00Z","turn":7}}`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{"":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		usage := decodeUsage(data)
		before := usage[someID]
		usage[someID] = before.Plus(Usage{Requests: 1, LastUsed: noon})
		if after := usage[someID]; after.Requests != before.Requests+1 || after.LastUsed.Before(noon) || after.Turn != before.Turn {
			t.Fatalf("%+v became %+v", before, after)
		}
		again, err := json.Marshal(usage)
		if err != nil {
			t.Skip("a year that JSON cannot write")
		}
		same := func(a, b Usage) bool {
			return a.Requests == b.Requests && a.Turn == b.Turn && a.LastUsed.Equal(b.LastUsed)
		}
		if got := decodeUsage(again); !maps.EqualFunc(got, usage, same) {
			t.Fatalf("%v became %v", usage, got)
		}
	})
}
