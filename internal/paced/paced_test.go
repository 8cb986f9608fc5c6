package paced

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestWork_AtOnceAndThenOnceInAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var mu sync.Mutex
		var at []time.Duration
		w := New(time.Second, func() {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(began))
		})
		for range 25 { // every 100 ms
			w.Soon()
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(10 * time.Second)
		w.Soon()
		synctest.Wait()
		w.Close()
		w.Soon()
		w.Close()
		want := []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second, 12500 * time.Millisecond, 12500 * time.Millisecond}
		if len(at) != len(want) {
			t.Fatalf("done at %v, want %v", at, want)
		}
		for i := range want {
			if at[i] != want[i] {
				t.Errorf("done at %v, want %v", at, want)
				break
			}
		}
	})
}

// Close comes after all that was asked for, and nothing is done twice at a time.
func TestWork_IsClosedAfterTheLast(t *testing.T) {
	t.Parallel()
	var under, asked, done atomic.Int64
	w := New(time.Millisecond, func() {
		if under.Add(1) > 1 {
			t.Error("it is done twice at a time")
		}
		done.Store(asked.Load())
		under.Add(-1)
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				asked.Add(1)
				w.Soon()
			}
		})
	}
	all.Wait()
	w.Close()
	if done.Load() != asked.Load() {
		t.Errorf("the last time was before %d of %d were asked for", asked.Load()-done.Load(), asked.Load())
	}
}
