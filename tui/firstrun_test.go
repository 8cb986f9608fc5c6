package tui

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

func around(connected bool, files ...FoundFile) func(*Options) {
	return func(o *Options) {
		o.Found = func() []FoundFile { return files }
		o.Connected = func() bool { return connected }
		o.Command = []string{"hermes-tui"}
	}
}

// Somebody who has other programs sees in the empty window what is there.
func TestFirstRun_NamesTheFilesOfOthers(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		d.shows("SIGN-INS OF OTHER PROGRAMS HERE", "Codex CLI      /home/me/.codex/auth.json", "OpenClaw",
			"Only their names were looked at.", "hermes-tui import --dry-run /home/me/.codex/auth.json")
	}, around(false, FoundFile{"OpenClaw", "/home/me/.openclaw", false}, FoundFile{"Codex CLI", "/home/me/.codex/auth.json", true}))
	in(t, newBackend(), func(d *driver) {
		d.shows("hermes-tui import --dry-run '/home/me/my files/auth.json'")
	}, around(false, FoundFile{"Codex CLI", "/home/me/my files/auth.json", true}))
	in(t, newBackend(), func(d *driver) {
		d.shows("OpenClaw", "/home/me/.openclaw.json", "Only their names were looked at.")
		d.hides("--dry-run")
	}, around(false, FoundFile{"OpenClaw", "/home/me/.openclaw.json", false})) // it cannot be imported
	in(t, newBackend(), func(d *driver) { d.hides("OTHER PROGRAMS") }, around(false))
}

// That no program uses the accounts is said once, and never again.
func TestFirstRun_SaysOnceHowAProgramUsesThem(t *testing.T) {
	var kept []Memory
	remembers := func(o *Options) { o.Remember = func(m Memory) { kept = append(kept, m) } }
	in(t, newBackend(account("work")), func(d *driver) {
		d.shows("No program uses these accounts yet: w on one shows how")
		d.wait(2 * toastTime)
		d.hides("No program uses")
		if len(kept) != 1 || !kept[0].ToldConnect {
			t.Errorf("kept %v", kept)
		}
	}, around(false), remembers)
	in(t, newBackend(account("work")), func(d *driver) { d.hides("No program uses") }, around(true))
	in(t, newBackend(), func(d *driver) { d.hides("No program uses") }, around(false))
	in(t, newBackend(account("work")), func(d *driver) { d.hides("No program uses") }, around(false),
		func(o *Options) { o.Recall = func() Memory { return Memory{ToldConnect: true} } })
}

// found is a machine on which three programs keep sign-ins, of which two can be brought
// over, and what is in them.
func found(o *Options) {
	around(false, FoundFile{"Codex CLI", "/home/me/.codex/auth.json", true}, FoundFile{"OpenClaw", "/home/me/.openclaw", false},
		FoundFile{"Qwen Code", "/home/me/.qwen/oauth_creds.json", true})(o)
	o.Importer = foundIn(&core.ImportPlan{Rows: []core.ImportRow{
		{Number: 1, Where: "tokens", Provider: "openai-codex", ProviderName: "OpenAI Codex", Label: "me@example.com", Verdict: hermes.New},
		{Number: 2, Where: "oauth_creds", Provider: "qwen-oauth", ProviderName: "qwen-oauth", Verdict: hermes.Unsupported, Why: "the service is over"},
	}})
}

// othersOnly is an importer where there is no hermes-agent.
type othersOnly struct{ *fakeImporter }

func (othersOnly) PlanImport(context.Context) (*core.ImportPlan, error) { return nil, nil }

func foundIn(plan *core.ImportPlan) othersOnly {
	return othersOnly{&fakeImporter{plan: plan, done: core.ImportResult{Imported: []core.Account{account("me")}}}}
}

