package record

import (
	"os"
	"sync"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// headRoom is more than any head needs.
const headRoom = 32 << 10

// room is the space on the disk that is reserved for heads to come, by account:
// what must be written down after a token was spent does not depend on the disk
// having space then.
type room struct {
	mu     sync.Mutex
	staged map[string]*atomicfile.Staged
}

// ReserveHead takes the space for one more head of the account, which
// [Folder.CommitHead] uses. The caller holds the account's lock and calls
// [Folder.ReleaseHead] at the end.
func (f *Folder) ReserveHead(id string) error {
	staged, err := atomicfile.Stage(f.HeadPath(id), 0o600)
	if err == nil {
		err = staged.Reserve(headRoom)
	}
	if err != nil {
		return unwritable(f.HeadPath(id), err)
	}
	f.ReleaseHead(id)
	f.room.keep(id, staged)
	return nil
}

// CommitHead is [Folder.WriteHead] into the space that was reserved, if any is.
func (f *Folder) CommitHead(h *Head) error {
	return f.writeHead(h, func(path string, data []byte, perm os.FileMode) error {
		if staged := f.room.take(h.ID); staged != nil && staged.Commit(data) == nil {
			return nil
		}
		return atomicfile.Write(path, data, perm)
	})
}

// ReleaseHead gives back the space that was not used.
func (f *Folder) ReleaseHead(id string) {
	if staged := f.room.take(id); staged != nil {
		staged.Discard()
	}
}

func (r *room) keep(id string, staged *atomicfile.Staged) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.staged == nil {
		r.staged = map[string]*atomicfile.Staged{}
	}
	r.staged[id] = staged
}

func (r *room) take(id string) *atomicfile.Staged {
	r.mu.Lock()
	defer r.mu.Unlock()
	staged := r.staged[id]
	delete(r.staged, id)
	return staged
}
