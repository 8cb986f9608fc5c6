package core

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// What a fleet shares is not purged on one of its hosts, as little by force.
func TestPurge_NotInAFleet(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	ident, _, err := r.core.state.Folder.Store.Read()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.core.state.Folder.Store.Join(t.Context(), "prod", ident.StoreID, ident.Kind); err != nil {
		t.Fatal(err)
	}
	for _, keep := range []bool{true, false} {
		if err := r.core.Purge(t.Context(), keep); codeOf(err) != autherr.CodeForeignStore {
			t.Errorf("%v", err)
		}
	}
	if h, err := r.core.state.Folder.ReadHead(a.ID); err != nil || h.Removed() {
		t.Errorf("%+v, %v", h, err)
	}
}
