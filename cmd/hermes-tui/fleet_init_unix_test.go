//go:build unix

package main_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_InitShowsTheRecoveryKey: the fleet is made, and what follows fails, because
// the user may write no more than its list of hosts. The recovery key is shown.
func TestFleet_InitShowsTheRecoveryKey(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	store.Users(t, "not-a-secret", "/hermes-tui/main/fleet", "laptop")
	for _, key := range []string{"/hermes-tui/main/stamp", "/hermes-tui/main/epoch/1"} {
		store.Ctl(t, "--user", "root:not-a-secret", "role", "grant-permission", "below", "readwrite", key)
	}
	a := newBench(t, sandbox.Options{})
	a.env = append(a.env, "HERMES_TUI_ETCD_PASSWORD=not-a-secret")
	r := a.run(append([]string{"fleet", "init", "--host", "host-1", "--user", "laptop"}, store.Endpoints()...)...)
	if r.code == 0 || !strings.Contains(r.err, "permission denied") {
		t.Errorf("init: %s", r)
	}
	if !regexp.MustCompile(`AGE-SECRET-KEY-1\S+`).MatchString(r.out) {
		t.Errorf("no recovery key: %s", r)
	}
}