// One key brings over what can be kept. Nothing is read before a person says yes, and
// nothing is stored before they have seen what.
func TestFirstRun_BringsOver(t *testing.T) {
	files := []string{"/home/me/.codex/auth.json", "/home/me/.qwen/oauth_creds.json"}
	for _, c := range []struct {
		name string
		keys []string
		read bool
		did  []core.ImportOptions
	}{
		{name: "looked at", keys: []string{"o"}},
		{name: "no", keys: []string{"o", "n"}},
		{name: "enter is no", keys: []string{"o", "enter"}},
		{name: "back", keys: []string{"o", "esc"}},
		{name: "other keys are no yes", keys: []string{"o", "tab", "space", "i", "o", "d"}},
		{name: "read", keys: []string{"o", "y"}, read: true},
		{name: "read, and no", keys: []string{"o", "y", "esc"}, read: true},
		{name: "shared", keys: []string{"o", "y", "enter"}, read: true, did: []core.ImportOptions{{}}},
		{name: "adopted", keys: []string{"o", "y", "tab", "enter", "y"}, read: true, did: []core.ImportOptions{{Adopt: true}}},
		{name: "not adopted", keys: []string{"o", "y", "tab", "enter", "n"}, read: true},
		{name: "nothing is deleted from them", keys: []string{"o", "y", "tab", "tab", "enter"}, read: true, did: []core.ImportOptions{{}}},
		{name: "by the menu", keys: []string{"down", "enter", "y", "enter"}, read: true, did: []core.ImportOptions{{}}},
	} {
		in(t, newBackend(), func(d *driver) {
			d.shows("import from other programs")
			d.press(c.keys...)
			f := d.m.o.Importer.(othersOnly)
			var want []string
			if c.read {
				want = files
			}
			if !slices.Equal(f.read, want) {
				t.Errorf("%s: read %v, want %v", c.name, f.read, want)
			}
			if len(f.did) != len(c.did) || len(f.did) == 1 && (f.did[0].Adopt != c.did[0].Adopt || f.did[0].Remove) {
				t.Errorf("%s: did %+v, want %+v", c.name, f.did, c.did)
			}
			if len(c.did) > 0 {
				d.shows("Imported: me.")
			}
		}, found)
	}
	in(t, newBackend(), func(d *driver) {
		d.press("o")
		d.shows("Read the sign-ins in these files?", files[0], files[1], "y read", "n do nothing")
		d.hides("OpenClaw")
		d.press("y")
		d.shows("Import 1 account? They stay shared", "me@example.com", "left alone: the service", "1 new account")
		d.hides("hermes-agent")
	}, found)
	in(t, newBackend(), func(d *driver) { // a file that cannot be read keeps no other back
		plan := d.m.o.Importer.(othersOnly).plan
		plan.Unread = []error{&autherr.Error{Message: "could not read /home/me/.qwen/oauth_creds.json: permission denied", Hint: "check its owner and mode; nothing was changed"}}
		d.press("o", "y")
		d.shows("Import 1 account?", "me@example.com", "Could not read /home/me/.qwen/oauth_creds.json: permission denied.")
		d.press("enter")
		d.shows("Imported: me.")
	}, found)
	in(t, newBackend(), func(d *driver) {
		plan := d.m.o.Importer.(othersOnly).plan
		plan.Rows, plan.Unread = nil, []error{errors.New("could not read one"), errors.New("could not read two")}
		d.press("o", "y")
		d.shows("Nothing could be read.", "Could not read one.", "Could not read two.")
		d.press("enter", "y", "esc")
		d.shows("No accounts yet")
	}, found)
	in(t, newBackend(), func(d *driver) { // what was read once is not shown before it is read again
		d.press("o", "y", "esc", "o")
		d.shows("Read the sign-ins in these files?")
		d.hides("me@example.com", "1 new account")
	}, found)
	in(t, newBackend(), func(d *driver) {
		d.hides("import from other programs")
		d.press("o")
		d.shows("No accounts yet")
	}, around(false, FoundFile{"OpenClaw", "/home/me/.openclaw", false}), importing) // nothing of it can be kept
}
