package budget

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
)

func TestBooks_TwoProcesses(t *testing.T) {
	dir, fake := t.TempDir(), clock.NewFake(noon)
	one, two := OpenBooks(dir, fake, 1), OpenBooks(dir, fake, 2)
	limits := []Limit{{3, Requests, time.Hour}}
	let := make(chan *Reservation, 100)
	var all sync.WaitGroup
	for i := range 20 {
		books := []*Books{one, two}[i%2]
		all.Go(func() {
			r, err := books.Reserve(t.Context(), "key-1", "ci", limits, 10)
			if err == nil {
				let <- r
			} else if autherr.CodeOf(err) != autherr.CodeBudget {
				t.Error(err)
			}
		})
	}
	for range 3 {
		if err := (<-let).Charge(1, 10); err != nil {
			t.Error(err)
		}
	}
	stop := make(chan struct{})
	go func() { all.Wait(); close(stop) }()
	for waiting := true; waiting; {
		select {
		case <-stop:
			waiting = false
		default:
			if at, sleeps := fake.Next(); sleeps {
				fake.Set(at)
			}
		}
	}
	if len(let) != 0 {
		t.Errorf("%d more were let through", len(let))
	}
	spent, err := one.Read("key-1", limits)
	if err != nil || spent[0].Used != 3 {
		t.Errorf("%+v, %v", spent, err)
	}
	_, err = two.Reserve(t.Context(), "key-1", "ci", limits, 0)
	var why *autherr.Error
	if !errors.As(err, &why) || why.Kind != autherr.CoolingDown || why.RetryAfter <= 0 || !strings.Contains(why.Message, "ci has used up its 3-requests/hour") {
		t.Errorf("%v", err)
	}
	one.Close()
	two.Close()
	if left, _ := os.ReadDir(one.dir); len(left) != 2 { // the book and its lock
		t.Errorf("left: %v", left)
	}
}

// What could not be written down when a request had ended is with the next change,
// so that it holds nobody up; and who only waits writes nothing.
func TestBooks_WhatIsOwed(t *testing.T) {
	dir, fake := t.TempDir(), clock.NewFake(noon)
	books := OpenBooks(dir, fake, 1)
	defer books.Close()
	limits := []Limit{{100, Tokens, time.Hour}}
	r, err := books.Reserve(t.Context(), "key-1", "ci", limits, 100)
	if err != nil {
		t.Fatal(err)
	}
	path := books.path("key-1")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(path)
	waiting := make(chan error, 1)
	go func() {
		_, err := books.Reserve(t.Context(), "key-1", "ci", limits, 10)
		waiting <- err
	}()
	fake.WaitFor(1)
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("who waits has written: %v", err)
	}
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := r.Charge(1, 40); err == nil {
		t.Error("a folder was written to")
	}
	if err := errors.Join(os.Remove(path), os.WriteFile(path, good, 0o600)); err != nil {
		t.Fatal(err)
	}
	fake.Advance(again)
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	if spent, err := books.Read("key-1", limits); err != nil || spent[0].Used != 40 {
		t.Errorf("%+v, %v", spent, err)
	}
}

// A process that is gone blocks nobody, and a book that cannot be read lets nobody
// through.
func TestBooks_WhatIsBroken(t *testing.T) {
	dir, fake := t.TempDir(), clock.NewFake(noon)
	limits := []Limit{{100, Tokens, time.Hour}}
	dead := OpenBooks(dir, fake, 1)
	if _, err := dead.Reserve(t.Context(), "key-1", "ci", limits, 60); err != nil {
		t.Fatal(err)
	}
	_ = dead.alive.Unlock() // as the kernel does
	books := OpenBooks(dir, fake, 2)
	defer books.Close()
	r, err := books.Reserve(t.Context(), "key-1", "ci", limits, 30)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Charge(1, 20); err != nil {
		t.Fatal(err)
	}
	if spent, err := books.Read("key-1", limits); err != nil || spent[0].Used != 80 {
		t.Errorf("%+v, %v", spent, err)
	}
	for _, text := range []string{"", "{", `{"version":2}`, `{"version":1,"spent":[{"used":-1}]}`} {
		if err := os.WriteFile(books.path("key-1"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := books.Reserve(t.Context(), "key-1", "ci", limits, 1); err == nil || autherr.KindOf(err) != autherr.Failed {
			t.Errorf("%q: %v", text, err)
		}
	}
}
