package glance

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// Whatever makes a stat of a file another one is noticed by the next look, and
// nothing is where nothing has changed.
func TestWatch_NoticesEveryChange(t *testing.T) {
	now := time.Unix(1e9, 0)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func(file string){
		"replaced": func(file string) {
			must(os.WriteFile(file+".new", []byte("2"), 0o600))
			must(os.Rename(file+".new", file))
		},
		"deleted":     func(file string) { must(os.Remove(file)) },
		"moved away":  func(file string) { must(os.Rename(file, filepath.Join(t.TempDir(), "x"))) },
		"written":     func(file string) { must(os.WriteFile(file, []byte("2"), 0o600)) },
		"cut":         func(file string) { must(os.Truncate(file, 0)) },
		"touched":     func(file string) { must(os.Chtimes(file, now, now)) },
		"another one": func(file string) { must(os.WriteFile(file+"2", nil, 0o600)) },
		"linked":      func(file string) { must(os.Link(file, file+"2")) },
	} {
		one, two := t.TempDir(), t.TempDir()
		must(os.WriteFile(filepath.Join(two, "file"), []byte("1"), 0o600))
		w := open(t, one, two)
		m := w.Mark(now)
		for range 3 {
			if !m.Still(w.Mark(now.Add(recheck - 1))) {
				t.Errorf("%s: a change was noticed before there was one", name)
			}
		}
		change(filepath.Join(two, "file"))
		if m.Still(w.Mark(now)) {
			t.Errorf("%s: not noticed", name)
		}
		if !w.Mark(now).Still(w.Mark(now)) {
			t.Errorf("%s: noticed for ever", name)
		}
	}
}

// Nothing is believed of a folder that is gone, nor for long of any.
func TestWatch_KnowsWhenItDoesNotKnow(t *testing.T) {
	now := time.Unix(1e9, 0)
	for name, end := range map[string]func(w *Watch, dir string){
		"moved":   func(_ *Watch, dir string) { _ = os.Rename(dir, dir+"2") },
		"deleted": func(_ *Watch, dir string) { _ = os.RemoveAll(dir) },
		"closed":  func(w *Watch, _ string) { w.Close() },
	} {
		dir := filepath.Join(t.TempDir(), "state")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		w := open(t, dir)
		m := w.Mark(now)
		end(w, dir)
		if m.Still(w.Mark(now)) || w.Mark(now) != (Mark{}) {
			t.Errorf("%s: it is believed in", name)
		}
	}
	w := open(t, t.TempDir())
	m := w.Mark(now)
	if m.Still(w.Mark(now.Add(recheck))) || m.Still(w.Mark(now.Add(-recheck))) || (Mark{}).Still(w.Mark(now)) {
		t.Error("it is believed in for too long")
	}
	none := Open(filepath.Join(t.TempDir(), "missing"))
	if none.Mark(now).Still(none.Mark(now)) {
		t.Error("a folder that is missing is looked after")
	}
	none.Close()
}

func open(t *testing.T, folders ...string) *Watch {
	t.Helper()
	w := Open(folders...)
	if w == nil {
		t.Skip("this system does not tell what changes in a folder: " + runtime.GOOS)
	}
	t.Cleanup(w.Close)
	return w
}
