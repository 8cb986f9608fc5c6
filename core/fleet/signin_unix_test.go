//go:build unix

package fleet

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// A program that was killed in the middle of a sign-in keeps its own host from nothing: its
// lock is free. The others wait, or take over, as for any other.
func TestClaimSignIn_OfAKilledProgram(t *testing.T) {
	f := newFleet(t, 2)
	a, other := f.hosts[0], f.hosts[1].vault.Heads.(*Heads)
	id := a.signIn()
	first := a.vault.Heads.(*Heads)
	if _, err := first.ClaimSignIn(t.Context(), id, false); err != nil {
		t.Fatal(err)
	}
	a.start() // another program of the host
	second := a.vault.Heads.(*Heads)
	if _, err := second.ClaimSignIn(t.Context(), id, false); autherr.CodeOf(err) != autherr.CodeSigningIn {
		t.Errorf("beside one that lives: %v", err)
	}
	locks, err := filepath.Glob(filepath.Join(a.folder.Dir(), "fleet", ".sign-in.*"))
	if err != nil || len(locks) != 1 {
		t.Fatalf("locks: %v, %v", locks, err)
	}
	if err := os.Remove(locks[0]); err != nil { // as if it was killed: the kernel forgets whose the lock was
		t.Fatal(err)
	}
	_, err = other.ClaimSignIn(t.Context(), id, false)
	if said, ok := errors.AsType[*autherr.Error](err); !ok || said.Code != autherr.CodeSigningIn || !strings.Contains(said.Hint, "15 minutes at most") {
		t.Errorf("on another host: %v", err)
	}
	a.follows(0).sees(t, func(o Observed) bool { return o.Link.Up && len(o.SignIns) == 0 })
	release, err := second.ClaimSignIn(t.Context(), id, false)
	if err != nil {
		t.Fatalf("after one that was killed: %v", err)
	}
	release()
	if left, _ := filepath.Glob(filepath.Join(a.folder.Dir(), "fleet", ".sign-in.*")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
