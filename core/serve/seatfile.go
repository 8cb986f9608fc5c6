package serve

import (
	"context"
	"encoding/json"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// seated is how many conversations each account has in one process. It is numbers
// only: nothing says which.
type seated struct {
	At     time.Time      `json:"at"`     // when that was
	Counts map[string]int `json:"counts"` // by account
}

// seatsLast is how long the numbers of a process count that has not written new
// ones.
const seatsLast = conversationIdle

// maxSeats bounds what is read of the file.
const maxSeats = 4 << 20

// seatFile keeps the numbers of every process. They may lag and may be lost: a
// missing or damaged file is an empty one.
type seatFile struct{ folder *record.Folder }

func (f seatFile) path(name string) string { return filepath.Join(f.folder.Dir(), name) }

// total returns how many conversations are at each account, in all processes.
// Those of a process that was killed count for an hour.
func (f seatFile) total(now time.Time) map[string]int {
	total := map[string]int{}
	for _, s := range f.read(now) {
		for id, n := range s.Counts {
			total[id] += n
		}
	}
	return total
}

// read returns the numbers that still count, by process.
func (f seatFile) read(now time.Time) map[string]seated {
	data, err := atomicfile.Read(f.path("conversations.json"), maxSeats)
	if err != nil {
		return map[string]seated{}
	}
	return decodeSeats(data, now)
}

func decodeSeats(data []byte, now time.Time) map[string]seated {
	var all map[string]seated
	if json.Unmarshal(data, &all) != nil || all == nil {
		return map[string]seated{}
	}
	for process, s := range all {
		if age := now.Sub(s.At); age < -time.Minute || age > seatsLast {
			delete(all, process)
		}
		for id, n := range s.Counts {
			if n <= 0 {
				delete(s.Counts, id)
			}
		}
	}
	return all
}

// write puts the numbers of one process in place of those that it wrote before,
// waiting for other writers until ctx is done. Without counts the process has
// none. It reports whether they are written.
func (f seatFile) write(ctx context.Context, process string, s seated) (ok bool) {
	if f.folder.CheckOwner() != nil {
		return false
	}
	lock, err := lockfile.Acquire(ctx, f.path("conversations.lock"))
	if err != nil {
		return false
	}
	defer func() { _ = lock.Unlock() }()
	all := f.read(s.At)
	delete(all, process)
	if len(s.Counts) > 0 {
		all[process] = s
	}
	data, err := json.Marshal(all)
	if err != nil {
		return false
	}
	return atomicfile.Write(f.path("conversations.json"), data, 0o600) == nil
}
