package presence

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

func newFolder(t *testing.T) *Folder {
	return &Folder{Dir: filepath.Join(t.TempDir(), "asked"), Prefix: "ask-", Suffixes: []string{".json", ".answer"}, Random: rand.Reader}
}

func files(f *Folder) (all []string) {
	names, _ := os.ReadDir(f.Dir)
	for _, name := range names {
		all = append(all, name.Name())
	}
	return all
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What somebody has is there until they leave, and nothing is left of it then.
func TestEnter(t *testing.T) {
	f := newFolder(t)
	if f.IDs() != nil || f.Dead() != 0 || f.Tidy() != 0 || f.Lives("00000000000000aa") {
		t.Error("there is something in a folder that nobody has made")
	}
	if _, err := os.Lstat(f.Dir); err == nil {
		t.Error("to look made the folder")
	}
	p, err := f.Enter()
	if err != nil {
		t.Fatal(err)
	}
	if !ValidID(p.ID) || !slices.Equal(f.IDs(), []string{p.ID}) || !f.Lives(p.ID) {
		t.Errorf("%q is not shown: %v", p.ID, f.IDs())
	}
	write(t, p.Path(".json"))
	write(t, p.Path(".answer"))
	if f.Tidy() != 0 || f.Dead() != 0 || !slices.Equal(f.IDs(), []string{p.ID}) {
		t.Error("what is somebody's was taken for what a killed process left")
	}
	p.Leave()
	if left := files(f); left != nil || f.Lives(p.ID) {
		t.Errorf("left behind: %v", left)
	}
}

// A killed process holds no lock. What it left is counted and removed, whichever of its
// files it came to make, and nothing else is.
func TestTidy(t *testing.T) {
	f := newFolder(t)
	p, err := f.Enter()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Leave()
	for _, name := range []string{
		"ask-00000000000000aa.json", "ask-00000000000000aa.lock", "ask-00000000000000aa.answer",
		"ask-00000000000000bb.lock", "ask-00000000000000cc.json",
	} {
		write(t, filepath.Join(f.Dir, name))
	}
	others := []string{"00000000000000dd.json", "ask-00000000000000DD.json", "ask-00000000000000dd", "ask-dd.json", "known.lock"}
	for _, name := range others {
		write(t, filepath.Join(f.Dir, name))
	}
	before := files(f)
	if n := f.Dead(); n != 3 || !slices.Equal(files(f), before) {
		t.Errorf("%d are counted, and there are %v", n, files(f))
	}
	if f.Lives("00000000000000aa") || f.Lives("00000000000000cc") {
		t.Error("one without a process lives")
	}
	if n := f.Tidy(); n != 3 {
		t.Errorf("%d cleared up", n)
	}
	want := append(others, "ask-"+p.ID+".lock")
	slices.Sort(want)
	if got := files(f); !slices.Equal(got, want) || f.Dead() != 0 {
		t.Errorf("left %v, want %v", got, want)
	}
}

// What cannot be locked is neither somebody's nor nobody's: it stays.
func TestUnlockable(t *testing.T) {
	f := newFolder(t)
	if err := os.MkdirAll(f.Path("00000000000000aa", ".lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	if f.Lives("00000000000000aa") || f.Dead() != 0 || f.Tidy() != 0 || len(files(f)) != 1 {
		t.Errorf("%d dead, left %v", f.Dead(), files(f))
	}
}

// A place that is taken, as by somebody who tidies up, is another one; after a few of
// them it is an error, as is a source of ids that has no more.
func TestEnter_Taken(t *testing.T) {
	var ids []byte
	for n := range Places {
		ids = append(ids, bytes.Repeat([]byte{byte(n)}, IDDigits/2)...)
	}
	for taken := range Places + 1 {
		f := newFolder(t)
		f.Random = bytes.NewReader(ids)
		if err := os.MkdirAll(f.Dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for n := range taken {
			lock, _, err := lockfile.Try(f.Path(hex.EncodeToString(ids[n*IDDigits/2:][:IDDigits/2]), ".lock"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = lock.Unlock() })
		}
		p, err := f.Enter()
		if (err != nil) != (taken == Places) {
			t.Errorf("%d taken: %v", taken, err)
		}
		if p != nil {
			p.Leave()
		}
	}
	f := newFolder(t)
	f.Random = bytes.NewReader(nil)
	if _, err := f.Enter(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}
