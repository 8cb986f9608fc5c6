package tui

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
)

func TestUsedBy_InTheList(t *testing.T) {
	n := tally.Counts{Requests: 2, Input: 10}
	rows := []tally.Row{
		servedAgo(3*time.Hour, "id-borrowed", "early-bird", n),
		servedAgo(40*time.Minute, "id-work", "before", n), servedAgo(0, "id-work", "less", tally.Counts{Requests: 9, Input: 1}),
		servedAgo(0, "id-work", "claude-cli", n), servedAgo(0, "id-work", "refused", tally.Counts{Refused: 1}),
		servedAgo(0, "id-team-nous", "", n),
	}
	for name, with := range map[string]*fakeBackend{"": newBackend(nine()...), "with plans": newBackend(planned()...)} {
		in(t, with.serving(rows), func(d *driver) {
			if d.hides("USED BY"); d.backend.count("WatchTally") > 0 {
				t.Errorf("%s: it is watched for nobody", name)
			}
			d.send(windowSize(d.m.usesFrom(), 40))
			d.shows("USED BY", "claude-cli")
			d.hides("before", "less", "refused", "early-bird", "not known")
			d.press("t", "esc")
			if n := d.backend.count("WatchTally"); n != 1 {
				t.Errorf("%s: %d watches", name, n)
			}
			d.wait(81 * time.Minute)
			d.hides("claude-cli")
			d.serves(servedAgo(-80*time.Minute, "id-work", "codex", n))
			d.shows("codex")
			d.send(windowSize(d.m.usesFrom()-1, 40))
			d.hides("USED BY")
			if d.backend.tallyCtxs[0].Err() == nil {
				t.Errorf("%s: it is watched still", name)
			}
		})
	}
	in(t, newBackend(nine()...), func(d *driver) {
		d.send(windowSize(usedByFrom, 40))
		d.hides("USED BY") // nothing is known of anybody
	})
}
