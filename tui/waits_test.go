package tui

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/connect"
)

// waits notes what the window waits for: whatever may take long is called in a
// command. Every driver looks at the end whether Update or View called any.
type waits struct {
	mu    sync.Mutex
	calls map[string]int // by commands
	bad   []string       // by Update or View
}

// note says that something is called which may take long.
func (w *waits) note(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calls == nil {
		w.calls = map[string]int{}
	}
	w.calls[what]++
	if by := caller(); by != "" {
		w.bad = append(w.bad, by+" calls "+what)
	}
}

func (w *waits) count(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls[what]
}

func (w *waits) check(t testing.TB) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, call := range slices.Compact(slices.Sorted(slices.Values(w.bad))) {
		t.Errorf("%s, which may take long", call)
	}
}

// caller is what of the model is on the stack; a command has a goroutine of its
// own.
func caller() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		frame, more := frames.Next()
		if name, ok := strings.CutPrefix(frame.Function[strings.LastIndexByte(frame.Function, '/')+1:], "tui.(*Model)."); ok {
			switch name {
			case "Update", "View", "frame":
				return name
			}
		}
		if !more {
			return ""
		}
	}
}

// TestUpdate_WaitsForNothing: whatever a person does, the accounts are read in
// the command that did it.
func TestUpdate_WaitsForNothing(t *testing.T) {
	reads := func(name string, b *fakeBackend, do func(d *driver), change ...func(*Options)) {
		t.Run(name, func(t *testing.T) {
			in(t, b, func(d *driver) {
				before := b.count("Snapshot")
				if do(d); b.count("Snapshot") == before {
					t.Errorf("the accounts were not read:\n%s", d.text())
				}
			}, change...)
		})
	}
	press := func(keys ...string) func(d *driver) { return func(d *driver) { d.press(keys...) } }
	two := func() *fakeBackend { return newBackend(account("one"), account("two")) }
	reads("refresh", two(), press("r"))
	reads("refresh several", two(), press("space", "space", "r"))
	reads("rename", two(), press("e", "x", "enter"))
	reads("move", two(), press("J"))
	reads("remove", two(), press("d", "y"))
	reads("remove several", two(), press("space", "space", "d", "y"))
	reads("suspend", two(), press("ctrl+z"))
	reads("clear a cool-down", newBackend(nine()[4]), press("x"))
	reads("import", newBackend(account("one")), press("i", "enter"), importing)
	reads("sign in", newBackend(), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.event(0, core.SignedIn{Account: account("minimax-2")})
	})
	died := newBackend(account("one"))
	died.err = &autherr.Error{Kind: autherr.SignIn, Message: "the sign-in is over"}
	reads("a refresh that finds a dead sign-in", died, func(d *driver) {
		died.set(func(all []core.Account) []core.Account { return []core.Account{dead(all[0])} })
		d.press("r")
		d.shows("one needs you to sign in again")
	})
}

// TestUseWith_LooksForFilesOnce: where a program's file is, is looked up when the
// page is opened and at no frame before or after.
func TestUseWith_LooksForFilesOnce(t *testing.T) {
	in(t, newBackend(usable()), func(d *driver) {
		d.press("down", "?", "esc", ":", "esc", "enter", "esc")
		if n := d.backend.count("ProgramFile"); n != 0 {
			t.Fatalf("%d files were looked for before anybody asked", n)
		}
		d.press("w")
		d.shows("key_cmd")
		n := d.backend.count("ProgramFile")
		if most := len(connect.Programs()); n == 0 || n > most {
			t.Errorf("%d files were looked for, want one for each of at most %d programs", n, most)
		}
		d.press("down", "up", "c", "pgdown", "esc")
		if again := d.backend.count("ProgramFile"); again != n {
			t.Errorf("%d files were looked for after the page was open", again-n)
		}
	}, connected)
}

// TestSignIn_TheUsualLabelIsAskedForOnce: one that comes late takes nothing away
// from a person who was faster.
func TestSignIn_TheUsualLabelIsAskedForOnce(t *testing.T) {
	late := func(t *testing.T, f func(d *driver, b *slowLabel)) {
		synctest.Test(t, func(t *testing.T) {
			b := &slowLabel{fakeBackend: newBackend(), free: make(chan struct{})}
			d := newDriver(t, b.fakeBackend, func(o *Options) { o.Backend = b })
			d.press("a", "enter")
			d.shows("What shall it be called?")
			f(d, b)
			if n := b.count("DefaultLabel"); n != 1 {
				t.Errorf("the label was asked for %d times", n)
			}
		})
	}
	comes := func(d *driver, b *slowLabel) { close(b.free); d.settle() }
	t.Run("left alone", func(t *testing.T) {
		late(t, func(d *driver, b *slowLabel) {
			comes(d, b)
			d.shows("minimax-2")
			if d.press("enter"); len(b.signIns) != 1 || b.signIns[0].Label != "" {
				t.Errorf("asked for %+v", b.signIns)
			}
		})
	})
	t.Run("typed meanwhile", func(t *testing.T) {
		late(t, func(d *driver, b *slowLabel) {
			d.press("x")
			comes(d, b)
			if d.press("enter"); len(b.signIns) != 1 || b.signIns[0].Label != "x" {
				t.Errorf("asked for %+v", b.signIns)
			}
		})
	})
	t.Run("gone on meanwhile", func(t *testing.T) {
		late(t, func(d *driver, b *slowLabel) {
			d.press("enter")
			comes(d, b)
			if got := d.m.attempts.running[0].label; got != "minimax-2" || b.signIns[0].Label != "" {
				t.Errorf("the sign-in is called %q and asked for %+v", got, b.signIns)
			}
		})
	})
}

// slowLabel is a backend whose disk takes its time over a label.
type slowLabel struct {
	*fakeBackend
	free chan struct{}
}

func (b *slowLabel) DefaultLabel(provider, region string) string {
	<-b.free
	return b.fakeBackend.DefaultLabel(provider, region)
}

// TestTake_NoOlderOne: what a command has read may come after a newer snapshot of
// the watch's. It is not shown, and nobody is told anything a second time.
func TestTake_NoOlderOne(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		early := d.m.o.Backend.Snapshot()
		d.change(turn("work"))
		d.shows("needs sign-in")
		d.send(changedMsg{text: "Done.", read: early})
		d.shows("needs sign-in")
		d.change(turn("work"))
		if got := strings.Join(d.raw, ""); strings.Count(got, "sign in again") != 1 {
			t.Errorf("told %q", got)
		}
	}, notify("osc9"))
}
