package record

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// Usage says how often an account was used, and when last.
type Usage struct {
	Requests uint64    `json:"requests"`
	LastUsed time.Time `json:"last_used,omitzero"`
	Turn     uint64    `json:"turn,omitempty"` // its last one, in a pool that takes turns
}

// Plus returns the counters after more use.
func (u Usage) Plus(more Usage) Usage {
	u.Requests += more.Requests
	u.Turn = max(u.Turn, more.Turn)
	if more.LastUsed.After(u.LastUsed) {
		u.LastUsed = more.LastUsed
	}
	return u
}

// ReadUsage returns the counters of all accounts. They may lag and may be lost:
// a missing or damaged file is an empty one.
func (f *Folder) ReadUsage() map[string]Usage {
	data, err := atomicfile.Read(f.path("usage.json"), maxPool)
	if err != nil {
		return map[string]Usage{}
	}
	return decodeUsage(data)
}

func decodeUsage(data []byte) map[string]Usage {
	var usage map[string]Usage
	if json.Unmarshal(data, &usage) != nil || usage == nil {
		return map[string]Usage{}
	}
	return usage
}

// AddUsage adds counters to those on disk, waiting for other writers until ctx
// is done. Then, or when the file cannot be written, ok is false and the caller
// may try again later.
func (f *Folder) AddUsage(ctx context.Context, more map[string]Usage) (ok bool) {
	lock, err := f.locks.acquire(ctx, f.path("usage.lock"))
	if err != nil {
		return false
	}
	defer func() { _ = lock.Unlock() }()
	usage := f.ReadUsage()
	for id, add := range more {
		usage[id] = usage[id].Plus(add)
	}
	data, err := json.Marshal(usage)
	if err != nil {
		return false
	}
	return atomicfile.WriteLoose(f.path("usage.json"), data, 0o600) == nil
}
