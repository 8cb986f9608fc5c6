package tui

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// fakeImporter has a plan and remembers what was asked of it.
type fakeImporter struct {
	waits
	plan *core.ImportPlan
	err  error // of both
	did  []core.ImportOptions
	read []string // files of other programs
	done core.ImportResult
}

func (f *fakeImporter) Place() string { return "~/.hermes" }

func (f *fakeImporter) PlanImport(context.Context) (*core.ImportPlan, error) {
	f.note("PlanImport")
	return f.plan, f.err
}

func (f *fakeImporter) PlanFiles(_ context.Context, paths []string) (*core.ImportPlan, error) {
	f.note("PlanImport")
	f.read = append(f.read, paths...)
	return f.plan, f.err
}

func (f *fakeImporter) Import(_ context.Context, _ *core.ImportPlan, o core.ImportOptions) (core.ImportResult, error) {
	f.note("Import")
	f.did = append(f.did, o)
	return f.done, f.err
}

// importing is hermes-agent with a row of each verdict.
func importing(o *Options) {
	o.Importer = &fakeImporter{done: core.ImportResult{Imported: []core.Account{account("work")}}, plan: &core.ImportPlan{Shared: 1, Rows: []core.ImportRow{
		{Number: 1, Where: "providers.minimax-oauth", Provider: "minimax-oauth", ProviderName: "MiniMax", Verdict: hermes.Duplicate, Of: 2},
		{Number: 2, Where: "credential_pool.minimax-oauth a1b2c3", Provider: "minimax-oauth", ProviderName: "MiniMax", Label: "work", Verdict: hermes.New},
		{
			Number: 3, Where: "credential_pool.nous d4e5f6", Profile: "laptop", Provider: "nous", ProviderName: "Nous Portal", Label: "someone@example.com",
			Verdict: hermes.Quarantined, Why: "refresh_token_reused",
		},
		{Number: 4, Where: "providers.xai-oauth", Provider: "xai-oauth", ProviderName: "xAI", Label: "me", Verdict: hermes.Here, Account: "0123456789", Shared: true},
		{
			Number: 5, Where: "credential_pool.openrouter 0f0f0f", Provider: "openrouter", ProviderName: "openrouter", Label: "OPENROUTER_API_KEY",
			Verdict: hermes.Borrowed, Why: "its secret is kept in env:OPENROUTER_API_KEY",
		},
		{
			Number: 6, Where: "credential_pool.minimax-oauth ffffff", Provider: "minimax-oauth", ProviderName: "MiniMax", Label: "elsewhere",
			Verdict: hermes.Unsupported, Why: "it was signed in at example.org, which is not one of MiniMax's hosts",
		},
	}}}
}

// TestImport_Ways: the first way asks for nothing more, the others need a yes.
func TestImport_Ways(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []string
		want core.ImportOptions
		does bool
	}{
		{"shared", []string{"i", "enter"}, core.ImportOptions{}, true},
		{"removed", []string{"i", "tab", "enter", "y"}, core.ImportOptions{Remove: true}, true},
		{"adopted", []string{"i", "tab", "tab", "enter", "y"}, core.ImportOptions{Adopt: true}, true},
		{"around", []string{"i", "tab", "tab", "tab", "enter"}, core.ImportOptions{}, true},
		{"changed their mind", []string{"i", "tab", "enter", "enter"}, core.ImportOptions{}, false},
		{"left", []string{"i", "esc"}, core.ImportOptions{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDriver(t, newBackend(), importing)
				d.press(tt.keys...)
				f := d.m.o.Importer.(*fakeImporter)
				if !tt.does {
					if len(f.did) != 0 {
						t.Errorf("did %+v", f.did)
					}
					return
				}
				if len(f.did) != 1 || f.did[0].Adopt != tt.want.Adopt || f.did[0].Remove != tt.want.Remove {
					t.Fatalf("did %+v, want %+v", f.did, tt.want)
				}
				d.shows("Imported: work.")
			})
		})
	}
}

// TestImport_CleansRows: what stands in a file cannot reach the terminal.
func TestImport_CleansRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, newBackend(), importing)
		f := d.m.o.Importer.(*fakeImporter)
		f.plan.Rows[1].Label, f.plan.Rows[2].Why = "evil\x1b]0;x\a\u202elabel", "\x1b[31mred"
		d.press("i")
		for _, line := range d.m.frame().Lines {
			if strings.ContainsAny(line, "\a\u202e") || strings.Contains(line, "]0;") {
				t.Errorf("drawn: %q", line)
			}
		}
		d.shows("evil")
	})
}

// TestImport_OnlyWhereHermesIs: without its files there is no key, and a file
// that cannot be read is a sentence.
func TestImport_OnlyWhereHermesIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, newBackend(), func(o *Options) { o.Importer = &fakeImporter{} })
		d.hides("import")
		d.press("i")
		d.shows("No accounts yet")
	})
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, newBackend(), func(o *Options) {
			o.Importer = &fakeImporter{err: &autherr.Error{Message: "could not read auth.json: permission denied", Hint: "check its owner and mode; nothing was changed"}}
		})
		d.shows("import from hermes-agent")
		d.press("i")
		d.shows("Could not read auth.json: permission denied.")
		d.press("enter", "y", "tab")
		if f := d.m.o.Importer.(*fakeImporter); len(f.did) != 0 {
			t.Errorf("imported from a file that cannot be read: %+v", f.did)
		}
	})
}

// TestImport_SharedIsTakenOver: the strip of a shared account names the key.
func TestImport_SharedIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := account("borrowed")
		a.Owner = "hermes-agent"
		d := newDriver(t, newBackend(a), importing)
		d.shows("hermes-agent owns this sign-in", "i take it over")
	})
	synctest.Test(t, func(t *testing.T) {
		a := account("borrowed")
		a.Owner = "Codex CLI" // whose file is read only when it is named
		d := newDriver(t, newBackend(a), importing)
		d.shows("Codex CLI owns this sign-in")
		d.hides("i take it over")
	})
}

// TestImport_SaysWhatAKeyringCosts, before it is asked for.
func TestImport_SaysWhatAKeyringCosts(t *testing.T) {
	for kind, says := range map[string]bool{"keyring": true, "file": false} {
		synctest.Test(t, func(t *testing.T) {
			backend := newBackend(account("here"))
			backend.snap.Store.Kind = kind
			d := newDriver(t, backend, importing)
			f := d.m.o.Importer.(*fakeImporter)
			for range 98 {
				f.plan.Rows = append(f.plan.Rows, core.ImportRow{Verdict: hermes.New})
			}
			d.press("i")
			if says {
				d.shows("Import 100 accounts, which takes about 10s in the keyring?")
			} else {
				d.shows("Import 100 accounts?")
			}
		})
	}
}
