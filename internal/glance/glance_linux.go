package glance

import (
	"encoding/binary"
	"errors"
	"sync"

	"golang.org/x/sys/unix"
)

// Watch looks after some folders. It is safe for concurrent use; its methods may be
// called on nil, which knows nothing.
type Watch struct {
	mu     sync.Mutex
	fd     int // of inotify; -1: nothing is known any more
	epoch  uint64
	buffer [4 << 10]byte
}

// changes is all that can make a stat of a file in a folder another one
// (inotify(7)).
const changes = unix.IN_CREATE | unix.IN_DELETE | unix.IN_MODIFY | unix.IN_ATTRIB | unix.IN_MOVED_FROM | unix.IN_MOVED_TO |
	unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_ONLYDIR

// gone is told when the folder is not the one of that path any more.
const gone = unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_IGNORED | unix.IN_UNMOUNT

// Open begins to look after folders, nil where the system cannot: a folder is
// missing, or is kept by another machine, whose changes nobody tells here.
func Open(folders ...string) *Watch {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return nil
	}
	for _, folder := range folders {
		if !local(folder) {
			err = errors.ErrUnsupported
		} else {
			_, err = unix.InotifyAddWatch(fd, folder, changes)
		}
		if err != nil {
			_ = unix.Close(fd)
			return nil
		}
	}
	return &Watch{fd: fd, epoch: 1}
}

// local reports whether a folder is on a file system of this machine, of which the
// kernel sees every change (statfs(2)).
func local(folder string) bool {
	var fs unix.Statfs_t
	if unix.Statfs(folder, &fs) != nil {
		return false
	}
	switch uint32(fs.Type) { //nolint:gosec // another type on other processors
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC, zfs:
		return true
	}
	return false
}

// zfs is the number of OpenZFS, which is no part of the kernel.
const zfs = 0x2fc12fc1

// look returns a number that is another one after each change. The kernel has queued
// what it tells before the call that made the change returns.
func (w *Watch) look() (epoch uint64, ok bool) {
	if w == nil {
		return 0, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.fd >= 0 {
		n, err := unix.Read(w.fd, w.buffer[:])
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			return w.epoch, true
		case err != nil || n < unix.SizeofInotifyEvent || w.over(w.buffer[:n]):
			w.end()
		default:
			w.epoch++
		}
	}
	return 0, false
}

// over reports whether one of the events says that a folder is gone.
func (w *Watch) over(events []byte) bool {
	for len(events) >= unix.SizeofInotifyEvent {
		mask, name := binary.NativeEndian.Uint32(events[4:]), binary.NativeEndian.Uint32(events[12:])
		if mask&gone != 0 {
			return true
		}
		events = events[min(len(events), unix.SizeofInotifyEvent+int(name)):]
	}
	return false
}

// end gives the file descriptor back. The caller holds w.mu.
func (w *Watch) end() {
	if w.fd >= 0 {
		_ = unix.Close(w.fd)
		w.fd = -1
	}
}

// Close looks after nothing any more.
func (w *Watch) Close() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.end()
}
