package tui

import "testing"

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
