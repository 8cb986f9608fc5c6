package tally

import (
	"context"
	"os"
	"slices"
	"time"
)

// lookEvery is how often a watcher looks whether something was counted. A look is
// two stats.
const lookEvery = time.Second

// Watch sends what all processes have counted in the last span: at once, and then
// after each change, at most once a second, until ctx is done. It reads no file
// while none has changed.
func (m *Meter) Watch(ctx context.Context, span time.Duration, to chan<- []Row) {
	var sent []Row
	for first := true; ; first = false {
		now := m.clock.Now()
		seen := m.folder.changed(now)
		if rows := m.Read(now.Add(-span)); first || !slices.Equal(rows, sent) {
			select {
			case to <- rows:
				sent = rows
			case <-ctx.Done():
				return
			}
		}
		// A file system may give two changes one time: what was read right after the
		// first may lack the second.
		quiet := now.Sub(seen).Abs() > lookEvery
		for again := false; !again; again = !quiet || !m.folder.changed(m.clock.Now()).Equal(seen) {
			select {
			case <-m.clock.After(lookEvery):
			case <-ctx.Done():
				return
			}
		}
	}
}

// changed is when a file of the folder was written or deleted last: each is put in
// its place by a rename, but for that of this hour which lines are added to.
func (f folder) changed(now time.Time) (last time.Time) {
	for _, path := range []string{f.dir(), f.handedPath(hourOf(now)), f.hostsDir()} {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}
