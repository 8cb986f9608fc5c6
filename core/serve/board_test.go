package serve

import (
	"bytes"
	"maps"
	"runtime"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// Whoever tells of a conversation does not wait for the disk.
func TestBoard_NobodyWaitsForTheDisk(t *testing.T) {
	g, fake := newTestGate(t)
	b := &board{state: g.state, counts: func(time.Time) map[string]int { return nil }}
	lock, free, err := lockfile.Try(seatFile{g.state.Folder}.path("conversations.lock"))
	if err != nil || !free {
		t.Fatal(free, err)
	}
	stacks := make([]byte, 1<<20)
	waits := func() bool { return bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("lockfile.Acquire")) }
	told := false // while it was being written
	for try := 0; try < 20 && !told; try++ {
		written := make(chan struct{})
		go func() {
			b.put(seated{At: fake.Now(), Counts: map[string]int{"a": 1}}) // waits for the file, but not for long
			close(written)
		}()
		for over := false; !over && !waits(); {
			select {
			case <-written: // it was missed
				over = true
			default:
				runtime.Gosched()
			}
		}
		b.tell()
		told = waits()
		<-written
	}
	if !told {
		t.Error("telling waited for the disk")
	}
	_ = lock.Unlock()
	b.close()
	if got := Conversations(g.state); len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

// A conversation counts for as long as it goes on, and an hour longer.
func TestBoard_ALongConversation(t *testing.T) {
	g, fake := newTestGate(t)
	changed := false
	b := &board{state: g.state}
	seats := newConversations(func() { changed = true })
	b.counts = seats.counts
	for range 40 {
		seats.sit(Conversation{"c", "1"}, here, "a", true, fake.Now())
		if changed {
			b.write()
			changed = false
		}
		fake.Advance(5 * time.Minute)
		if got := Conversations(g.state); !maps.Equal(got, map[string]int{"a": 1}) {
			t.Fatalf("at %v: %v", fake.Now(), got)
		}
	}
	fake.Advance(time.Hour)
	if got := Conversations(g.state); len(got) != 0 {
		t.Errorf("when it is over: %v", got)
	}
}
