package main_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestServe_LockedKeyring: a proxy that cannot refresh its token because the
// keyring is locked says so, and serves again when it is unlocked.
func TestServe_LockedKeyring(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	keyring := b.withKeyring()
	b.signIn()
	s := b.serve()
	if got := b.asked(s); got.status != http.StatusOK {
		t.Fatalf("%+v", got)
	}
	keyring.Lock()
	b.portal.ExpireAllAccess()
	if got := b.asked(s); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "locked") {
		t.Errorf("while it is locked: %+v", got)
	}
	if n := b.portal.Stats().Refreshes.Total; n != 0 {
		t.Errorf("%d refreshes were sent whose answer could not be kept", n)
	}
	keyring.StartKeyring()
	if got := b.asked(s); got.status != http.StatusOK || b.rotations() != 1 {
		t.Errorf("after the unlock: %+v", got)
	}
}
