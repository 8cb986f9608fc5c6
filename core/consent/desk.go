package consent

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/presence"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// Patience is how long a question waits for its answer.
const Patience = time.Minute

// Desk is where programs ask and the person answers: a folder that the processes
// of one person share. It is safe for concurrent use.
type Desk struct {
	dir   string
	asked presence.Folder // the questions
	clock clock.Clock
}

// Folder is its name in the state folder.
const Folder = "consent"

// NewDesk returns the one in the state folder. Nothing is made or read.
func NewDesk(state string, c clock.Clock, random io.Reader) *Desk {
	dir := filepath.Join(state, Folder)
	return &Desk{dir, presence.Folder{Dir: dir, Prefix: "ask-", Suffixes: []string{".json", ".answer"}, Random: random}, c}
}

// Dir returns its folder. It changes whenever a question comes or goes.
func (d *Desk) Dir() string { return d.dir }

func (d *Desk) make() error { return private.Make(d.dir) }

// Clear forgets everything that is known about the programs of an account that is
// gone.
func (d *Desk) Clear(id string) { _ = os.Remove(d.knownPath(id)) }

func (d *Desk) windowPath() string { return filepath.Join(d.dir, "window.lock") }

// Attended reports whether a window is open that shows questions. Two programs
// that look at the same moment may each take the other for one; who waits looks
// again.
func (d *Desk) Attended() bool {
	lock, free, err := lockfile.Try(d.windowPath())
	if err == nil && free {
		_ = lock.Unlock()
	}
	return err == nil && !free
}

// Attend says that a window is open, until leave is called. ok is false where
// another window says so already.
func (d *Desk) Attend() (leave func(), ok bool, err error) {
	if err := d.make(); err != nil {
		return nil, false, err
	}
	lock, ok, err := lockfile.Try(d.windowPath())
	if err != nil || !ok {
		return nil, false, err
	}
	return func() { _ = lock.Unlock() }, true, nil
}

// Answer answers a question. The first answer counts: one that comes later, when the
// question's time is over, or to a question that nobody asks any more, changes
// nothing and is an error.
func (d *Desk) Answer(r Request, v Verdict) error {
	if !presence.ValidID(r.ID) || !v.valid() {
		return refusal("", "there is no such question")
	}
	if _, err := os.Lstat(d.asked.Path(r.ID, ".json")); err != nil || !d.clock.Now().Before(r.Until) {
		return refusal("", "%s asks no more", r.Program.Name)
	}
	data, err := json.Marshal(answerFile{version, v})
	if err != nil {
		return err
	}
	staged, err := atomicfile.Stage(d.asked.Path(r.ID, ".answer"), 0o600)
	if err != nil {
		return err
	}
	if err := staged.CommitNew(append(data, '\n')); errors.Is(err, fs.ErrExist) {
		return refusal("", "the question was answered already")
	} else if err != nil {
		return err
	}
	return nil
}

// Tidy removes what processes left behind that were killed while they asked, and
// returns how many there were.
func (d *Desk) Tidy() (gone int) { return d.asked.Tidy() }

// Dead returns how many questions there are that nobody asks any more, and the
// lists of known programs that cannot be read, as errors. It changes nothing.
func (d *Desk) Dead(accounts []string) (questions int, damaged []error) {
	for _, id := range accounts {
		if _, err := d.Known(id); err != nil {
			damaged = append(damaged, err)
		}
	}
	return d.asked.Dead(), damaged
}
