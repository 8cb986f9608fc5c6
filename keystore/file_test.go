package keystore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestFile_AnotherKeyIsLockedNotDamaged(t *testing.T) {
	dir := t.TempDir()
	first := OpenFile(dir, &Key{Path: filepath.Join(t.TempDir(), "key"), Create: true})
	if err := first.Put(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	other := &Key{Path: filepath.Join(t.TempDir(), "key"), Create: true}
	if _, err := other.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := OpenFile(dir, other)
	if _, err := second.Get(t.Context(), "a"); !errors.Is(err, ErrLocked) {
		t.Fatalf("%v, want locked", err)
	}
	if _, err := first.Get(t.Context(), "a"); err != nil {
		t.Fatalf("the secret was harmed: %v", err)
	}
}

func TestFile_LostKeyIsNotReplaced(t *testing.T) {
	dir, path := t.TempDir(), filepath.Join(t.TempDir(), "key")
	if err := OpenFile(dir, &Key{Path: path, Create: true}).Put(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s := OpenFile(dir, &Key{Path: path, Create: true})
	_, got := s.Get(t.Context(), "a")
	for call, err := range map[string]error{
		"get": got, "put": s.Put(t.Context(), "b", []byte("y")), "prepare": s.Prepare(t.Context(), "b"), "probe": s.Probe(t.Context(), "probe.a"),
	} {
		var e *Error
		if !errors.As(err, &e) || e.Condition != Unavailable || !strings.Contains(e.Hint, "put the key file back") {
			t.Errorf("%s: %v, want unavailable with what to do", call, err)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a new key was made beside secrets that it does not open")
	}
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Fatalf("deleting needs no key: %v", err)
	}
	if err := s.Put(t.Context(), "b", []byte("y")); err != nil {
		t.Errorf("with no secret left a new key may be made: %v", err)
	}
}

func TestFile_ReadingMakesNoKey(t *testing.T) {
	s := fileStore(t)
	if _, err := s.Get(t.Context(), "a"); !errors.Is(err, ErrNotFound) {
		t.Fatalf("%v, want not found", err)
	}
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.key.Path); err == nil {
		t.Fatal("a key was made although nothing was stored")
	}
}

func TestFile_DamagedFileIsNamedAndKept(t *testing.T) {
	s := fileStore(t)
	if err := s.Put(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	whole, _ := os.ReadFile(s.path("a"))
	for cut := range len(whole) {
		if err := os.WriteFile(s.path("a"), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), "a"); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut to %d of %d bytes: %v, want damaged", cut, len(whole), err)
		}
	}
	if err := s.Put(t.Context(), "a", []byte("x")); !errors.Is(err, ErrDamaged) {
		t.Fatalf("put over a damaged secret: %v, want damaged", err)
	}
	if kept, _ := os.ReadFile(s.path("a")); !bytes.Equal(kept, whole[:len(whole)-1]) {
		t.Fatal("the damaged file was replaced")
	}
}

func TestFile_OfTwoWritersOneWins(t *testing.T) {
	dir, key := t.TempDir(), &Key{Path: filepath.Join(t.TempDir(), "key"), Create: true}
	var wg sync.WaitGroup
	var won atomic.Int32
	for i := range 8 {
		wg.Go(func() {
			err := OpenFile(dir, key).Put(context.Background(), "a", []byte{byte(i)})
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, ErrDamaged) {
				t.Errorf("%v, want that it is written already", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d writers were told that their bytes are stored, want 1", won.Load())
	}
}

func TestFile_PreparedTwiceUsesOneTemporaryFile(t *testing.T) {
	s := fileStore(t)
	for range 2 {
		if err := s.Prepare(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Put(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(s.dir); len(entries) != 1 {
		t.Fatalf("left behind: %v", entries)
	}
}

func TestFile_ListsItsSecretsOnly(t *testing.T) {
	s := fileStore(t)
	for _, name := range []string{"a.1", "b.2"} {
		if err := s.Put(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Prepare(t.Context(), "c.3"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Put(t.Context(), "c.3", nil) }() // or its file stays open, and Windows keeps the test's folder
	for _, name := range []string{"README", "A.age", ".hidden.age"} {
		if err := os.WriteFile(filepath.Join(s.dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	names, err := s.List(t.Context())
	slices.Sort(names)
	if err != nil || !slices.Equal(names, []string{"a.1", "b.2"}) {
		t.Fatalf("%v, %v; want a.1 and b.2", names, err)
	}
	missing := OpenFile(filepath.Join(s.dir, "missing"), s.key)
	if names, err := missing.List(t.Context()); err != nil || len(names) != 0 {
		t.Fatalf("a folder that is not made yet: %v, %v", names, err)
	}
}

func TestFile_HoldsNoPlainText(t *testing.T) {
	s := fileStore(t)
	secret := []byte("a token that must not lie on the disk")
	if err := s.Put(t.Context(), "a", secret); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(s.path("a"))
	if err != nil || bytes.Contains(data, secret[:12]) {
		t.Fatalf("the file shows its secret, %v", err)
	}
	if info, _ := os.Stat(s.path("a")); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v", info.Mode())
	}
}

func TestFile_PreparedButNeverWrittenLeavesNothing(t *testing.T) {
	s := fileStore(t)
	if err := s.Prepare(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(s.dir); len(entries) != 0 {
		t.Fatalf("left behind: %v", entries)
	}
}

func TestFile_FolderThatCannotBeWrittenShowsBefore(t *testing.T) {
	s := OpenFile(filepath.Join(t.TempDir(), "missing"), &Key{Path: filepath.Join(t.TempDir(), "key"), Create: true})
	if err := s.Prepare(t.Context(), "a"); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("%v, want unavailable", err)
	}
}

func BenchmarkFile(b *testing.B) {
	s := fileStore(b)
	blob, n := make([]byte, 2000), 0
	b.Run("Put", func(b *testing.B) {
		for b.Loop() {
			n++
			if err := s.Put(b.Context(), fmt.Sprintf("p%d", n), blob); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Get", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Get(b.Context(), "p1"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
