package record

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// Probe is a blob that is put into a keystore only to see whether one can be.
// A note in the folder names it for as long as it may be there, because not
// every keystore can list what it holds. The note is locked while its process
// lives.
type Probe struct {
	Kind, StoreID string // keystore that it is in
	Name          string
	path          string
	lock          *lockfile.Lock
}

// probeName is how the blobs of probes begin.
const probeName = "probe"

// BeginProbe notes a probe with a new name.
func (f *Folder) BeginProbe(kind, storeID string) (*Probe, error) {
	tail, err := randomHex(f.random, 16)
	if err != nil {
		return nil, err
	}
	p := &Probe{Kind: kind, StoreID: storeID, Name: probeName + "." + tail}
	p.path = f.path(strings.Join([]string{probeName, kind, storeID, tail}, "-") + ".lock")
	lock, _, err := lockfile.Try(p.path) // nobody else knows the name
	if err != nil {
		return nil, lockError(p.path, err)
	}
	p.lock = lock
	return p, nil
}

// End gives the note up; done says that the blob is surely gone, else the note
// stays for whoever clears up.
func (p *Probe) End(done bool) {
	if done {
		_ = os.Remove(p.path)
	}
	if p.lock != nil {
		_ = p.lock.Unlock()
	}
}

// DeadProbes returns the probes whose processes have ended. Each is held until
// its End.
func (f *Folder) DeadProbes() (dead []*Probe) {
	paths, _ := filepath.Glob(f.path(probeName + "-*-*-*.lock"))
	for _, path := range paths {
		parts := strings.Split(strings.TrimSuffix(filepath.Base(path), ".lock"), "-")
		if len(parts) != 4 || !isHex(parts[3]) {
			continue
		}
		if lock, free, err := lockfile.Try(path); err == nil && free {
			dead = append(dead, &Probe{parts[1], parts[2], probeName + "." + parts[3], path, lock})
		}
	}
	return dead
}
