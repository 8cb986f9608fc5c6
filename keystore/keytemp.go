package keystore

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// AbandonedKeys returns the temporary files of processes that were killed while
// they made the key. A key seals nothing before it has its name, so that none of
// them is needed where there is a key that opens what is sealed; where there is
// none, one of them may be all that is left of it, and they stay.
func (m *Manager) AbandonedKeys(ctx context.Context, now time.Time) (paths []string) {
	if m.Key == nil || !m.Key.Create {
		return nil // a key that somebody named lies in a folder that is not ours
	}
	dir, base := filepath.Split(m.Key.Path)
	names, err := atomicfile.Abandoned(dir, now)
	if err != nil {
		return nil
	}
	for _, name := range names {
		if strings.HasPrefix(name, "."+base+".") {
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	if len(paths) == 0 || !m.keyWorks(ctx) {
		return nil
	}
	return paths
}

// keyWorks reports whether there is a key, and it opens one of the secrets, if
// there are any.
func (m *Manager) keyWorks(ctx context.Context) bool {
	if _, err := m.Key.Existing(ctx); err != nil {
		return false
	}
	files := OpenFile(m.BlobDir, m.Key)
	names, err := files.List(ctx)
	if err != nil {
		return false
	}
	for _, name := range names {
		if _, err := files.Get(ctx, name); err == nil {
			return true
		}
	}
	return len(names) == 0
}
