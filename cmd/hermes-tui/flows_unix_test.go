//go:build unix

package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// flowBench is a machine without a browser.
func flowBench(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, sandbox.Options{})
	b.configure("browser = false\n")
	return b
}

// accounts are there before the window opens. Their tokens are good by their
// dates; the portal knows none of them and refuses to refresh them.
func accounts(labels ...string) func(b *bench) {
	return func(b *bench) {
		if len(labels) > 0 {
			b.hermesHas(labels...)
			b.must("import", "--remove", "--yes")
		}
	}
}

// hermesFirst leaves them to hermes-agent.
func hermesFirst(labels ...string) func(b *bench) {
	return func(b *bench) { b.hermesHas(labels...) }
}

// hermesHas gives hermes-agent accounts.
func (b *bench) hermesHas(labels ...string) {
	b.t.Helper()
	now := time.Now().UTC()
	var rows []map[string]any
	for i, label := range labels {
		rows = append(rows, map[string]any{
			"id": fmt.Sprintf("%010x", i+1), "label": label, "auth_type": "oauth", "priority": i, "source": "oauth",
			"access_token": "at-" + label, "refresh_token": "rt-" + label, "token_type": "Bearer", "region": "global",
			"expires_at": now.Add(14 * time.Minute), "last_refresh": now,
			"base_url": b.portal.URL() + "/anthropic", "portal_base_url": b.portal.URL(),
			"client_id": "78257093-7e40-4613-99e0-527b14b39113", "scope": "group_id profile model.completion",
		})
	}
	data, err := json.Marshal(map[string]any{"version": 1, "credential_pool": map[string]any{"minimax-oauth": rows}})
	if err == nil {
		err = os.WriteFile(filepath.Join(b.mkdir(".hermes"), "auth.json"), data, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// window opens the terminal UI of the machine.
func (b *bench) window(columns, rows int, flags ...string) *terminal {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*limit)
	b.t.Cleanup(cancel)
	cmd := b.command(ctx, flags...)
	cmd.Env = append(slices.Clone(cmd.Env), "TERM=xterm-256color", "LANG=C.UTF-8")
	return open(b.t, cmd, columns, rows, false)
}

// listed are the labels in pool order, as another process sees them.
func (b *bench) listed() string {
	b.t.Helper()
	var rows []struct{ Label string }
	b.decode(b.must("list", "--json"), &rows)
	var labels []string
	for _, row := range rows {
		labels = append(labels, row.Label)
	}
	return strings.Join(labels, " ")
}

// approveOnScreen approves the code that the screen shows.
func (b *bench) approveOnScreen(x *terminal) {
	b.t.Helper()
	if err := b.portal.Approve(x.match(codeOnScreen)[1]); err != nil {
		b.t.Fatal(err)
	}
}

const (
	erase  = "\x15" // what stands in a field
	escape = "\x1b"
)

// flows are what a person does, as the program's page of keys promises it.
var flows = []struct {
	name   string
	before func(b *bench)
	walk   func(b *bench, x *terminal)
}{
	{"sign in", accounts(), func(b *bench, x *terminal) {
		x.match(`No accounts yet`)
		x.press("a")
		x.match(`Where is the account`)
		x.press("mini")
		x.match(`/ mini`)
		x.press("\r")
		x.match(`Which MiniMax`)
		x.press("\r")
		x.match(`shall it be called`)
		x.press(erase + "home\r")
		b.approveOnScreen(x)
		x.match(`Signed in: home`)
		x.match(`home +.*\bok\b`)
		if b.listed() != "home" {
			b.t.Errorf("another process lists %q", b.listed())
		}
	}},
	{"sign in, denied, once more", accounts(), func(b *bench, x *terminal) {
		x.match(`No accounts yet`)
		x.press("a")
		x.match(`Where is the account`)
		x.press("\r")
		x.match(`Which MiniMax`)
		x.press("\r")
		x.match(`shall it be called`)
		x.press("\r")
		first := x.match(codeOnScreen)[1]
		if err := b.portal.Deny(first); err != nil {
			b.t.Fatal(err)
		}
		x.match(`(?s)!  .*denied.*enter new code`)
		x.press("n")
		x.matchOther(codeOnScreen, first)
		x.press(escape)
		x.match(`nothing was saved`)
		if b.listed() != "" {
			b.t.Errorf("there is an account: %q", b.listed())
		}
	}},
	{"quarantine and sign in again", accounts("work", "spare"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		x.press("r")
		x.match(`work( needs you to|:) sign in again`)
		x.match(`1 needs sign-in`)
		x.pressUntil("?", `How it works`)
		x.press(escape)
		x.pressUntil("\r", codeOnScreen)
		b.approveOnScreen(x)
		x.match(`Signed in: work`)
		x.match(`work +.*\bok\b`)
		if b.listed() != "work spare" {
			b.t.Errorf("label or place did not stay: %q", b.listed())
		}
	}},
	{"rename and take it back", accounts("work", "spare"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		x.press("e")
		x.match(`Rename .work.`)
		x.press(erase + "spare\r")
		x.match(`(?s)! .*spare.*already`)
		x.press(erase + "laptop\r")
		x.match(`Renamed: laptop . z undo`)
		if b.listed() != "laptop spare" {
			b.t.Errorf("renamed: %q", b.listed())
		}
		x.press("z")
		x.match(`Renamed: work`)
		if b.listed() != "work spare" {
			b.t.Errorf("taken back: %q", b.listed())
		}
	}},
	{"reorder and take it back", accounts("work", "personal", "spare"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		x.press("J")
		x.match(`work is now 2 of 3 . z undo`)
		if b.listed() != "personal work spare" {
			b.t.Errorf("moved: %q", b.listed())
		}
		x.press("z")
		x.match(`work is now 1 of 3`)
		if b.listed() != "work personal spare" {
			b.t.Errorf("taken back: %q", b.listed())
		}
	}},
	{"filter", accounts("work", "personal", "spare"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		x.press("/")
		x.match(`enter keep`)
		x.press("spare")
		x.match(`1 of 3`)
		x.press("\r")
		x.match(`clear the filter`)
		x.press(escape)
		x.match(`personal +.*\bok\b`)
	}},
	{"remove several", accounts("work", "personal", "spare"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		x.press("  ")
		x.match(`2 marked`)
		x.press("d")
		x.match(`Remove these 2 accounts\?`)
		x.press("n")
		x.match(`2 marked`)
		x.press("d")
		x.match(`y remove`)
		x.press("y")
		x.match(`2 accounts removed`)
		if b.listed() != "spare" {
			b.t.Errorf("left: %q", b.listed())
		}
	}},
	{"import", hermesFirst("work", "spare"), func(b *bench, x *terminal) {
		x.match(`import from hermes-agent`)
		x.press("i")
		x.match(`2 new accounts`)
		x.press("\t\r")
		x.match(`y take over`)
		x.press("y")
		x.match(`work +.*\bok\b`)
		if b.listed() != "work spare" {
			b.t.Errorf("imported: %q", b.listed())
		}
	}},
	{"pool", accounts("work", "spare"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		x.press("p")
		x.match(`work +serves next`)
		x.press("s")
		x.match(`MiniMax: round robin`)
		var pools []struct{ Strategy string }
		b.decode(b.must("pool", "show", "--json"), &pools)
		if len(pools) != 1 || pools[0].Strategy != "round_robin" {
			b.t.Errorf("another process sees %+v", pools)
		}
		x.press("z")
		x.match(`fill first again`)
	}},
	{"clear a cool-down", accounts("work"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		b.rest("work", pool.Refusal{Status: 429, ResetAt: time.Now().Add(time.Hour)})
		x.match(`cooling down`)
		x.press("x")
		x.match(`work +.*\bok\b`)
		if next, _ := b.next(); next != "work" {
			b.t.Errorf("another process sees %q serve next", next)
		}
	}},
	{"palette", accounts("work", "alpha"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		x.press(":")
		x.match(`Do . what\?`)
		x.press("sort label")
		x.match(`1 action\b`)
		x.press("\r")
		x.match(`(?s)alpha.*work.*Sorted by label`)
	}},
	{"write a program's file and take it back", accounts("work"), func(b *bench, x *terminal) {
		path := b.put(".hermes/config.yaml", []byte("model:\n  default: other\n"), 0o600)
		x.match(`work +.*\bok\b`)
		x.press("w")
		x.match(`hermes-agent +asks for a token itself`)
		x.press("w")
		x.match(`(?s)Change .*y write it`)
		if got := string(b.get(path)); got != "model:\n  default: other\n" {
			b.t.Errorf("written before anybody agreed: %q", got)
		}
		x.press("y")
		x.match(`u take it back`)
		if got := string(b.get(path)); !strings.Contains(got, "hermes-tui") {
			b.t.Errorf("not written: %q", got)
		}
		x.press("u")
		x.match(`is as it was`)
		if got := string(b.get(path)); got != "model:\n  default: other\n" {
			b.t.Errorf("not given back: %q", got)
		}
	}},
	{"use with a program", accounts("work"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		x.press("w")
		x.match(`use with a program`)
		x.match(`hermes-agent +asks for a token itself`)
		x.press("c")
		x.match(`sent to the clipboard`)
		await(b.t, func() bool { return strings.Contains(x.written(), "\x1b]52;c;") })
		x.press("q")
		x.match(`work +.*\bok\b`)
	}},
	{"details", accounts("work"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		x.press("\r")
		x.match(`accounts . work`)
		x.press("G")
		x.match(`imported`)
		x.press("?")
		x.match(`Help . details`)
		x.press("qq")
		x.match(`work +.*\bok\b`)
	}},
	{"mouse", accounts("work", "personal", "spare"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		click := func(label string) {
			row := slices.IndexFunc(x.screen.Lines(), func(line string) bool { return strings.Contains(line, " "+label+" ") })
			x.press(fmt.Sprintf("\x1b[<0;6;%dM\x1b[<0;6;%[1]dm", row+1))
		}
		click("spare")
		x.match(`▌.*spare(?s:.*)3 of 3`)
		x.press("\x1b[<64;6;5M") // the wheel, up: one row
		x.match(`▌.*personal(?s:.*)2 of 3`)
		x.press("m")
		x.match(`mouse is the terminal's again`)
	}},
	{"another process", accounts("work", "spare"), func(b *bench, x *terminal) {
		x.match(`▌ .*work +.*\bok\b`)
		b.must("rename", "work", "desk")
		x.match(`▌ .*desk +.*\bok\b`)
		b.must("remove", "spare", "--yes")
		x.match(`1 of 1`)
		b.must("remove", "desk", "--yes")
		x.match(`No accounts yet`)
	}},
	{"copy the token", accounts("work"), func(b *bench, x *terminal) {
		x.match(`work +.*\bok\b`)
		x.press("c")
		x.match(`Copy of .work.`)
		x.press("t")
		x.match(`Copy the access token`)
		x.press("\r") // enter is the harmless one
		x.match(`enter details`)
		x.press("ct")
		x.match(`y copy the token`)
		x.press("y")
		await(b.t, func() bool { return strings.Contains(x.written(), osc52("at-work")) })
		if text := x.screen.Text(); strings.Contains(text, "at-work") {
			b.t.Errorf("the token is on the screen:\n%s", text)
		}
	}},
}

// TestFlows walks what a person does in the real program, at three sizes.
func TestFlows(t *testing.T) {
	for _, size := range [][2]int{{100, 30}, {80, 24}, {50, 16}} {
		for _, flow := range flows {
			t.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], flow.name), func(t *testing.T) {
				t.Parallel()
				b := flowBench(t)
				flow.before(b)
				flow.walk(b, b.window(size[0], size[1]))
			})
		}
	}
}

