//go:build unix

package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFailOver_ToAKey: a subscription and an API key in one pool. When the
// subscription has to wait the key answers the same request, afterwards it serves
// again, and when it is dead the key stays.
func TestFailOver_ToAKey(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: time.Hour, RetryAfter: 10 * time.Minute})
	// The sandbox has no keys: a token of a sign-in that is not here any more is one.
	b.run(nil, binary, "login", "--no-browser", "--label", "origin")
	key := b.run(nil, binary, "token", "origin")
	b.run(nil, binary, "remove", "origin", "--yes", "--no-revoke")
	add := b.command(nil, binary, "login", "minimax", "--api-key", "--label", "key")
	add.Stdin = strings.NewReader(key)
	if out, err := add.CombinedOutput(); err != nil || strings.Contains(string(out), strings.TrimSpace(key)) {
		t.Fatalf("%v: %s", err, out)
	}
	url, local := b.serve()
	s := &streams{base: url, header: http.Header{"Authorization": {"Bearer " + local}}, words: 3}
	served := func(subscription, key int) {
		t.Helper()
		if _, err := s.one(http.DefaultClient, 0); err != nil {
			t.Fatal(err)
		}
		if first, second := b.requests(); first != subscription || second != key {
			t.Errorf("the subscription had %d requests and the key %d, want %d and %d", first, second, subscription, key)
		}
	}
	served(1, 0)
	b.sandbox.SetFaults(sandbox.Fault{Name: "429", On: "model", Count: 1})
	served(2, 1)
	served(2, 2)
	b.run(nil, binary, "pool", "reset", "minimax")
	served(3, 2)

	if err := b.sandbox.Revoke(b.sandbox.Grants()[1].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.one(http.DefaultClient, 0); err != nil {
		t.Fatalf("the subscription is dead, and the key did not serve: %v", err)
	}
	if all := b.list(); all[0].State != "needs_sign_in" || all[1].State != "ok" {
		t.Errorf("the accounts are %+v", all)
	}

	// A key that the API refuses is put aside for a while, as any 401 is that no
	// refresh repairs.
	if err := b.sandbox.Revoke(b.sandbox.Grants()[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.one(http.DefaultClient, 0); err == nil {
		t.Error("a refused key served")
	}
	if all := b.list(); all[1].State != "cooling_down" {
		t.Errorf("the accounts are %+v", all)
	}
}
