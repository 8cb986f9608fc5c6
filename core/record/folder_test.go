package record

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

func (f *Folder) put(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFolder_IsItsOwnersOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes mean nothing there")
	}
	f := newFolder(t)
	if _, err := f.Store.Ensure(t.Context(), "file"); err != nil {
		t.Fatal(err)
	}
	if err := f.WriteHead(someHead()); err != nil {
		t.Fatal(err)
	}
	if err := f.Publish(t.Context(), someHead()); err != nil {
		t.Fatal(err)
	}
	if !f.AddUsage(t.Context(), map[string]Usage{someID: {Requests: 1}}) {
		t.Fatal("the counters were not written")
	}
	err := filepath.WalkDir(f.Dir(), func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFolder_CannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := Open(Options{Dir: filepath.Join(file, "state"), Random: rand.Reader})
	_, reserved := f.Reserve(t.Context())
	_, as := f.ReserveAs("a1b2c3")
	_, identity := f.Store.Ensure(t.Context(), "file")
	_, imports := f.LockNote(t.Context(), "import.lock")
	_, locked := f.TryLock(someID)
	_, key := f.Lock(t.Context(), ProxyKeyID)
	for _, err := range []*error{&locked, &key} {
		if runtime.GOOS == "windows" && codeOf(*err) == autherr.CodeNoSuchAccount {
			*err = imports // there a path through a file is a path that is missing
		}
	}
	for name, err := range map[string]error{
		"ensure": f.Ensure(), "reserve": reserved, "reserve as": as, "identity": identity, "import": imports,
		"pool":       f.UpdatePool(t.Context(), func(*PoolFile) bool { return true }),
		"event":      f.History.Add(someID, Event{At: noon, Kind: EventMoved}),
		"head":       f.WriteHead(someHead()),
		"proxy key":  f.WriteHead(&Head{Public: Public{ID: ProxyKeyID}}),
		"the key":    key,
		"try a lock": locked,
	} {
		if codeOf(err) != autherr.CodeKeystoreUnavailable || autherr.KindOf(err) != autherr.Keystore {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f.AddUsage(t.Context(), map[string]Usage{someID: {Requests: 1}}) {
		t.Error("counters were written into nowhere")
	}
}

func TestFolder_OfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 || runtime.GOOS == "windows" {
		t.Skip("only root can give a folder away")
	}
	f := newFolder(t)
	if err := os.Chown(f.Dir(), 12345, -1); err != nil {
		t.Skip(err)
	}
	before, err := os.ReadDir(f.Dir())
	if err != nil {
		t.Fatal(err)
	}
	_, lock := f.Lock(t.Context(), ProxyKeyID)
	for name, err := range map[string]error{"check": f.CheckOwner(), "ensure": f.Ensure(), "lock": lock} {
		if codeOf(err) != autherr.CodeForeignStore {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after, err := os.ReadDir(f.Dir()); err != nil || len(after) != len(before) {
		t.Errorf("something was left there: %v, %v", after, err)
	}
	absent := Open(Options{Dir: filepath.Join(t.TempDir(), "none")})
	if err := absent.CheckOwner(); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestReadHead_SaysWhatIsWrong(t *testing.T) {
	f := newFolder(t)
	const damaged, other, folder = "aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"
	f.put(t, f.HeadPath(damaged), "{")
	if err := f.WriteHead(someHead()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(f.HeadPath(someID))
	if err != nil {
		t.Fatal(err)
	}
	f.put(t, f.HeadPath(other), string(data))
	if err := os.Mkdir(f.HeadPath(folder), 0o700); err != nil {
		t.Fatal(err)
	}
	for id, code := range map[string]string{
		someID: "", damaged: autherr.CodeRecordDamaged, other: autherr.CodeRecordDamaged,
		folder: autherr.CodeKeystoreUnavailable, "dddddddddd": autherr.CodeNoSuchAccount, "../store": autherr.CodeNoSuchAccount,
	} {
		if _, err := f.ReadHead(id); codeOf(err) != code {
			t.Errorf("%s: %v, want %q", id, err, code)
		}
	}
	_, err = f.ReadHead(damaged)
	if e := new(autherr.Error); !errors.As(err, &e) || !bytes.Contains([]byte(e.Message), []byte(f.HeadPath(damaged))) {
		t.Errorf("%v does not name the file", err)
	}
}

func TestReserve_NeverTwice(t *testing.T) {
	f := newFolder(t)
	var mu sync.Mutex
	seen := map[string]bool{}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			other := Open(Options{Dir: f.Dir(), Random: rand.Reader})
			for range 20 {
				id, err := other.Reserve(context.Background())
				mu.Lock()
				if err != nil || !ValidID(id) || len(id) != 10 || seen[id] {
					t.Errorf("%q, %v, before: %t", id, err, seen[id])
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	group.Wait()
	ids, err := f.ReservedIDs()
	if err != nil || len(ids) != 160 {
		t.Errorf("%d reserved, %v", len(ids), err)
	}
	if ids, err := f.IDs(); err != nil || len(ids) != 0 {
		t.Errorf("reserved ids are accounts: %v, %v", ids, err)
	}
}

// same is a source of randomness that repeats itself, until it has none left.
type same struct{ left int }

func (s *same) Read(p []byte) (int, error) {
	if s.left--; s.left < 0 {
		return 0, errors.New("no randomness left")
	}
	clear(p)
	return len(p), nil
}

func TestReserve_ACollisionIsDrawnAgain(t *testing.T) {
	f := Open(Options{Dir: filepath.Join(t.TempDir(), "state"), Random: &same{left: 3}})
	if id, err := f.Reserve(t.Context()); err != nil || id != "0000000000" {
		t.Fatalf("%q, %v", id, err)
	}
	if id, err := f.Reserve(t.Context()); err == nil {
		t.Fatalf("%q was given out twice", id)
	}
	if _, err := f.NewBlobName(someID); err == nil {
		t.Error("a blob has a name without randomness")
	}
	if _, err := f.NewProxyKey(); err == nil {
		t.Error("a key was made without randomness")
	}
	if _, err := f.Store.Ensure(t.Context(), "file"); err == nil {
		t.Error("a store was made without randomness")
	}
}

func TestReserveAs_KeepsAForeignIDWhereItIsFree(t *testing.T) {
	f := newFolder(t)
	for _, tc := range []struct {
		id string
		ok bool
	}{{"a1b2c3", true}, {"a1b2c3", false}, {"", false}, {"../../x", false}, {"A1B2C3", false}} {
		if ok, err := f.ReserveAs(tc.id); ok != tc.ok || err != nil {
			t.Errorf("%q: %t, %v", tc.id, ok, err)
		}
	}
	// What was removed for good is not given out again.
	if err := f.DeleteHead("a1b2c3"); err != nil {
		t.Errorf("deleting a head that is not there: %v", err)
	}
	if ok, err := f.ReserveAs("a1b2c3"); ok || err != nil {
		t.Errorf("the id of an account that was removed: %t, %v", ok, err)
	}
}

func TestDeleteHead(t *testing.T) {
	f := newFolder(t)
	if err := f.WriteHead(someHead()); err != nil {
		t.Fatal(err)
	}
	if err := f.DeleteHead(someID); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadHead(someID); codeOf(err) != autherr.CodeNoSuchAccount {
		t.Errorf("after deleting: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(f.HeadPath(someID), "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := f.DeleteHead(someID); codeOf(err) != autherr.CodeKeystoreUnavailable {
		t.Errorf("what cannot be deleted: %v", err)
	}
}

func TestCleanTemp_OfOneAccountOnly(t *testing.T) {
	f := newFolder(t)
	mine := []string{"." + someID + ".head.0123.tmp", "." + someID + ".aa.age.0123.tmp"}
	others := []string{".ffffffffff.head.0123.tmp", someID + ".head", someID + ".lock"}
	for _, name := range append(slices.Clone(mine), others...) {
		f.put(t, filepath.Join(f.BlobDir(), name), "")
	}
	f.CleanTemp("*") // no id, no pattern
	f.CleanTemp(someID)
	for _, name := range mine {
		if _, err := os.Stat(filepath.Join(f.BlobDir(), name)); err == nil {
			t.Errorf("%s is left", name)
		}
	}
	for _, name := range others {
		if _, err := os.Stat(filepath.Join(f.BlobDir(), name)); err != nil {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
}

func TestFolder_Paths(t *testing.T) {
	f := Open(Options{Dir: "state"})
	for want, got := range map[string]string{
		"state": f.Dir(), "state/acct": f.BlobDir(), "state/keyring.lock": f.KeyringLockPath(),
		"state/auto.lock": f.AutoLockPath(), "state/acct/a1b2c3.head": f.HeadPath("a1b2c3"),
	} {
		if filepath.ToSlash(got) != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
