//go:build unix

package main_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_RemoveGoesOn: a removal in whose middle the portal fails is said to be
// unfinished, and goes on when it is asked for again.
func TestFleet_RemoveGoesOn(t *testing.T) {
	t.Parallel()
	store, a, b := twoHosts(t, 1)
	held := b.token()
	serving := a.start("serve", "--listen", "127.0.0.1:0")
	a.until(func() bool { return strings.Contains(a.must("fleet", "status"), "\twatching") })

	a.portal.SetFaults(sandbox.Fault{Name: "429", On: "refresh", Count: 1})
	var removed struct {
		Refreshed []string
		Left      []struct{ ID string }
	}
	a.decode(a.must("fleet", "remove", "host-2", "--yes", "--json"), &removed)
	if len(removed.Refreshed) != 0 || len(removed.Left) != 1 || removed.Left[0].ID != a.id {
		t.Errorf("while the portal fails: %+v", removed)
	}
	var status struct {
		Stale int
		Hosts []struct{ Name string }
	}
	a.decode(a.must("fleet", "status", "--json"), &status)
	if status.Stale != 1 || len(status.Hosts) != 1 {
		t.Errorf("status: %+v", status)
	}
	if text := a.must("fleet", "status"); !strings.Contains(text, "`hermes-tui fleet remove` of that host again goes on") {
		t.Errorf("status:\n%s", text)
	}

	roster := func() string { return store.Ctl(t, "get", "--print-value-only", "/hermes-tui/main/fleet") }
	if strings.Contains(roster(), `"floor"`) {
		t.Error("what was made before is refused while some of it stands")
	}
	a.decode(a.must("fleet", "remove", "host-2", "--yes", "--json"), &removed)
	if !strings.Contains(roster(), `"floor":2`) {
		t.Error("what was made before the removal is not refused")
	}
	if !slices.Equal(removed.Refreshed, []string{a.id}) || len(removed.Left) != 0 {
		t.Errorf("again: %+v", removed)
	}
	if text := a.must("fleet", "status"); strings.Contains(text, "record damaged") {
		t.Errorf("what this host told of itself with the keys of before:\n%s", text)
	}
	_ = serving.Process.Signal(os.Interrupt)
	serving.end(t)
	a.decode(a.must("fleet", "status", "--json"), &status)
	if status.Stale != 0 || a.token() == held {
		t.Errorf("at the end: %+v", status)
	}
	if r := a.run("fleet", "remove", "host-2", "--yes"); r.code != 2 || !strings.Contains(r.err, `has no host "host-2"`) {
		t.Errorf("once more: %s", r)
	}
}
