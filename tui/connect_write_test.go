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
}

func (c *fakeConnector) Plan(_ context.Context, p connect.Program, account, form string) (Change, error) {
	c.planned = append(c.planned, p.ID+" "+account+" "+form)
	return Change{Path: "/home/me/" + p.ID, Diff: c.diff, Write: func(context.Context) (string, error) {
		c.wrote++
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
