package hermes_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// TestPlan holds what happens to every row of the fixtures, one folder for each
// provider and oddity.
func TestPlan(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, path := range dirs {
		dir := filepath.Dir(path)
		if seen[dir] {
			continue
		}
		seen[dir] = true
		t.Run(filepath.Base(dir), func(t *testing.T) {
			files := fixture(t, dir)
			got := table(hermes.Plan(files, nobody()))
			golden.RequireEqual(t, got)
			for _, f := range files {
				for _, row := range f.Rows {
					for _, token := range []string{row.Access.Reveal(), row.Refresh.Reveal()} {
						if len(token) > 1 && strings.Contains(got, token) {
							t.Errorf("the table shows a token of %s", row.Position)
						}
					}
				}
			}
		})
	}
}

// TestPlanKnowsWhatIsHere: accounts that have a grant keep it, and labels that
// are taken are numbered.
func TestPlanKnowsWhatIsHere(t *testing.T) {
	files := fixture(t, "testdata/minimax-two-sign-ins")
	known := nobody()
	known.Account = func(_ []*hermes.File, g hermes.Grant) (string, bool) {
		return "0123456789", g.Row.Refresh.Reveal() == "FAKE-mm-rt-2b"
	}
	known.Taken = func(provider, region, label string) bool {
		return provider == "minimax-oauth" && region == "global" && strings.EqualFold(label, "FIRST")
	}
	p := hermes.Plan(files, known)
	if len(p.Drafts) != 1 || p.Drafts[0].Label != "first-2" {
		t.Errorf("drafts %+v", p.Drafts)
	}
	if len(p.Owned) != 1 || p.Owned[0].Account != "0123456789" || p.Count(hermes.Here) != 1 {
		t.Errorf("owned %+v, %d rows already here", p.Owned, p.Count(hermes.Here))
	}
}

// TestDiscoverLeavesLinksOut: a profile that shares the root's file is no second
// file, by whatever link.
func TestDiscoverLeavesLinksOut(t *testing.T) {
	home := t.TempDir()
	root := filepath.Join(home, "auth.json")
	write(t, root, "{}")
	for _, name := range []string{"hard", "soft", "own"} {
		if err := os.MkdirAll(filepath.Join(home, "profiles", name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	in := func(name string) string { return filepath.Join(home, "profiles", name, "auth.json") }
	if os.Link(root, in("hard")) != nil || os.Symlink(root, in("soft")) != nil {
		t.Skip("no links here")
	}
	write(t, in("own"), "{}")
	found := hermes.Discover(home)
	if len(found) != 2 || found[0].Path != root || found[1].Profile != "own" {
		t.Errorf("found %+v", found)
	}
	if found := hermes.Discover(t.TempDir()); len(found) != 0 {
		t.Errorf("found %+v in an empty folder", found)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
