package main_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// stride is how many steps lie between two kills: with all of them the test takes
// minutes. HERMES_TUI_TEST_KILLS=all kills at each.
func stride(many int) int {
	if everyStep() {
		return 1
	}
	return many
}

func everyStep() bool { return os.Getenv("HERMES_TUI_TEST_KILLS") != "" }

// part is between which steps of a fleet's it is killed: HERMES_TUI_TEST_KILLS=51-100.
func part() (from, to int) {
	if n, _ := fmt.Sscanf(os.Getenv("HERMES_TUI_TEST_KILLS"), "%d-%d", &from, &to); n != 2 {
		return 1, math.MaxInt
	}
	return from, to
}

// TestKilled_AnyCommandClearsUp: whatever is killed at whichever step, the next
// command, any one, leaves no file, no secret and no row behind that nothing
// needs, and every account that is listed works.
func TestKilled_AnyCommandClearsUp(t *testing.T) {
	for what, args := range map[string][]string{
		"sign-in": {"login", "minimax", "--no-browser", "--label", "new"},
		"import":  {"import", "--yes"},
		"remove":  {"remove", "old", "--yes", "--no-revoke"},
		"rename":  {"rename", "old", "older"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := agentBenchAt(t, 1, sandbox.Options{AutoApprove: 1, AccessTTL: 24 * time.Hour})
			b.must("login", "minimax", "--no-browser", "--label", "kept")
			b.must("login", "minimax", "--no-browser", "--label", "old")
			again := b.keep()
			n := 1
			for ; b.killAt(n, args...); n += stride(7) {
				if r := b.run("list"); r.code != 0 || !strings.Contains(r.out, "kept") {
					t.Errorf("%s, step %d: %s", what, n, r)
				}
				b.anyCommand(n)
				b.nothingLeft(what, n)
				again()
			}
			t.Logf("%s has %d steps", what, n)
			b.nothingLeft(what, n)
		})
	}
}

// TestKilled_MovesBetweenKeystores kills moves to the keyring and back.
func TestKilled_MovesBetweenKeystores(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: 1, AccessTTL: 24 * time.Hour})
	s := b.withKeyring()
	b.must("login", "minimax", "--no-browser", "--label", "kept")
	one := s.Items("hermes-tui")
	b.must("login", "minimax", "--no-browser", "--label", "old")
	to, from := "file", "keyring"
	n := 1
	for ; b.killAt(n, "keystore", "move", to, "--yes"); n += stride(17) {
		b.anyCommand(n)
		b.nothingLeft("move to the "+to, n)
		b.must("keystore", "move", to, "--yes")
		b.nothingLeft("whole move to the "+to, n)
		files, items := len(b.sealed()), s.Items("hermes-tui")
		if to == "file" && (files != 2 || items != 0) || to == "keyring" && (files != 0 || items != 2*one) {
			t.Errorf("after the move to the %s, killed at step %d: %d files and %d items", to, n, files, items)
		}
		to, from = from, to
	}
	t.Logf("a move to the %s has %d steps", to, n)
}

// keep copies the folders as they are. What it returns brings them back.
func (b *bench) keep() (again func()) {
	b.t.Helper()
	kept, dirs := b.mkdir("kept"), []string{"tui", ".hermes"}
	copied := func(from, to string) {
		b.t.Helper()
		for _, dir := range dirs {
			if err := os.RemoveAll(filepath.Join(to, dir)); err != nil {
				b.t.Fatal(err)
			}
			if out, err := exec.Command("cp", "-a", filepath.Join(from, dir), to).CombinedOutput(); err != nil {
				b.t.Fatalf("%v: %s", err, out)
			}
		}
	}
	copied(b.home, kept)
	return func() { copied(kept, b.home) }
}

// anyCommand runs one of those that open the keystore.
func (b *bench) anyCommand(n int) {
	b.t.Helper()
	commands := [][]string{{"token", "kept"}, {"exec", "kept", "--", "true"}, {"rename", "kept", "kept"}, {"token", "kept", "--json"}}
	b.must(commands[n%len(commands)]...)
}