// Nothing moves between two seconds for a person who wants that, by flag or by
// configuration.
func TestFlows_NoAnimation(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]struct {
		config string
		flags  []string
		want   string
	}{
		"flag": {"", []string{"--no-animation"}, `approval \.{1,3}\s`}, "configuration": {"animation = false\n", nil, `approval \.{1,3}\s`},
		"default": {"", nil, `approval [|/\\-]\s`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := flowBench(t)
			b.configure("browser = false\n" + how.config)
			x := b.window(100, 30, how.flags...)
			x.match(`No accounts yet`)
			x.press("a\r\r\r")
			x.match(how.want)
		})
	}
}

// A sign-in goes on where it was after ctrl+z and fg, and over SSH its QR shows
// by itself where there is room for it.
func TestFlows_SuspendedSignIn(t *testing.T) {
	t.Parallel()
	b := flowBench(t)
	b.configure("")
	x := b.session(100, 30, false, `set -m; hermes-tui; echo "stopped with $?"; stty -a; read line; fg; echo "ended with $?"`)
	x.match(`No accounts yet`)
	x.press("a\r\r\r")
	code := x.match(codeOnScreen)[1]
	x.match(`Scan, or open on any device`)
	x.match(`█▀▀▀▀▀█`)
	x.press("\x1a")
	x.match(`stopped with 1\d\d`)
	x.restored()
	if err := b.portal.Approve(code); err != nil { // while nobody looks
		t.Fatal(err)
	}
	x.press("\n")
	x.match(`Signed in: minimax`)
	x.match(`minimax +MiniMax +● ok`)
	x.press("q")
	x.match(`ended with 0`)
}
