package record

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// A store that joins a fleet takes its id, keeps its secrets where they are, and is one
// that older programs do not touch.
func TestStore_JoinsAFleet(t *testing.T) {
	for name, tc := range map[string]struct{ own, items string }{
		"its own store's id": {"aa", "aa"},
		"another id":         {"bb", "bb"},
		"no store yet":       {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			if tc.own != "" {
				f.put(t, f.path("store.json"), `{"version":1,"store_id":"`+tc.own+`","machine":"machine","kind":"file"}`)
			}
			joined, err := f.Store.Join(t.Context(), "prod", "aa", "file")
			if err != nil {
				t.Fatal(err)
			}
			if joined.StoreID != "aa" || joined.Fleet != "prod" || tc.items != "" && joined.Space() != tc.items || tc.items == "" && joined.Space() == "aa" {
				t.Errorf("%+v", joined)
			}
			read, ok, err := f.Store.Read()
			if err != nil || !ok || read.Version != fleetFormat || read.Space() != joined.Space() {
				t.Errorf("%+v, %t, %v", read, ok, err)
			}
			if err := f.Store.Leave(t.Context()); err != nil {
				t.Fatal(err)
			}
			if read, _, err = f.Store.Read(); err != nil || read.Version != format || read.Fleet != "" || read.Space() != joined.Space() {
				t.Errorf("after it left: %+v, %v", read, err)
			}
		})
	}
}

// FuzzDecodeShared: whatever an etcd holds of a head is a head of this account, or an
// error that says so.
func FuzzDecodeShared(f *testing.F) {
	f.Add([]byte(`{"version":0,"id":"0123456789","gen":1,"status":"ok","ref":{"kind":"","name":"0123456789.00","length":3,"sha256":"aa"}}`))
	f.Add([]byte(`{"id":"0123456789","status":"ok","ref":{"name":"../x"}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := (&Folder{}).DecodeShared("0123456789", data, "file")
		switch code := autherr.CodeOf(err); {
		case err == nil && (h.ID != "0123456789" || h.Ref != nil && h.Ref.Kind != "file"):
			t.Fatalf("%+v", h)
		case err != nil && code != autherr.CodeRecordDamaged && code != autherr.CodeNewerStore:
			t.Fatal(err)
		}
	})
}
