package session

import (
	"os"
	"sync"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// maxLog is how large the log grows before it becomes the old one.
const maxLog = 1 << 20

// logFile is the window's log: made when something is written, 0600, at most
// two of 1 MiB.
type logFile struct {
	path string
	mu   sync.Mutex
	file *os.File
	size int64
}

// Write implements io.Writer.
func (l *logFile) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.open(); err != nil {
		return 0, err
	}
	if l.size+int64(len(line)) > maxLog {
		_ = l.file.Close()
		_ = os.Rename(l.path, l.path+".1")
		l.file = nil
		if err := l.open(); err != nil {
			return 0, err
		}
	}
	n, err := l.file.Write(line)
	l.size += int64(n)
	return n, err
}

// open opens the file, unless it is open.
func (l *logFile) open() error {
	if l.file != nil {
		return nil
	}
	file, err := atomicfile.Append(l.path)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return err
	}
	l.file, l.size = file, info.Size()
	return nil
}

// Close implements io.Closer.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
