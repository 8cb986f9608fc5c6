package proxies

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/paced"
	"github.com/hermes-tui/hermes-tui/internal/presence"
)

// writeEvery is how often a note is written at most. Nothing is written while the
// requests of a minute stay as many as they were, or none.
const writeEvery = 5 * time.Second

// Entry is a proxy that runs in this process. It is safe for concurrent use.
type Entry struct {
	clock  clock.Clock
	place  *presence.Place
	writes *paced.Work

	mu     sync.Mutex
	proxy  Proxy // as it was written last
	minute minute
	ended  bool
}

// Enter leaves the note of a proxy of this process, which listens there.
func (b *Board) Enter(listens []string, pid int) (*Entry, error) {
	place, err := b.notes.Enter()
	if err != nil {
		return nil, err
	}
	e := &Entry{clock: b.clock, place: place, proxy: Proxy{ID: place.ID, Listens: listens, PID: pid, Began: b.clock.Now().UTC()}}
	e.writes = paced.New(writeEvery, e.write)
	if err := e.put(e.proxy); err != nil {
		place.Leave()
		return nil, err
	}
	return e, nil
}

// Request counts a request, and has that written soon.
func (e *Entry) Request() {
	e.mu.Lock()
	e.minute.add(e.clock.Now())
	e.mu.Unlock()
	e.writes.Soon()
}

// write brings the note up to now. It asks for itself as long as there is something to
// count down, or the disk takes nothing.
func (e *Entry) write() {
	e.mu.Lock()
	p, ended := e.proxy, e.ended
	p.PerMinute = e.minute.sum(e.clock.Now())
	changed := p.PerMinute != e.proxy.PerMinute
	e.mu.Unlock()
	if ended {
		return
	}
	again := p.PerMinute > 0
	if changed {
		if err := e.put(p); err != nil {
			again = true
		} else {
			e.mu.Lock()
			e.proxy = p
			e.mu.Unlock()
		}
	}
	if again {
		e.writes.Soon()
	}
}

func (e *Entry) put(p Proxy) error {
	data, err := json.Marshal(note{version, p})
	if err != nil {
		return err
	}
	return atomicfile.Write(e.place.Path(suffix), append(data, '\n'), 0o600)
}

// End takes the note away.
func (e *Entry) End() {
	e.mu.Lock()
	first := !e.ended
	e.ended = true
	e.mu.Unlock()
	e.writes.Close()
	if first {
		e.place.Leave()
	}
}
