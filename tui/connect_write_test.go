package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/connect"
)

// fakeConnector plans one change.
type fakeConnector struct {
	diff    string
	planned []string
	wrote   int
	back    int
	err     error
	hold    chan struct{} // writing waits for it; nil: for nothing
}

func (c *fakeConnector) Plan(_ context.Context, p connect.Program, account, form string) (Change, error) {
	c.planned = append(c.planned, p.ID+" "+account+" "+form)
	return Change{Path: "/home/me/" + p.ID, Diff: c.diff, Write: func(context.Context) (string, error) {
		c.wrote++
		if c.hold != nil {
			<-c.hold
		}
		return "/home/me/old", c.err
	}}, nil
}

func (c *fakeConnector) GiveBack(context.Context, connect.Program) error {
	c.back++
	return c.err
}

func TestUseWith_WritesWhatItHasShownAndTakesItBack(t *testing.T) {
	c := &fakeConnector{diff: "--- a\n+++ a\n@@ -1 +1,2 @@\n model: x\n+key_cmd: hermes-tui token " + strings.Repeat("long ", 40) + "end\n"}
	with := func(o *Options) { o.Connector = c }
	in(t, newBackend(usable()), func(d *driver) {
		d.press("w")
		d.hides("take it back")
		d.press("w")
		d.shows("Change /home/me/hermes-agent?", "+key_cmd: hermes-tui token", "y write it", "n leave it as it is")
		for _, key := range []string{"enter", "esc", "n"} {
			d.press(key)
			d.shows("accounts › work › use with a program")
			d.press("w")
		}
		d.hides("end")
		d.press("right", "right", "right", "right", "right", "right", "right", "right", "right", "right", "right")
		d.shows("end")
		if c.wrote > 0 {
			t.Fatal("it was written before anybody agreed")
		}
		d.press("y")
		d.shows("Changed /home/me/hermes-agent; the old file is kept as /home/me/old. u takes it back.", "u take it back")
		d.press("u")
		d.shows("is as it was.")
		d.hides("u take it back")
		if c.wrote != 1 || c.back != 1 || c.planned[0] != "hermes-agent id-work helper" {
			t.Errorf("wrote %d times, gave back %d times, planned %q", c.wrote, c.back, c.planned)
		}
		c.err = errors.New("the disk is full")
		d.press("w", "y")
		d.shows("The disk is full")
		d.hides("u take it back")
		c.err, c.diff = nil, ""
		d.press("w")
		d.shows("has these settings already.")
	}, connected, with)
	in(t, newBackend(usable()), func(d *driver) {
		d.press("w")
		d.hides("w write it")
	}, connected) // nobody can
}

// While a file is written, which may take its time, the page can be left, and once it is
// written the page is gone, also below another.
func TestUseWith_APageThatWritesHoldsNobody(t *testing.T) {
	for name, tc := range map[string]struct {
		keys  []string
		shows string // meanwhile
		err   error
	}{
		"nothing is pressed":    {nil, "Change /home/me/hermes-agent?", nil},
		"it is left":            {[]string{"esc"}, "key_cmd: hermes-tui token", nil},
		"something is above it": {[]string{"?"}, "Help", nil},
		"it fails":              {[]string{"?"}, "Help", errors.New("the disk is full")},
	} {
		t.Run(name, func(t *testing.T) {
			c := &fakeConnector{diff: "--- a\n+++ a\n@@ -1 +1,2 @@\n model: x\n+x\n", err: tc.err}
			in(t, newBackend(usable()), func(d *driver) {
				c.hold = make(chan struct{})
				d.press("w", "w", "y")
				d.press("y") // is taken once
				d.press(tc.keys...)
				d.shows(tc.shows)
				close(c.hold)
				d.settle()
				d.hides("Change /home/me", "Help")
				if d.shows("use with a program"); tc.err == nil {
					d.shows("Changed /home/me/hermes-agent")
				} else {
					d.shows("The disk is full")
				}
				if d.press("esc"); len(d.m.stack) > 0 || c.wrote != 1 {
					t.Errorf("%d pages are left, written %d times", len(d.m.stack), c.wrote)
				}
			}, connected, func(o *Options) { o.Connector = c })
		})
	}
}

// No line of a program's text is broken: what is wider is beyond the edge.
func TestUseWith_LinesAreNotBroken(t *testing.T) {
	in(t, newBackend(usable()), func(d *driver) {
		d.send(windowSize(40, 24))
		d.press("w", "down", "down")
		d.hides("\n…")
		before := d.text()
		d.press("right")
		if d.text() == before {
			t.Errorf("nothing scrolled to the side:\n%s", before)
		}
		if d.press("left"); d.text() != before {
			t.Errorf("it did not come back:\n%s", d.text())
		}
		d.press("left")
		d.hides("use with a program")
	}, connected, func(o *Options) { o.Command = []string{"/opt/a/very/long/way/to/hermes-tui"} })
}
