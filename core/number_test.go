package core

import "testing"

// TestSnapshot_Numbers: whoever has two snapshots can tell which was taken later,
// whether or not anything changed between them.
func TestSnapshot_Numbers(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	first := r.core.Snapshot()
	second := r.core.Snapshot()
	if err := r.core.Rename(t.Context(), a.ID, "home"); err != nil {
		t.Fatal(err)
	}
	third := <-r.core.Watch(t.Context())
	if second.Number <= first.Number || third.Number <= second.Number {
		t.Errorf("%d, %d, %d", first.Number, second.Number, third.Number)
	}
	if third.Accounts[0].Label != "home" {
		t.Errorf("called %q", third.Accounts[0].Label)
	}
}
