package record

import (
	"path/filepath"
	"testing"
)

// The space that is reserved for a head is there before it is needed, is used
// once, and is given back.
func TestFolder_ReservesSpaceForAHead(t *testing.T) {
	f := newFolder(t)
	id, err := f.Reserve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	temps := func() int {
		found, _ := filepath.Glob(filepath.Join(f.BlobDir(), "."+id+".head.*.tmp"))
		return len(found)
	}
	h := &Head{Public: Public{ID: id, Status: StatusOK}}
	for range 2 {
		if err := f.ReserveHead(id); err != nil || temps() != 1 {
			t.Fatalf("%d reserved, %v", temps(), err)
		}
	}
	if err := f.CommitHead(h); err != nil || temps() != 0 {
		t.Fatalf("%d left, %v", temps(), err)
	}
	if got, err := f.ReadHead(id); err != nil || got.Rev != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := f.CommitHead(h); err != nil {
		t.Errorf("without reserved space: %v", err)
	}
	if err := f.ReserveHead(id); err != nil {
		t.Fatal(err)
	}
	if f.ReleaseHead(id); temps() != 0 {
		t.Error("not given back")
	}
}
