package core

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/oldstore"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// TestOldStores_NoNameWasLost: whatever an earlier build wrote into a file comes
// back out of today's types under the same name. A field that was renamed or
// dropped would be lost at the next write.
func TestOldStores_NoNameWasLost(t *testing.T) {
	oldstore.Each(t, func(t *testing.T, s *oldstore.Store) {
		c := openOld(t, s, "key")
		state := func(name string) string { return filepath.Join(s.Dir, "state", name) }
		id, _, err := c.state.Folder.Store.Read()
		kept(t, "store.json", readOld(t, state("store.json")), id, err)
		var pool record.PoolFile // as it is written: what is read follows the heads
		err = json.Unmarshal(readOld(t, state("pool.json")), &pool)
		kept(t, "pool.json", readOld(t, state("pool.json")), pool, err)
		_, found, err := c.state.Folder.ReadPool()
		if err != nil {
			t.Fatal(err)
		}
		if found != record.Whole {
			t.Errorf("the pool file was found %v", found)
		}
		kept(t, "usage.json", readOld(t, state("usage.json")), c.state.Folder.ReadUsage(), nil)

		ids, err := c.state.Folder.IDs()
		if err != nil || len(ids) < 10 {
			t.Fatalf("heads of %v, %v", ids, err)
		}
		for _, account := range ids {
			h, err := c.state.Folder.ReadHead(account)
			kept(t, "the head of "+h.Label, readOld(t, c.state.Folder.HeadPath(account)), h, err)
			events, err := c.state.Folder.History.Events(account)
			var lines []json.RawMessage
			for line := range bytes.Lines(readOld(t, state("history/"+account+".jsonl"))) {
				lines = append(lines, line)
			}
			written, _ := json.Marshal(lines)
			kept(t, "the history of "+h.Label, written, events, err)
			if h.Ref != nil {
				keptBlob(t, c, id.StoreID, *h.Ref, func(data []byte) ([]byte, error) {
					b, err := record.OpenBlob(data)
					if err != nil {
						return nil, err
					}
					return b.Seal()
				})
			}
		}
		key, err := c.state.Folder.ReadKeyHead(record.ProxyKeyID)
		kept(t, "the head of the proxy's key", readOld(t, c.state.Folder.HeadPath(record.ProxyKeyID)), key, err)
		keptBlob(t, c, id.StoreID, *key.Ref, func(data []byte) ([]byte, error) {
			key, err := record.OpenBlob(data)
			if err != nil {
				return nil, err
			}
			return key.Seal()
		})
	})
}

// TestOldStores_HoldEveryState: a store that lost one would prove less.
func TestOldStores_HoldEveryState(t *testing.T) {
	oldstore.Each(t, func(t *testing.T, s *oldstore.Store) {
		var all strings.Builder
		heads, _ := filepath.Glob(filepath.Join(s.Dir, "state", "acct", "*.head"))
		for _, path := range append(heads, filepath.Join(s.Dir, "state", "pool.json")) {
			all.Write(readOld(t, path))
		}
		for _, name := range []string{
			"marker", "last_error", "refused", "trash", "intent", "uncertain", "not_before", "failures", "removed_at",
			"owner", "handed_over", "origin", "identity", "current", "last_refresh_at", "cooldown", "strategies", "interrupted",
		} {
			if !strings.Contains(all.String(), `"`+name+`":`) {
				t.Errorf("nothing in the store has %q", name)
			}
		}
	})
}

// keptBlob opens a blob as it lies in the keystore and packs it again.
func keptBlob(t *testing.T, c *Core, storeID string, at record.Ref, again func([]byte) ([]byte, error)) {
	t.Helper()
	store, err := c.state.Keystores.Open(t.Context(), keystore.Kind(at.Kind), storeID)
	if err != nil {
		t.Fatal(err)
	}
	data, err := store.Get(t.Context(), at.Name)
	if err != nil || len(data) != at.Length || record.Checksum(data) != at.SHA256 {
		t.Errorf("the blob %s: %d bytes, %v", at.Name, len(data), err)
		return
	}
	packed, err := again(data)
	kept(t, "the blob "+at.Name, data, json.RawMessage(packed), err)
}

func readOld(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// kept fails unless everything in written stands in v, too.
func kept(t *testing.T, what string, written []byte, v any, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	now, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var before, after any
	decode(t, written, &before)
	decode(t, now, &after)
	forget(before)
	if path, lost := missing(before, after); lost {
		t.Errorf("%s: %s was lost or changed:\n%s\nbecame\n%s", what, path, written, now)
	}
}

// forget removes the address that heads and pool files had once, which is
// dropped on purpose: only a sealed one may be used.
func forget(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, account := v["auth_type"]; account {
			delete(v, "base_url")
		}
		for _, inner := range v {
			forget(inner)
		}
	case []any:
		for _, inner := range v {
			forget(inner)
		}
	}
}

// missing finds something in before that is not in after.
func missing(before, after any) (path string, lost bool) {
	switch b := before.(type) {
	case map[string]any:
		a, ok := after.(map[string]any)
		if !ok {
			return "", true
		}
		for name, value := range b {
			if path, lost := missing(value, a[name]); lost {
				return "." + name + path, true
			}
		}
		return "", false
	case []any:
		a, ok := after.([]any)
		if !ok || len(a) != len(b) {
			return "", true
		}
		for i, value := range b {
			if path, lost := missing(value, a[i]); lost {
				return path, true
			}
		}
		return "", false
	default:
		return "", !reflect.DeepEqual(before, after)
	}
}
