package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

const (
	// maxHistory is how large the file of an account's events grows before it
	// becomes the older one; so at most twice as much is kept, some weeks.
	maxHistory = 64 << 10
	// maxEventText bounds what a server can make an event say.
	maxEventText = 300
	// maxEvent is the longest line that is written.
	maxEvent = 4 << 10
)

// History is what happened to the accounts of a folder, a file for each.
type History struct{ folder *Folder }

func (h *History) path(id string) string { return h.folder.path(filepath.Join("history", id+".jsonl")) }

func olderHistory(path string) string { return path + ".1" }

// Add adds an event to what happened to the account. It takes no lock:
// a line is one write, and of two processes that find the file full at the same
// moment one may lose it to the other. An event that only repeats the last one
// is left out.
func (h *History) Add(id string, e Event) error {
	if !ValidID(id) {
		return noSuchAccount(id)
	}
	e.Code, e.Message = secret.Words(e.Code, 80), secret.Words(e.Message, maxEventText)
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	path := h.path(id)
	if err := h.folder.make(filepath.Dir(path)); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.Size() > maxHistory {
		if err := atomicfile.Rename(path, olderHistory(path)); err != nil {
			return unwritable(path, err)
		}
	}
	file, err := atomicfile.Append(path)
	if err != nil {
		return unwritable(path, err)
	}
	defer func() { _ = file.Close() }()
	last, whole := lastEvent(file)
	if e.repeats(last) {
		return nil
	}
	if !whole { // a power cut left half a line
		line = append([]byte{'\n'}, line...)
	}
	if _, err := file.Write(append(line, '\n')); err != nil {
		return unwritable(path, err)
	}
	return nil
}

// lastEvent returns the newest event of a file, and whether the file ends with
// a whole line.
func lastEvent(file *os.File) (last Event, whole bool) {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return last, true
	}
	from := max(0, info.Size()-maxEvent)
	tail, err := io.ReadAll(io.NewSectionReader(file, from, maxEvent))
	if err != nil || !bytes.HasSuffix(tail, []byte{'\n'}) {
		return last, false
	}
	tail = tail[:len(tail)-1]
	_ = json.Unmarshal(tail[bytes.LastIndexByte(tail, '\n')+1:], &last)
	return last, true
}

// Events returns what happened to the account, oldest first; nothing for one to
// which nothing has. Lines that cannot be read are left out.
func (h *History) Events(id string) ([]Event, error) {
	if !ValidID(id) {
		return nil, noSuchAccount(id)
	}
	var all []Event
	for _, path := range []string{olderHistory(h.path(id)), h.path(id)} {
		data, err := readHistory(path)
		if err != nil {
			return nil, unreadable(path, err)
		}
		all = append(all, parseEvents(data)...)
	}
	return all, nil
}

func readHistory(path string) ([]byte, error) {
	file, err := atomicfile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, 2*maxHistory))
}

// parseEvents reads lines of events. What it returns is fit for a terminal,
// whoever wrote it.
func parseEvents(data []byte) []Event {
	var all []Event
	for line := range bytes.Lines(data) {
		var e Event
		if json.Unmarshal(line, &e) != nil || e.Kind == "" || e.At.IsZero() {
			continue
		}
		for _, text := range []*string{(*string)(&e.Kind), &e.Program, &e.Spent, &e.Got, &e.Owner, (*string)(&e.Means)} {
			*text = secret.Clean(*text, maxEventText)
		}
		e.Code, e.Message = secret.Words(e.Code, 80), secret.Words(e.Message, maxEventText)
		all = append(all, e)
	}
	return all
}

// Delete forgets what happened to an account.
func (h *History) Delete(id string) error {
	for _, path := range []string{h.path(id), olderHistory(h.path(id))} {
		if err := atomicfile.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwritable(path, err)
		}
	}
	return nil
}
