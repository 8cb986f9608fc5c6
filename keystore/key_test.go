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
	"filippo.io/age/armor"
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

func TestKey_WhoeverGivesUpDoesNotWaitForTheOneWhoTypes(t *testing.T) {
	path, _ := sealedKey(t, "correct horse")
	asking, typed := make(chan struct{}), make(chan struct{})
	key := &Key{Path: path, Passphrase: func(context.Context) (string, error) {
		close(asking)
		<-typed
		return "correct horse", nil
	}}
	first := make(chan error)
	go func() {
		_, err := key.Load(context.Background())
		first <- err
	}()
	<-asking
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := key.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want the context's error", err)
	}
	late, stop := context.WithTimeout(t.Context(), 0)
	defer stop()
	if _, err := key.Load(late); !errors.Is(err, ErrLocked) {
		t.Fatalf("%v, want locked", err)
	}
	if _, ok := key.Unlocked(); ok {
		t.Fatal("unlocked before the passphrase was typed")
	}
	close(typed)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
}

func TestKey_SealedAsText(t *testing.T) {
	path, want := sealedKey(t, "correct horse")
	sealed, _ := os.ReadFile(path)
	var text bytes.Buffer
	w := armor.NewWriter(&text)
	_, _ = w.Write(sealed)
	_ = w.Close()
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	key := &Key{Path: path, Passphrase: func(context.Context) (string, error) { return "correct horse", nil }}
	if id, err := key.Load(t.Context()); err != nil || id.String() != want.String() {
		t.Fatalf("got another identity, %v", err)
	}
}

func TestKey_SealedButDamaged(t *testing.T) {
	path, _ := sealedKey(t, "correct horse")
	sealed, _ := os.ReadFile(path)
	for name, data := range map[string][]byte{
		"payload": sealed[:len(sealed)-1], "header": sealed[:40], "text": []byte(armor.Header + "\n!"),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		key := &Key{Path: path, Passphrase: func(context.Context) (string, error) { return "correct horse", nil }}
		if _, err := key.Load(t.Context()); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want damaged", name, err)
		}
	}
}

func TestKey_CancelledPromptIsNotAWrongPassphrase(t *testing.T) {
	path, _ := sealedKey(t, "correct horse")
	key := &Key{Path: path, Passphrase: func(context.Context) (string, error) { return "", context.Canceled }}
	if _, err := key.Load(t.Context()); !errors.Is(err, context.Canceled) || ConditionOf(err) != 0 {
		t.Fatalf("%v, want the context's error", err)
	}
}

func TestKey_FolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	key := &Key{Path: filepath.Join(file, "data", "key"), Create: true}
	if _, err := key.Load(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("%v, want unavailable", err)
	}
}

func TestKey_HandedOverByAParentNeedsNoFile(t *testing.T) {
	if _, err := (&Key{Identity: "AGE-SECRET-KEY-1NOTREALLY"}).Load(t.Context()); !errors.Is(err, ErrDamaged) ||
		strings.Contains(err.Error(), "NOTREALLY") {
		t.Fatalf("%v, want damaged without the content", err)
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
