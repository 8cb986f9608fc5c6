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

// TestFleet_InitAsReader: a user that may only read is refused before a recovery key is
// shown, which would open nothing.
func TestFleet_InitAsReader(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{Args: []string{"--bcrypt-cost", "4"}})
	for _, args := range [][]string{{"role", "add", "looks"}, {"role", "grant-permission", "--prefix=true", "looks", "read", "/hermes-tui/main/"}, {"user", "add", "looker:not-a-secret"}, {"user", "grant-role", "looker", "looks"}} {
		store.Ctl(t, args...)
	}
	store.Users(t, "not-a-secret", "/hermes-tui/main/", "laptop")
	a := newBench(t, sandbox.Options{})
	a.env = append(a.env, "HERMES_TUI_ETCD_PASSWORD=not-a-secret")
	r := a.run(append([]string{"fleet", "init", "--host", "host-1", "--user", "looker"}, store.Endpoints()...)...)
	if r.code != 4 || r.out != "" || !strings.Contains(r.err, "denies access") || !strings.Contains(r.err, "readwrite /hermes-tui/main/") {
		t.Errorf("init: %s", r)
	}
	if made := store.Ctl(t, "--user", "root:not-a-secret", "get", "--prefix", "--keys-only", "/hermes-tui/"); strings.TrimSpace(made) != "" {
		t.Errorf("made all the same: %s", made)
	}
	a.must(append([]string{"fleet", "init", "--host", "host-1", "--user", "laptop"}, store.Endpoints()...)...)
}
