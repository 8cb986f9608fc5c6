package tally

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// A process that lives for a moment and hands out one token adds a line to a file of
// the hour beside its counts: "14:20 0123456789 codex", the slot, the account and the
// program. That takes neither a lock nor a sync, which would take longer than the rest
// of such a process. A line is one write; the file is not written otherwise.
const (
	handedExt  = ".handed"
	handedSlot = "15:04"
	mostHanded = 4 << 20 // about 100,000 lines an hour; those that come then are not counted
)

func (f folder) handedPath(begin time.Time) string {
	return filepath.Join(f.dir(), begin.Format(layout)+handedExt)
}

// Hand counts at once a token of an account that this program gave another one, in
// the state folder and at the time that are named. It may be lost.
func Hand(state string, now time.Time, u Use) error {
	f, slot := folder{state}, now.UTC().Truncate(SlotLength)
	if err := private.Make(f.dir()); err != nil {
		return err
	}
	begin := hourOf(slot)
	file, err := atomicfile.Append(f.handedPath(begin))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || info.Size() > mostHanded {
		return err
	}
	if info.Size() == 0 { // once an hour
		f.sweep(begin.Add(-Keep))
	}
	u = names{}.clean(u)
	_, err = fmt.Fprintf(file, "%s %s %s\n", slot.Format(handedSlot), u.Account, u.Program)
	return err
}

// handed adds the lines of the hour's file to its counts. What is no such line is
// left out.
func (f folder) handed(h *hour) {
	data, err := atomicfile.Read(f.handedPath(h.begin), 2*mostHanded)
	if err == nil {
		h.addHanded(string(data))
	}
}

func (h *hour) addHanded(text string) {
	names := names{}
	for line := range strings.Lines(text) {
		line, whole := strings.CutSuffix(line, "\n")
		at, rest, _ := strings.Cut(line, " ")
		account, program, _ := strings.Cut(rest, " ")
		clock, err := time.Parse(handedSlot, at)
		slot := h.begin.Add(time.Duration(clock.Minute()) * time.Minute)
		use := names.clean(Use{Account: account, Program: program})
		if whole && err == nil && clock.Hour() == h.begin.Hour() && slot.Equal(slot.Truncate(SlotLength)) && use.Account != "" {
			h.add(cell{slot, use}, Counts{Handed: 1})
		}
	}
}

// versionOf is what the files of an hour were when they were read: both, or one.
type versionOf [2]fs.FileInfo

// look returns what the files of an hour are now.
func (f folder) look(begin time.Time) (v versionOf) {
	for i, path := range []string{f.path(begin), f.handedPath(begin)} {
		v[i], _ = os.Lstat(path)
	}
	return v
}

func (v versionOf) none() bool { return v == versionOf{} }

func (v versionOf) equal(other versionOf) bool {
	for i, is := range v {
		was := other[i]
		if (is == nil) != (was == nil) {
			return false
		}
		if is != nil && (!os.SameFile(is, was) || !is.ModTime().Equal(was.ModTime()) || is.Size() != was.Size()) {
			return false
		}
	}
	return true
}
