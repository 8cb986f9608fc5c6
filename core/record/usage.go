package record

import (
	"encoding/json"
	"os"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// Usage says how often an account was used, and when last.
type Usage struct {
	Requests uint64    `json:"requests"`
	LastUsed time.Time `json:"last_used"`
}

// ReadUsage returns the counters of all accounts. They may lag and may be lost:
// a missing or damaged file is an empty one.
func (f *Folder) ReadUsage() map[string]Usage {
	usage := map[string]Usage{}
	data, err := os.ReadFile(f.path("usage.json"))
	if err != nil || json.Unmarshal(data, &usage) != nil {
		return map[string]Usage{}
	}
	return usage
}

// AddUsage adds counters to those on disk. It never waits: when another process
// is writing, ok is false and the caller may try again later.
func (f *Folder) AddUsage(more map[string]Usage) (ok bool) {
	release, ok := f.mutexes.try("usage")
	if !ok {
		return false
	}
	defer release()
	lock, ok, err := lockfile.Try(f.path("usage.lock"))
	if err != nil || !ok {
		return false
	}
	defer func() { _ = lock.Unlock() }()
	usage := f.ReadUsage()
	for id, add := range more {
		sum := usage[id]
		sum.Requests += add.Requests
		if add.LastUsed.After(sum.LastUsed) {
			sum.LastUsed = add.LastUsed
		}
		usage[id] = sum
	}
	data, err := json.Marshal(usage)
	if err != nil {
		return false
	}
	return atomicfile.Write(f.path("usage.json"), data, 0o600) == nil
}
