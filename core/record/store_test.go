package record

import (
	"crypto/rand"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

func TestStore_IsMadeOnce(t *testing.T) {
	f := newFolder(t)
	if id, ok, err := f.Store.Read(); ok || err != nil || id != (Store{}) {
		t.Fatalf("before anything was stored: %+v, %t, %v", id, ok, err)
	}
	var mu sync.Mutex
	seen := map[Store]bool{}
	var group sync.WaitGroup
	for _, kind := range []string{"file", "keyring", "file", "keyring"} {
		group.Go(func() {
			other := Open(Options{Dir: f.Dir(), Machine: "machine", Random: rand.Reader})
			id, err := other.Store.Ensure(t.Context(), kind)
			if err != nil {
				t.Error(err)
			}
			id.Version = format
			mu.Lock()
			defer mu.Unlock()
			seen[id] = true
		})
	}
	group.Wait()
	now, ok, err := f.Store.Read()
	if !ok || err != nil || len(seen) != 1 || !seen[now] {
		t.Errorf("%d identities, %+v on disk, %v", len(seen), now, err)
	}
	if len(now.StoreID) != 32 || now.Machine != "machine" {
		t.Errorf("%+v", now)
	}
}

func TestSetKind(t *testing.T) {
	f := newFolder(t)
	if err := f.Store.SetKind(t.Context(), "keyring", "file"); codeOf(err) != autherr.CodeRecordDamaged {
		t.Errorf("a store without identity got a kind: %v", err)
	}
	if _, ok, err := f.Store.Read(); ok || err != nil {
		t.Fatalf("%t, %v", ok, err)
	}
	made, err := f.Store.Ensure(t.Context(), "file")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][2]string{{"keyring", "file"}, {"keyring", ""}, {"keyring", ""}} {
		if err := f.Store.SetKind(t.Context(), want[0], want[1]); err != nil {
			t.Fatal(err)
		}
		got, _, err := f.Store.Read()
		if err != nil || got.Kind != want[0] || got.MovingFrom != want[1] || got.StoreID != made.StoreID {
			t.Errorf("%+v, %v, want %v", got, err, want)
		}
	}
}

func TestStore_SaysWhatIsWrong(t *testing.T) {
	for name, tc := range map[string]struct {
		text, code string
		ok         bool
	}{
		"whole":       {`{"version":1,"store_id":"aa","kind":"file"}`, "", true},
		"newer":       {`{"version":3,"store_id":"aa","kind":"cloud"}`, autherr.CodeNewerStore, true},
		"cut":         {`{"version":1,"store_id":"aa"`, autherr.CodeRecordDamaged, false},
		"no store id": {`{"version":1,"kind":"file"}`, autherr.CodeRecordDamaged, false},
		"no kind":     {`{"version":1,"store_id":"aa"}`, autherr.CodeRecordDamaged, false},
		"no version":  {`{"store_id":"aa","kind":"file"}`, autherr.CodeRecordDamaged, false},
		"empty":       {``, autherr.CodeRecordDamaged, false},
		"null":        {`null`, autherr.CodeRecordDamaged, false},
	} {
		f := newFolder(t)
		f.put(t, f.path("store.json"), tc.text)
		if _, ok, err := f.Store.Read(); ok != tc.ok || codeOf(err) != tc.code {
			t.Errorf("%s: %t, %v", name, ok, err)
		}
		before := tc.text
		_, err := f.Store.Ensure(t.Context(), "file")
		if codeOf(err) != tc.code {
			t.Errorf("%s: ensuring: %v", name, err)
		}
		if after, _ := os.ReadFile(f.path("store.json")); string(after) != before {
			t.Errorf("%s: it was overwritten with %s", name, after)
		}
	}
}

// Secrets of a store whose id is lost belong to nobody; a new id must not be
// made up beside accounts.
func TestStore_LostBesideAccounts(t *testing.T) {
	f := newFolder(t)
	if err := f.WriteHead(someHead()); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := f.Store.Read(); ok || codeOf(err) != autherr.CodeRecordDamaged {
		t.Errorf("%t, %v", ok, err)
	}
	if _, err := f.Store.Ensure(t.Context(), "file"); codeOf(err) != autherr.CodeRecordDamaged {
		t.Errorf("a new store was made beside an account: %v", err)
	}
	if err := os.Mkdir(f.path("store.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Store.Read(); codeOf(err) != autherr.CodeKeystoreUnavailable {
		t.Errorf("what cannot be read: %v", err)
	}
}

func TestCheckMachine(t *testing.T) {
	for _, tc := range []struct {
		store, here string
		ok          bool
	}{
		{"one", "one", true}, {"one", "two", false},
		{"", "two", false},                // the name was taken out
		{"one", "", true}, {"", "", true}, // a machine without an id
	} {
		f := Open(Options{Dir: t.TempDir(), Machine: tc.here})
		err := f.Store.CheckMachine(Store{StoreID: "store", Machine: tc.store})
		if (err == nil) != tc.ok || err != nil && codeOf(err) != autherr.CodeForeignStore {
			t.Errorf("%+v: %v", tc, err)
		}
	}
}

// FuzzDecodeStore: bytes of store.json.
func FuzzDecodeStore(f *testing.F) {
	f.Add([]byte(`{"version":1,"store_id":"aa","machine":"m","kind":"file","moving_from":"keyring"}`))
	f.Add([]byte(`{"version":3,"store_id":"aa","kind":"cloud"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		id, err := decodeStore(data)
		if err != nil {
			if autherr.KindOf(err) != autherr.Keystore || (codeOf(err) == autherr.CodeRecordDamaged) != (id == Store{}) {
				t.Fatalf("%+v, %v", id, err)
			}
			return
		}
		if id.StoreID == "" || id.Kind == "" || id.Version != format {
			t.Fatalf("%q was accepted", data)
		}
		again, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decodeStore(again); err != nil || got != id && !strings.Contains(string(data), `\u`) {
			t.Fatalf("%+v became %+v, %v", id, got, err)
		}
	})
}
