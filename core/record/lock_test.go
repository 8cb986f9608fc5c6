package record

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// A lock keeps out goroutines of the same folder as well as other processes,
// for which another Folder stands here: each call takes a descriptor of its own.
func TestLock_OneHolder(t *testing.T) {
	f := newFolder(t)
	other := Open(Options{Dir: f.Dir(), Random: rand.Reader})
	var group sync.WaitGroup
	var held, count atomic.Int64 // the race detector knows nothing of kernel locks
	for i := range 40 {
		who := f
		if i%2 == 0 {
			who = other
		}
		group.Go(func() {
			lock, err := who.Lock(context.Background(), someID)
			if err != nil {
				t.Error(err)
				return
			}
			if n := held.Add(1); n != 1 {
				t.Errorf("%d holders", n)
			}
			count.Add(1)
			held.Add(-1)
			if err := lock.Unlock(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := count.Load(); n != 40 {
		t.Errorf("%d of 40 had the lock", n)
	}
}

func TestLock_TakenIsWaitedForUntilTheContextEnds(t *testing.T) {
	f := newFolder(t)
	other := Open(Options{Dir: f.Dir(), Random: rand.Reader})
	lock, err := f.TryLock(someID)
	if err != nil || lock == nil {
		t.Fatalf("a free lock: %v, %v", lock, err)
	}
	for name, who := range map[string]*Folder{"same process": f, "another": other} {
		if got, err := who.TryLock(someID); got != nil || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if got, err := who.Lock(ctx, someID); got != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		cancel()
		if got, err := who.TryLock("ffffffffff"); got == nil || err != nil {
			t.Errorf("%s: the lock of another account: %v", name, err)
		} else if err := got.Unlock(); err != nil {
			t.Error(err)
		}
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(f.BlobDir(), someID+".lock")); err != nil {
		t.Errorf("the lock file was removed: %v", err)
	}
	for _, who := range []*Folder{f, other} {
		got, err := who.TryLock(someID)
		if got == nil || err != nil {
			t.Fatalf("after unlocking: %v", err)
		}
		if err := got.Unlock(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLock_OfNobody(t *testing.T) {
	f := newFolder(t)
	if _, err := f.Lock(t.Context(), "../x"); codeOf(err) != autherr.CodeNoSuchAccount {
		t.Errorf("%v", err)
	}
	if _, err := f.TryLock("../x"); codeOf(err) != autherr.CodeNoSuchAccount {
		t.Errorf("%v", err)
	}
	none := Open(Options{Dir: filepath.Join(t.TempDir(), "none")})
	if _, err := none.Lock(t.Context(), someID); codeOf(err) != autherr.CodeNoSuchAccount {
		t.Errorf("in a folder that is not there: %v", err)
	}
	if _, err := none.TryLock(someID); codeOf(err) != autherr.CodeNoSuchAccount {
		t.Errorf("in a folder that is not there: %v", err)
	}
}

func TestLock_OthersOfTheFolder(t *testing.T) {
	f := newFolder(t)
	foreign := filepath.Join(t.TempDir(), "auth.lock")
	for name, take := range map[string]func() (*Lock, error){
		"note":      func() (*Lock, error) { return f.LockNote(t.Context(), "import.lock") },
		"foreign":   func() (*Lock, error) { return f.LockForeign(t.Context(), foreign) },
		"proxy key": func() (*Lock, error) { return f.Lock(t.Context(), ProxyKeyID) },
	} {
		lock, err := take()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := lock.Unlock(); err != nil {
			t.Fatal(err)
		}
	}
	held, ok, err := lockfile.Try(foreign)
	if err != nil || !ok {
		t.Fatal(err)
	}
	defer func() { _ = held.Unlock() }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := f.LockForeign(ctx, foreign); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a lock that another program holds: %v", err)
	}
}

func TestLockError(t *testing.T) {
	if err := lockError("x", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
	if err := lockError("x", context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := lockError("x", lockfile.ErrUnsupported); codeOf(err) != autherr.CodeForeignStore || !errors.Is(err, lockfile.ErrUnsupported) {
		t.Errorf("a file system without locks: %v", err)
	}
	if err := lockError("x", &os.PathError{Op: "open", Path: "x", Err: os.ErrPermission}); codeOf(err) != autherr.CodeKeystoreUnavailable {
		t.Errorf("a file that cannot be made: %v", err)
	}
}
