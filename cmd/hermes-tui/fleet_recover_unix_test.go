//go:build unix

package main_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_Recover: the recovery key saves a fleet whose hosts are lost, once.
func TestFleet_Recover(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{})
	a.signIn("--label", "work")
	keyOf := func(text string) string {
		t.Helper()
		key := regexp.MustCompile(`AGE-SECRET-KEY-\S+`).FindString(text)
		if key == "" {
			t.Fatalf("no recovery key in:\n%s", text)
		}
		return key
	}
	first := keyOf(a.must(append([]string{"fleet", "init", "--host", "lost"}, store.Endpoints()...)...))

	spare := a.host()
	recover := func(host *bench, key string) result {
		return host.runWith(key+"\n", append([]string{"fleet", "recover", "--host", "spare"}, store.Endpoints()...)...)
	}
	if r := recover(spare, "AGE-SECRET-KEY-1"+strings.Repeat("Q", 58)); r.code == 0 {
		t.Fatalf("with another key: %s", r)
	}
	r := recover(spare, first)
	if r.code != 0 || !strings.Contains(r.out, "refresh --all --force") {
		t.Fatalf("recover: %s", r)
	}
	second := keyOf(r.out)
	if second == first {
		t.Error("the recovery key is the one before")
	}
	held := a.portal.Stats().Refreshes.Total
	spare.must("refresh", "--all", "--force")
	if got := a.portal.Stats().Refreshes.Total; got != held+1 || !a.portal.IsLive(spare.token()) {
		t.Errorf("%d refreshes", got-held)
	}
	if r := a.run("token", a.id); r.code != 3 || !strings.Contains(r.err, "no member of the fleet main any more") {
		t.Errorf("the lost host: %s", r)
	}
	other := a.host()
	if r := recover(other, first); r.code == 0 {
		t.Errorf("with the key of before: %s", r)
	}
}
