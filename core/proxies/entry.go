package proxies

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/paced"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

const (
	// writeEvery is how often a note is written at most. Nothing is written while the
	// requests of a minute stay as many as they were, or none.
	writeEvery = 5 * time.Second
	// places is how many ids a note tries.
	places = 5
)

// Entry is a proxy that runs in this process. It is safe for concurrent use.
type Entry struct {
	board  *Board
	lock   *lockfile.Lock
	writes *paced.Work

	mu     sync.Mutex
	proxy  Proxy // as it was written last
	minute minute
	ended  bool
}

// Enter leaves the note of a proxy of this process, which listens there.
func (b *Board) Enter(listens []string, pid int) (*Entry, error) {
	if err := private.Make(b.dir); err != nil {
		return nil, err
	}
	id, lock, err := b.place()
	if err != nil {
		return nil, err
	}
	e := &Entry{board: b, lock: lock, proxy: Proxy{ID: id, Listens: listens, PID: pid, Began: b.clock.Now().UTC()}}
	e.writes = paced.New(writeEvery, e.write)
	if err := e.put(e.proxy); err != nil {
		b.clearAway(id, lock)
		return nil, err
	}
	return e, nil
}

// place returns the id and the lock of a new note. Whoever tidies up may be faster at
// a lock file that has just been made; then it is another one.
func (b *Board) place() (id string, lock *lockfile.Lock, err error) {
	for range places {
		random := make([]byte, idDigits/2)
		if _, err := io.ReadFull(b.random, random); err != nil {
			return "", nil, err
		}
		id = hex.EncodeToString(random)
		if lock, free, err := lockfile.Try(b.path(id, ".lock")); err != nil || free {
			return id, lock, err
		}
	}
	return "", nil, errors.New("its place was taken each time")
}

// Request counts a request, and has that written soon.
func (e *Entry) Request() {
	e.mu.Lock()
	e.minute.add(e.board.clock.Now())
	e.mu.Unlock()
	e.writes.Soon()
}

// write brings the note up to now. It asks for itself as long as there is something to
// count down, or the disk takes nothing.
func (e *Entry) write() {
	e.mu.Lock()
	p, ended := e.proxy, e.ended
	p.PerMinute = e.minute.sum(e.board.clock.Now())
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
	return atomicfile.Write(e.board.path(p.ID, ".json"), append(data, '\n'), 0o600)
}

// End takes the note away.
func (e *Entry) End() {
	e.mu.Lock()
	first := !e.ended
	e.ended = true
	e.mu.Unlock()
	e.writes.Close()
	if first {
		e.board.clearAway(e.proxy.ID, e.lock)
	}
}
