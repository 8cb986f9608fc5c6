package keystore

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"
)

func TestKey_IsMadeOnceByManyProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "key")
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for range 20 {
		wg.Go(func() {
			id, err := (&Key{Path: path, Create: true}).Load(context.Background())
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			seen[id.String()] = true
		})
	}
	wg.Wait()
	if len(seen) != 1 {
		t.Fatalf("%d different keys were handed out, want 1", len(seen))
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Fatalf("left behind: %v", entries)
	}
}

func TestKey_MissingIsSaidAndNotReplaced(t *testing.T) {
	key := &Key{Path: filepath.Join(t.TempDir(), "key")}
	if _, err := key.Load(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("%v, want unavailable", err)
	}
	if _, err := os.Stat(key.Path); err == nil {
		t.Fatal("a key was made although none may be")
	}
}

func TestKey_RefusesOneThatOthersCanRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no file modes; the profile's access list protects the key")
	}
	key := &Key{Path: filepath.Join(t.TempDir(), "key"), Create: true}
	if _, err := key.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(key.Path, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := (&Key{Path: key.Path}).Load(t.Context())
	var e *Error
	if !errors.As(err, &e) || e.Condition != Unavailable || !strings.Contains(e.Hint, "chmod 600") {
		t.Fatalf("%v, want unavailable with its cure", err)
	}
}

func TestKey_DamagedSaysNothingOfItsContent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("AGE-SECRET-KEY-1NOTREALLY\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := (&Key{Path: path, Create: true}).Load(t.Context())
	if !errors.Is(err, ErrDamaged) || strings.Contains(err.Error(), "NOTREALLY") {
		t.Fatalf("%v, want damaged without the content", err)
	}
}

func sealedKey(t *testing.T, passphrase string) (path string, id *age.X25519Identity) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(10) // the default takes most of a second
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(id.String() + "\n"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, sealed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, id
}

func TestKey_PassphraseIsAskedOnce(t *testing.T) {
	path, want := sealedKey(t, "correct horse")
	asked := 0
	key := &Key{Path: path, Passphrase: func(context.Context) (string, error) { asked++; return "correct horse", nil }}
	for range 3 {
		id, err := key.Load(t.Context())
		if err != nil || id.String() != want.String() {
			t.Fatalf("got another identity, %v", err)
		}
	}
	if asked != 1 {
		t.Fatalf("asked %d times", asked)
	}
	text, ok := key.Unlocked()
	if handed, err := (&Key{Identity: text}).Load(t.Context()); !ok || err != nil || handed.String() != want.String() {
		t.Fatalf("handing the identity over: %v, %v", ok, err)
	}
}

func TestKey_WrongOrNoPassphraseIsLocked(t *testing.T) {
	path, _ := sealedKey(t, "correct horse")
	for name, ask := range map[string]func(context.Context) (string, error){
		"wrong":  func(context.Context) (string, error) { return "battery staple", nil },
		"none":   func(context.Context) (string, error) { return "", errors.New("no terminal") },
		"empty":  func(context.Context) (string, error) { return "", nil },
		"nobody": nil,
	} {
		if _, err := (&Key{Path: path, Passphrase: ask}).Load(t.Context()); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: %v, want locked", name, err)
		}
	}
}

func TestFile_AnotherKeyIsLockedNotDamaged(t *testing.T) {
	dir := t.TempDir()
	first := OpenFile(dir, &Key{Path: filepath.Join(t.TempDir(), "key"), Create: true})
	if err := first.Put(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	second := OpenFile(dir, &Key{Path: filepath.Join(t.TempDir(), "key"), Create: true})
	if _, err := second.Get(t.Context(), "a"); !errors.Is(err, ErrLocked) {
		t.Fatalf("%v, want locked", err)
	}
	if _, err := first.Get(t.Context(), "a"); err != nil {
		t.Fatalf("the secret was harmed: %v", err)
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
