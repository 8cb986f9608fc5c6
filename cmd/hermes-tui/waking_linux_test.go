package main_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// hang lets a file of the state folder be one that nobody gets an answer from.
// The function that it returns lets the disk work again.
func (b *bench) hang(name string) (work func()) {
	b.t.Helper()
	path := filepath.Join(b.state(), name)
	text, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		b.t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return func() {
		b.t.Helper()
		pipe, err := os.OpenFile(path, os.O_RDWR, 0) // both, so that it does not wait for a reader
		if err != nil {
			b.t.Fatal(err)
		}
		defer pipe.Close()
		if err := os.WriteFile(path+".new", text, 0o600); err != nil {
			b.t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			b.t.Fatal(err)
		}
		if _, err := pipe.Write(text); err != nil { // to the one who waits
			b.t.Fatal(err)
		}
	}
}

// TestWindowBeforeTheDisk: the window is there, and can be left, before the disk
// has answered; the accounts come when it does.
func TestWindowBeforeTheDisk(t *testing.T) {
	for _, name := range []string{"pool.json", "usage.json", "store.json", "ui.json"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{})
			b.signIn()
			b.must("token") // for the counters
			if err := os.WriteFile(filepath.Join(b.state(), "ui.json"), []byte(`{"sort":"label"}`), 0o600); err != nil {
				t.Fatal(err)
			}
			work := b.hang(name)
			x := b.session(100, 30, false, `hermes-tui; echo "ended with $?"; stty -a`)
			x.match(`hermes-tui`)
			x.match(`Reading the accounts\.`)
			work()
			x.match(`● ok`)
			x.press("q")
			x.match(`ended with 0`)
			x.restored()
		})
	}
}

// TestWindowLeftBeforeTheDisk: nothing that hangs keeps a person there.
func TestWindowLeftBeforeTheDisk(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.hang("pool.json")
	x := b.session(100, 30, false, `hermes-tui; echo "ended with $?"; stty -a`)
	x.match(`hermes-tui`)
	x.press("q")
	x.match(`ended with 0`)
	x.restored()
}

// TestWindowBeforeTheKeyring: nothing waits for a keyring that hangs. A sign-in
// there is told what happened, in its own time.
func TestWindowBeforeTheKeyring(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	s := b.withKeyring()
	if err := syscall.Kill(s.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(s.PID(), syscall.SIGCONT) }()
	x := b.session(100, 30, false, `hermes-tui; echo "ended with $?"; stty -a`)
	x.match(`No accounts yet`)
	if err := syscall.Kill(s.PID(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	x.match(`keyring: Secret Service`)
	x.press("q")
	x.match(`ended with 0`)
	x.restored()
	b.signIn()

	if err := syscall.Kill(s.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	x = b.session(100, 30, false, `hermes-tui; echo "ended with $?"; stty -a`)
	x.match(`● ok`)
	x.match(`keyring: Secret Service`)
	x.press("q")
	x.match(`ended with 0`)
	x.restored()
}

// TestWindowOfAnotherKeystore: what a command refuses ends the window too.
func TestWindowOfAnotherKeystore(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	x := b.session(100, 30, false, `hermes-tui --keystore keyring; echo "ended with $?"; stty -a`)
	x.match(`hermes-tui: .*\n?.*keystore move keyring`)
	x.match(`ended with 2`)
	x.restored()
}
