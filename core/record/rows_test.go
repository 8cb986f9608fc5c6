package record

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// A head that was brought back from a copy of the folder has the revision that
// the row knows, and is another one all the same.
func TestTake_AHeadOfTheSameRevision(t *testing.T) {
	f := newFolder(t)
	h := f.account(t, someID, "work")
	if err := f.UpdatePool(t.Context(), func(p *PoolFile) bool {
		if f.Take(p, h) {
			t.Error("a head that the row is a copy of is taken again")
		}
		return false
	}); err != nil {
		t.Fatal(err)
	}
	other, err := f.ReadHead(someID)
	if err != nil {
		t.Fatal(err)
	}
	other.Provider, other.seen = "xai-oauth", headVersion{other.seen[0] + 1, other.seen[1]}
	p, _, err := f.ReadPool()
	if err != nil || !p.Take(other) || p.Find(someID).Provider != "xai-oauth" {
		t.Errorf("%v, %+v", err, p.Find(someID))
	}
	other.Rev--
	other.Provider = "older"
	if p.Take(other) || p.Find(someID).Provider != "xai-oauth" {
		t.Error("an older head is taken")
	}
}

// Reconciling writes down what the heads say, and says what that was.
func TestReconcile_WritesWhatWasSeen(t *testing.T) {
	f := newFolder(t)
	f.account(t, "aaaaaaaaaa", "first")
	f.account(t, "bbbbbbbbbb", "second")
	if err := f.rewrite(func(p *PoolFile) { p.Rows = p.Rows[:1] }); err != nil {
		t.Fatal(err)
	}
	_, scan, err := f.Reconcile(t.Context())
	if err != nil || !slices.Equal(scan.Missing, []string{"bbbbbbbbbb"}) {
		t.Errorf("%+v, %v", scan, err)
	}
	if p, err := readPool(f.path("pool.json")); err != nil || len(p.Rows) != 2 {
		t.Errorf("the file has %+v, %v", p, err)
	}
	if _, scan, err := f.Reconcile(t.Context()); err != nil || scan.changed() {
		t.Errorf("once more: %+v, %v", scan, err)
	}
}

// Only a file of a newer program is in the way of a change.
func TestCheckPool(t *testing.T) {
	for text, code := range map[string]string{
		"":                         "",
		"{":                        "",
		`{"version":1,"rows":[]}`:  "",
		`{"version":2,"rows":[]}`:  autherr.CodeNewerStore,
		`{"rows":[],"version":17}`: autherr.CodeNewerStore,
	} {
		f := newFolder(t)
		f.put(t, f.path("pool.json"), text)
		if err := f.CheckPool(); codeOf(err) != code {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := newFolder(t).CheckPool(); err != nil {
		t.Errorf("without a file: %v", err)
	}
}

// An account that is kept in a keyring has no file; one that is kept in files has
// one. Whatever else is there was left behind.
func TestReadPool_NamesStrayFiles(t *testing.T) {
	for name, tc := range map[string]struct {
		keystore string
		files    []string
		stray    bool
	}{
		"a keyring":               {"keyring", nil, false},
		"a keyring, and a blob":   {"keyring", []string{someID + ".00.age"}, true},
		"files":                   {"file", []string{someID + ".00.age"}, false},
		"files, and one more":     {"file", []string{someID + ".00.age", someID + ".01.age"}, true},
		"files, and one half way": {"file", []string{someID + ".00.age", "." + someID + ".head.00.tmp"}, true},
	} {
		f := newFolder(t)
		h := f.account(t, someID, "work")
		h.Ref = &Ref{Item: Item{Kind: tc.keystore, Name: someID + ".00"}, Length: 1, SHA256: Checksum(nil)}
		if err := f.WriteHead(h); err != nil {
			t.Fatal(err)
		}
		for _, file := range tc.files {
			f.put(t, filepath.Join(f.BlobDir(), file), "x")
		}
		p, _, err := f.ReadPool()
		if err != nil || slices.Contains(p.Scan.Stray, someID) != tc.stray {
			t.Errorf("%s: %+v, %v", name, p.Scan, err)
		}
	}
}

// What stands in the place of the heads' folder and is none says nothing about
// the accounts, and their rows stay.
func TestReadPool_AFileInPlaceOfTheHeads(t *testing.T) {
	f := newFolder(t)
	f.account(t, someID, "work")
	if err := os.RemoveAll(f.BlobDir()); err != nil {
		t.Fatal(err)
	}
	f.put(t, f.BlobDir(), "no folder")
	p, _, err := f.ReadPool()
	if err != nil || p.Find(someID) == nil {
		t.Errorf("%+v, %v", p, err)
	}
}

// The space for a head is really taken.
func TestReserveHead_TakesTheSpace(t *testing.T) {
	f := newFolder(t)
	if err := f.ReserveHead(someID); err != nil {
		t.Fatal(err)
	}
	found, _ := filepath.Glob(filepath.Join(f.BlobDir(), "."+someID+".head.*.tmp"))
	if len(found) != 1 {
		t.Fatalf("%v", found)
	}
	if info, err := os.Stat(found[0]); err != nil || info.Size() < headRoom {
		t.Errorf("%v, %v", info, err)
	}
	f.ReleaseHead(someID)
}
