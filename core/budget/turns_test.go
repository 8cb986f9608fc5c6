package budget

import (
	"runtime"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// Whoever has the book of one key in its hands holds up no other key.
func TestBooks_OneKeyHoldsUpNoOther(t *testing.T) {
	books := OpenBooks(t.TempDir(), clock.NewFake(noon), 1)
	defer books.Close()
	limits := []Limit{{9, Requests, time.Hour}}
	first, err := books.Reserve(t.Context(), "key-a", "a", limits, 1)
	if err != nil {
		t.Fatal(err)
	}
	lock, free, err := lockfile.Try(books.path("key-a") + ".lock")
	if err != nil || !free {
		t.Fatal(err)
	}
	held := make(chan error, 1)
	go func() { held <- first.Charge(1, 1) }()
	for len(books.turnOf("key-a")) == 0 { // until it waits with its turn
		runtime.Gosched()
	}
	if _, err := books.Reserve(t.Context(), "key-b", "b", limits, 1); err != nil {
		t.Error(err)
	}
	select {
	case err := <-held:
		t.Errorf("a locked book was written: %v", err)
	default:
	}
	_ = lock.Unlock()
	if err := <-held; err != nil {
		t.Error(err)
	}
	if spent, err := books.Read("key-a", limits); err != nil || spent[0].Used != 1 {
		t.Errorf("%+v, %v", spent, err)
	}
}
