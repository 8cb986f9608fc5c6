//go:build unix

package core

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// importAll brings over what is in a file.
func importAll(ctx context.Context, c *Core, path string, remove bool) error {
	plan, err := c.PlanImport([]hermes.Source{{Format: hermes.AuthJSON, Path: path}})
	if err != nil {
		return err
	}
	_, err = c.Import(ctx, plan, ImportOptions{Remove: remove})
	return err
}

// ours holds that every account of hermes-agent is here once, that it is ours and
// lives, and that nothing is left over: in the file, or in the keystore.
func (a *agent) ours(n int) {
	a.Helper()
	all := ids(a.core)
	if len(all) != n {
		a.Fatalf("%d accounts, want %d", len(all), n)
	}
	for _, id := range all {
		if done, err := a.core.Refresh(a.Context(), id, RefreshOptions{Force: true}); err != nil || !done.Rotated {
			a.Errorf("%s is not refreshed: %v", id, err)
		}
	}
	if text := a.file(); strings.Contains(text, "sandbox-rt-") || strings.Contains(text, "sandbox-at-") {
		a.Errorf("tokens stay in the file:\n%s", text)
	}
	a.onlyCurrent(all...)
}

func TestKill_AtEachStepOfAnImport(t *testing.T) {
	for _, what := range []string{"import", "take over"} {
		steps := []string{"before prepare", "after prepare", "before put", "after put"}
		if what == "take over" {
			steps = append(steps, "before backup", "after backup")
		}
		for _, step := range steps {
			t.Run(what+" "+step, func(t *testing.T) {
				t.Parallel()
				a := newAgent(newRig(t), 3)
				before := a.file()
				a.kill(what, step, a.path)
				if a.file() != before {
					t.Error("the file was written too early")
				}
				a.imports(ImportOptions{}) // another process goes on
				for _, account := range a.core.Snapshot().Accounts {
					if token, err := a.token(account.ID); err != nil || !a.portal.IsLive(token.Access.Reveal()) {
						t.Errorf("%s: %v", account.Label, err)
					}
				}
				a.imports(ImportOptions{Remove: true})
				a.ours(3)
			})
		}
	}
}

// An export that is killed has handed the accounts over, and hermes-agent may
// not have them yet; the next one writes them, or an import takes them back.
func TestKill_AtEachStepOfAnExport(t *testing.T) {
	for _, step := range []string{"before backup", "after backup"} {
		for _, next := range []string{"export", "import"} {
			t.Run(step+", then "+next, func(t *testing.T) {
				t.Parallel()
				a := newAgent(newRig(t), 3)
				a.imports(ImportOptions{Remove: true})
				order := ids(a.core)
				a.kill("export", step, a.path)
				a.clock.Advance(time.Minute)
				if next == "export" {
					res, err := a.core.Export(t.Context(), a.path, order)
					if err != nil || len(res.HandedOver) != 3 {
						t.Fatalf("%+v, %v", res, err)
					}
					if n := a.plan().Shared; n != 3 {
						t.Errorf("%d accounts are shared", n)
					}
				}
				a.imports(ImportOptions{Remove: true})
				a.ours(3)
			})
		}
	}
}
