package lockfile

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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

func TestTry_KeepsASecondGoroutineOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, ok, err := Try(path)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, ok, err := Try(path); ok || err != nil {
		t.Fatalf("second lock: %v, %v; want refused", ok, err)
	}
	if err := first.Unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("unlocking removed the lock file: %v", err)
	}
	if _, ok, err := Try(path); !ok || err != nil {
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
	if _, ok, err := Try(path); !ok || err != nil {
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
	if _, ok, _ := Try(path); ok {
		t.Fatal("took a lock that another process holds")
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	if _, ok, err := Try(path); !ok || err != nil {
		t.Fatalf("after the holder was killed: %v, %v; want locked", ok, err)
	}
}
