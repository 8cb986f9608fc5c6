package lockfile

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("LOCKFILE_TEST_HOLD"); path != "" {
		if _, ok, err := Try(path); err != nil || !ok {
			os.Exit(3)
		}
		_, _ = os.Stdout.WriteString("held\n")
		_, _ = os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// try is Try; the lock is given back before the test's folder goes, since Windows
// keeps a file that somebody holds.
func try(t *testing.T, path string) (*Lock, bool, error) {
	t.Helper()
	lock, ok, err := Try(path)
	if ok {
		t.Cleanup(func() { _ = lock.Unlock() })
	}
	return lock, ok, err
}

func TestTry_KeepsASecondGoroutineOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, ok, err := try(t, path)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, ok, err := try(t, path); ok || err != nil {
		t.Fatalf("second lock: %v, %v; want refused", ok, err)
	}
	if err := first.Unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("unlocking removed the lock file: %v", err)
	}
	if _, ok, err := try(t, path); !ok || err != nil {
		t.Fatalf("after unlock: %v, %v; want locked", ok, err)
	}
}

func TestAcquire_OneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var wg sync.WaitGroup
	var inside, sum atomic.Int32 // the race detector does not see kernel locks
	for range 8 {
		wg.Go(func() {
			for range 5 {
				lock, err := Acquire(t.Context(), path)
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d holders at once", n)
				}
				sum.Add(1)
				inside.Add(-1)
				_ = lock.Unlock()
			}
		})
	}
	wg.Wait()
	if sum.Load() != 40 {
		t.Fatalf("%d turns, want 40", sum.Load())
	}
}

func TestAcquire_EndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if _, ok, err := try(t, path); !ok || err != nil {
		t.Fatal(ok, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Acquire(ctx, path); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the context's error", err)
	}
}

func TestTry_KilledHolderFreesTheLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	holder := exec.CommandContext(t.Context(), os.Args[0])
	holder.Env = append(os.Environ(), "LOCKFILE_TEST_HOLD="+path)
	in, _ := holder.StdinPipe()
	defer func() { _ = in.Close() }()
	out, _ := holder.StdoutPipe()
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder said %q, %v", line, err)
	}
	if _, ok, _ := try(t, path); ok {
		t.Fatal("took a lock that another process holds")
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	if _, ok, err := try(t, path); !ok || err != nil {
		t.Fatalf("after the holder was killed: %v, %v; want locked", ok, err)
	}
}

func TestTry_LocksTheFileThatThePathNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	old, ok, err := try(t, path)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if err := os.Rename(path, path+".old"); err != nil {
		t.Skipf("this system does not rename locked files: %v", err)
	}
	if same(old.held, path, ours()) {
		t.Fatal("a lock on a file that has no name any more counts")
	}
	now, ok, err := try(t, path)
	if err != nil || !ok || !same(now.held, path, ours()) {
		t.Fatalf("the new file is not locked: %v, %v", ok, err)
	}
	if err := os.Remove(path); err == nil && same(now.held, path, ours()) {
		t.Fatal("a lock on a file that was removed counts")
	}
}

func TestRemove(t *testing.T) {
	path := filepath.Join(t.TempDir(), "note")
	for range 2 {
		lock, ok, err := try(t, path)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if err := lock.Remove(); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Errorf("the file is still there: %v", err)
		}
	}
	lock, _, err := try(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if os.Remove(path) == nil {
		if err := lock.Remove(); err != nil {
			t.Errorf("where the file is gone: %v", err)
		}
	}
}

func TestTry_MakesTheFileForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if _, ok, err := try(t, path); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v; want mode 0600", info.Mode(), err)
	}
}

func TestTry_FolderThatIsMissingIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "lock")
	if _, ok, err := try(t, path); ok || !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%v, %v; want that it does not exist", ok, err)
	}
	if _, err := Acquire(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%v; waiting for a lock that cannot be", err)
	}
}

func TestAcquire_WaitsForTheHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, ok, err := try(t, path)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	got := make(chan error)
	go func() {
		lock, err := Acquire(t.Context(), path)
		if err == nil {
			err = lock.Unlock()
		}
		got <- err
	}()
	if err := first.Unlock(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Fatal(err)
	}
}

func TestUnsupported(t *testing.T) {
	for err, want := range map[error]bool{
		errors.ErrUnsupported: true, fs.ErrPermission: false, fs.ErrNotExist: false, context.Canceled: false,
	} {
		if got := unsupported(&fs.PathError{Op: "lock", Path: "x", Err: err}); got != want {
			t.Errorf("%v: %v, want %v", err, got, want)
		}
	}
}

func BenchmarkTryAndUnlock(b *testing.B) {
	path := filepath.Join(b.TempDir(), "lock")
	for b.Loop() {
		lock, ok, err := Try(path)
		if err != nil || !ok {
			b.Fatal(ok, err)
		}
		_ = lock.Unlock()
	}
}
