package tally

import (
	"context"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// What any process counts comes within a second of being written; while nothing is
// counted nothing comes, and no file is read.
func TestMeter_Watch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		c := clock.NewFake(noon)
		m := NewMeter(dir, c)
		defer m.Close()
		ctx, cancel := context.WithCancel(t.Context())
		to := make(chan []Row, 8)
		ended := make(chan struct{})
		go func() {
			m.Watch(ctx, time.Hour, to)
			close(ended)
		}()
		second := func() {
			c.Advance(time.Second)
			synctest.Wait()
		}
		came := func(what string, requests ...uint64) {
			t.Helper()
			synctest.Wait()
			for _, want := range requests {
				select {
				case rows := <-to:
					if got := Sum(rows).Requests; got != want {
						t.Errorf("%s: %d requests, want %d", what, got, want)
					}
				default:
					t.Errorf("%s: nothing came", what)
				}
			}
			if n := len(to); n > 0 {
				t.Errorf("%s: %d came too many", what, n)
			}
		}
		count := func(n uint64, at time.Time) { // another process, and when the disk says it was
			other := NewMeter(dir, c)
			other.Note(work, Counts{Requests: n})
			other.Close()
			if err := os.Chtimes(other.folder.dir(), at, at); err != nil {
				t.Fatal(err)
			}
		}
		came("before anything is counted", 0)
		second()
		came("nothing")
		at := c.Now()
		count(3, at)
		came("before the next look")
		second()
		came("another process", 3)
		count(2, at) // in the same moment, as far as the disk tells
		second()
		came("two in one moment", 5)
		for range 3 {
			second()
		}
		came("nothing more")
		if err := os.WriteFile(path(dir, "2026-05-20T12.json"), []byte("{}"), 0o600); err != nil { // its folder does not change
			t.Fatal(err)
		}
		for range 3 {
			second()
		}
		came("no file is read that was not put there")
		count(1, c.Now())
		second()
		came("once more", 1)
		cancel()
		<-ended
	})
}
