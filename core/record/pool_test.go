package record

import (
	"os"
	"testing"
)

// TestReconcile_KeepsTheRowOfADamagedHead: an account whose head cannot be read
// is still an account, and must not vanish from the list.
func TestReconcile_KeepsTheRowOfADamagedHead(t *testing.T) {
	f := newFolder(t)
	if err := f.Ensure(); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"aaaaaaaaaa", "bbbbbbbbbb"} {
		h := &Head{Public: Public{ID: id, Status: StatusOK, Gen: 1}, Label: "label of " + id}
		if err := f.WriteHead(h); err != nil {
			t.Fatal(err)
		}
		if err := f.Publish(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(f.HeadPath("aaaaaaaaaa"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(f.HeadPath("bbbbbbbbbb")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	pool, _, err := f.ReadPool()
	if err != nil || len(pool.Rows) != 1 || pool.Find("aaaaaaaaaa") == nil {
		t.Errorf("rows %+v, %v, want that of the damaged head only", pool, err)
	}
}
