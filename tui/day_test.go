package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// refreshes are tokens that were refreshed a while ago.
func refreshes(id string, ago ...time.Duration) map[string][]record.Event {
	var events []record.Event
	for _, d := range ago {
		events = append(events, record.Event{At: noon.Add(-d), Kind: record.EventRefreshed, Program: "serve"})
	}
	return map[string][]record.Event{id: events}
}

// busy is a backend of which something was used.
func busy() *fakeBackend {
	return newBackend(nine()...).serving(served()).telling(refreshes("id-work", 20*time.Hour, 9*time.Hour, 95*time.Minute, 80*time.Minute, 3*time.Minute))
}

// TestDay_Cells: what was counted and refreshed is in the part of the day in which it
// was, whatever the parts, and what is older is in none.
func TestDay_Cells(t *testing.T) {
	ago := func(d time.Duration, account, program string, requests uint64) tally.Row {
		return servedAgo(d, account, program, tally.Counts{Requests: requests, Refused: requests / 2})
	}
	rows := []tally.Row{
		ago(24*time.Hour, "a", "old", 5), ago(24*time.Hour-20*time.Minute, "a", "edge", 3), ago(61*time.Minute, "a", "p", 2),
		ago(0, "a", "p", 1), ago(0, "a", "q", 1),
	}
	events := refreshes("a", 30*time.Hour, 0)["a"]
	events = append(events, record.Event{At: noon, Kind: record.EventAdopted}, record.Event{At: noon.Add(time.Hour), Kind: record.EventRefreshed})
	for n, want := range map[int]struct {
		begin string
		at    map[int]uint64
	}{
		72: {"19 14:20", map[int]uint64{0: 3, 68: 2, 71: 2}},
		36: {"19 14:40", map[int]uint64{33: 2, 35: 2}},
		24: {"19 15:00", map[int]uint64{22: 2, 23: 2}},
	} {
		d := dayOf(rows, events, noon, n)
		if got := d.begin.Format("2 15:04"); got != want.begin {
			t.Errorf("%d parts begin on the %s, want %s", n, got, want.begin)
		}
		for i, c := range d.cells {
			if c.Requests != want.at[i] {
				t.Errorf("%d parts: %d requests in %d, want %d", n, c.Requests, i, want.at[i])
			}
			if (c.refreshed == 1) != (i == n-1) {
				t.Errorf("%d parts: %d refreshes in %d", n, c.refreshed, i)
			}
		}
		if len(d.used) == 0 || d.used[len(d.used)-1].Of != "q" {
			t.Errorf("%d parts: used by %+v", n, d.used)
		}
	}
}

func TestDay_Bars(t *testing.T) {
	for _, c := range []struct {
		requests []uint64
		utf, raw string
	}{
		{[]uint64{0, 1, 2, 3, 4, 5, 6, 7, 8}, " ▁▂▃▄▅▆▇█", " .:-=+*##"},
		{[]uint64{1, 1_000_000, 0, 500_000}, "▁█ ▄", ".# ="},
		{[]uint64{3, 3}, "██", "##"},
		{[]uint64{0, 0}, "  ", "  "},
		{[]uint64{1 << 53, 1}, "█▁", "#."},
	} {
		var d day
		for _, n := range c.requests {
			d.cells = append(d.cells, dayCell{Counts: tally.Counts{Requests: n}})
		}
		if got := d.bars(style.NewGlyphs(false).Bars); got != c.utf {
			t.Errorf("%v: %q, want %q", c.requests, got, c.utf)
		}
		if got := d.bars(style.NewGlyphs(true).Bars); got != c.raw {
			t.Errorf("%v: %q, want %q", c.requests, got, c.raw)
		}
	}
}

func TestDetails_LastDay(t *testing.T) {
	in(t, busy(), func(d *driver) {
		d.press("home", "enter")
		d.shows("last 24 hours", "617 requests, at most 310 in 20 minutes · 12 refused (■) · refreshed 5 times (»)", "yesterday 14:20", "now",
			"used by", "claude-cli", "605 requests", "3.3M in", "439k out", "12 refused", "hermes-agent", "12 requests")
		d.serves(servedAgo(0, "id-work", "codex", tally.Counts{Requests: 1}))
		d.shows("    1 request · refreshed 5 times (»)", "codex         1 request")
		d.hides("claude-cli")
		d.serves(servedAgo(0, "id-work", "nightly.py", tally.Counts{Handed: 3}))
		d.shows("    given 3 tokens · refreshed 5 times (»)", "nightly.py         given 3")
		d.serves(servedAgo(0, "id-spare", "codex", tally.Counts{Requests: 1}))
		d.hides("last 24 hours", "used by") // nothing is known of this one
		if d.press("esc"); d.backend.tallyCtxs[0].Err() == nil {
			t.Error("it is counted while nothing shows it")
		}
	})
}

// TestDetails_LastDay_Widths: the strip is in as fine parts as there is room for.
func TestDetails_LastDay_Widths(t *testing.T) {
	in(t, busy(), func(d *driver) {
		d.press("home", "enter")
		for w, want := range map[int]string{128: "20 minutes", 80: "20 minutes", 79: "40 minutes", 60: "40 minutes", 44: "40 minutes", 43: "an hour", 40: "an hour"} {
			d.send(windowSize(w, 60))
			d.shows("used by", "605 requests")
			if text := strings.Join(strings.Fields(d.text()), " "); !strings.Contains(text, want+" each") {
				t.Errorf("%d: no part of %s:\n%s", w, want, d.text())
			}
		}
	})
}