// nothingLeft looks at the folders, the list and what doctor says.
func (b *bench) nothingLeft(what string, n int) {
	b.t.Helper()
	b.until(func() bool { return !busy(b.home) }) // a process that refreshes for another clears up after that one has ended
	folder := record.Open(record.Options{Dir: b.state()})
	ids, err := folder.IDs()
	if err != nil {
		b.t.Fatal(err)
	}
	named := map[string]bool{}
	var want []string
	for _, id := range ids {
		h, err := folder.ReadHead(id)
		if err != nil {
			b.t.Fatal(err)
		}
		if h.Intent != nil || len(h.Trash) > 0 || h.Gen == 0 && !h.Removed() {
			b.t.Errorf("%s, step %d: %s is not finished: intent %+v, trash %v", what, n, id, h.Intent, h.Trash)
		}
		if h.Ref != nil {
			named[h.Ref.Name+".age"] = true
		}
		if !h.Removed() {
			want = append(want, id)
		}
	}
	for _, id := range []string{record.FleetKeyID, record.FleetClientsID} { // keys of this host, beside its accounts
		if h, err := folder.ReadKeyHead(id); err == nil && h.Ref != nil {
			named[h.Ref.Name+".age"] = true
		}
	}
	var listed []struct{ ID string }
	if err := json.Unmarshal([]byte(b.must("list", "--json")), &listed); err != nil {
		b.t.Fatal(err)
	}
	var got []string
	for _, account := range listed {
		got = append(got, account.ID)
		b.must("token", account.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		b.t.Errorf("%s, step %d: the list has %v, the records %v", what, n, got, want)
	}
	_ = filepath.WalkDir(filepath.Join(b.home, "tui"), func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		switch {
		case err != nil || d.IsDir():
		case strings.HasSuffix(name, ".tmp"), strings.HasPrefix(name, "probe."), strings.HasSuffix(name, ".age") && !named[name]:
			b.t.Errorf("%s, step %d: left over: %s", what, n, path)
		}
		return nil
	})
	if r := b.run("doctor"); !strings.Contains(r.out, "nothing was left behind") {
		b.t.Errorf("%s, step %d: %s", what, n, r)
	}
}

// TestKilled_MovesOutOfAFleet kills moves of an account out of a fleet and into it. The
// other host then asks for a token, too, and whoever may refreshes.
func TestKilled_MovesOutOfAFleet(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 1, etcdtest.Options{})
	a := newBench(t, sandbox.Options{AutoApprove: 1, AccessTTL: 24 * time.Hour})
	a.must("login", "minimax", "--no-browser", "--label", "kept")
	a.must("login", "minimax", "--no-browser", "--label", "old")
	b := a.host()
	a.found(store.Endpoints(), b)
	to, next := "file", "etcd"
	n, last := part()
	for ; n <= last && a.killAtStep(n, isStepOrSent, "", "keystore", "move", to, "old", "--yes"); n += stride(37) {
		a.anyCommand(n)
		b.run("refresh", "old", "--force")
		a.run("refresh", "old", "--force")
		a.must("keystore", "move", to, "old", "--yes")
		a.nothingLeft("move to "+to, n)
		mine, others := a.must("token", "old"), b.run("token", "old")
		switch {
		case to == "file" && others.code == 0:
			t.Errorf("killed at step %d: the other host still has it: %s", n, others)
		case to == "etcd" && others.out != mine:
			t.Errorf("killed at step %d: the other host has not the same token: %s", n, others)
		}
		a.must("refresh", "old", "--force")
		if to, next = next, to; to == "etcd" {
			n -= stride(37) // it is killed there, too
		}
	}
	t.Logf("a move has %d steps", n)
	if got := a.portal.Stats().Refreshes.Outcomes[sandbox.Reused]; got != 0 {
		t.Errorf("%d refresh tokens were sent twice", got)
	}
}
