package interop

import (
	"context"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// foreignTime is how long another program's lock is waited for; hermes-agent
// holds it while it refreshes, at most 20 seconds.
const foreignTime = 25 * time.Second

// lockSources takes the locks of hermes-agent's files, so that none of its
// refreshes is under way while they are read or written. Programs without such a
// lock have none taken.
func (ip *Interop) lockSources(ctx context.Context, sources []hermes.Source) (unlock func(), err error) {
	var held []*record.Lock
	unlock = func() {
		for _, l := range held {
			_ = l.Unlock()
		}
	}
	ctx, cancel := context.WithTimeout(ctx, foreignTime)
	defer cancel()
	for _, path := range lockPaths(sources) {
		l, err := ip.state.Folder.LockForeign(ctx, path)
		if err != nil {
			unlock()
			return nil, foreignLock(path, err)
		}
		held = append(held, l)
	}
	return unlock, nil
}

func foreignLock(path string, cause error) error {
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeForeignLock,
		Message: "could not take the lock " + path + ", without which hermes-agent may be in the middle of a refresh: " + cause.Error(),
		Hint:    "try again; nothing was changed", Err: cause,
	}
}

// lockPaths are the lock files of sources, each once, in one order for all who
// take several.
func lockPaths(sources []hermes.Source) (paths []string) {
	for _, s := range sources {
		if s.Format == hermes.AuthJSON || s.Format == hermes.NousShared {
			paths = append(paths, s.LockPath())
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// lockImport takes the lock of whoever brings accounts over or gives them back. It comes
// before all others: two who do so at once would both find a grant new.
func lockImport(ctx context.Context, folder *record.Folder) (*record.Lock, error) {
	if err := folder.Ensure(); err != nil {
		return nil, err
	}
	return folder.LockNote(ctx, "import.lock")
}
