package machineid

import "testing"

func TestGet_IsStableAndHidesTheSystemsID(t *testing.T) {
	got := Get()
	if got != Get() {
		t.Fatal("two calls differ")
	}
	raw := systemID()
	if (raw == "") != (got == "") {
		t.Fatalf("system id %q gave %q", raw, got)
	}
	if got != "" && (got == raw || len(got) != 32) {
		t.Fatalf("id %q must be a hash of its own", got)
	}
}
