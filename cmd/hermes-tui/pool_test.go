package main_test

import (
	"crypto/rand"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// rest lets an account cool down as a proxy would that was refused.
func (b *bench) rest(label string, r pool.Refusal) {
	b.t.Helper()
	folder := record.Open(record.Options{Dir: b.state(), Random: rand.Reader})
	err := folder.UpdatePool(b.t.Context(), func(p *record.PoolFile) bool {
		for i := range p.Rows {
			if p.Rows[i].Label == label {
				p.Rows[i].Limits, _ = p.Rows[i].Limits.With(r, pool.Odds{Now: time.Now()})
			}
		}
		return true
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// next is the label of the account that `pool show --json` says serves next.
func (b *bench) next() (next string, reasons map[string]any) {
	b.t.Helper()
	var pools []struct {
		Pool, Strategy string
		Accounts       []map[string]any
	}
	b.decode(b.must("pool", "show", "--json"), &pools)
	reasons = map[string]any{}
	for _, a := range pools[0].Accounts {
		if a["next"] == true {
			next += a["label"].(string)
		}
		reasons[a["label"].(string)] = a["reason"]
	}
	return next, reasons
}

func TestPoolCommands(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.empty("No accounts yet.", "pool", "show")
	b.signIn("minimax", "--label", "work")
	b.signIn("minimax", "--label", "spare")
	if next, _ := b.next(); next != "work" {
		t.Errorf("next %s", next)
	}

	b.must("pool", "priority", "spare", "0")
	if next, _ := b.next(); next != "spare" {
		t.Errorf("next %s after it was moved to the front", next)
	}
	token := b.must("token")
	if token != b.must("token", "spare") || token == b.must("token", "work") {
		t.Error("token without an account is not that of the account that is next")
	}

	b.rest("spare", pool.Refusal{Status: 429, ResetAt: time.Now().Add(time.Hour)})
	next, reasons := b.next()
	if next != "work" || reasons["spare"] != "cooling_down" || reasons["work"] != nil {
		t.Errorf("next %s, reasons %v", next, reasons)
	}
	if out := b.must("pool", "show"); !strings.Contains(out, "too many requests (429), resets in") || !strings.Contains(out, "next") {
		t.Errorf("pool show:\n%s", out)
	}
	if token == b.must("token") {
		t.Error("an account that cools down gave its token")
	}

	b.rest("work", pool.Refusal{Status: 402})
	for _, args := range [][]string{{"token"}, {"token", "work"}, {"status", "--check"}} {
		if r := b.run(args...); r.code != 6 || strings.Contains(r.out, token) {
			t.Errorf("%v while all cool down: %s", args, r)
		}
	}
	b.must("pool", "reset", "spare")
	if token != b.must("token") {
		t.Error("the account does not serve after its cool-down was ended")
	}
	if out := b.must("pool", "reset"); !strings.Contains(out, "work serves again") || strings.Contains(out, "spare") {
		t.Errorf("pool reset: %q", out)
	}

	b.must("pool", "strategy", "round_robin")
	if one, two, three := b.must("token"), b.must("token"), b.must("token"); one == two || one != three {
		t.Error("round_robin does not take turns")
	}
	if out := b.must("pool", "priority", "work", "0"); !strings.Contains(out, "does not go by place") {
		t.Errorf("pool priority: %q", out)
	}
	if out := b.must("pool", "place", "work", "2"); !strings.HasPrefix(out, "work is now 2 of 2 in minimax-oauth/global\n") {
		t.Errorf("pool place: %q", out)
	}
	for command, says := range map[string]string{
		"pool nonsense":               `there is no command "pool nonsense"; ` + "`hermes-tui pool --help`",
		"pool strategy":               "needs [POOL] STRATEGY",
		"pool strategy fastest":       `there is no strategy "fastest"`,
		"pool strategy work random x": "received ",
		"pool strategy random work":   `there is no strategy "work"`,
		"pool priority work":          "needs ACCOUNT PLACE",
		"pool priority work -1":       "the place -1 is not a number from 0",
		"pool place work 0":           "the place 0 is not a number from 1",
		"pool place work -3":          "the place -3 is not a number from 1",
		"pool priority work x":        "the place x is not a number from 0",
		"pool priority -x work 0":     "unknown shorthand flag",
		"pool priority nobody 0":      `there is no account "nobody"`,
		"pool show minimax/cn":        `there is no account "minimax/cn"`,
		"pool show work spare":        "received ",
		"pool reset nobody":           `there is no account "nobody"`,
	} {
		if r := b.run(strings.Fields(command)...); r.code != 2 || !strings.HasPrefix(r.err, "hermes-tui: ") || !strings.Contains(r.err, says) {
			t.Errorf("%s: %s", command, r)
		}
	}
}

// A paused account serves who names it and nobody else, and says so everywhere.
func TestPause(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("minimax", "--label", "work")
	b.signIn("minimax", "--label", "spare")
	if out := b.must("pause", "work", "--for", "2h"); !strings.Contains(out, "work is paused until ") {
		t.Errorf("pause: %q", out)
	}
	if next, reasons := b.next(); next != "spare" || reasons["work"] != "paused" {
		t.Errorf("next %s, %v", next, reasons)
	}
	for args, want := range map[string]string{"pool show": "paused for ", "list": "paused", "status work": "paused until ", "status --short --plain": "1 ok, 1 paused", "log work": "paused"} {
		if out := b.must(strings.Fields(args)...); !strings.Contains(out, want) {
			t.Errorf("%s: %q, want %q", args, out, want)
		}
	}
	serves := func(name, label string) {
		t.Helper()
		var got struct {
			Label string `json:"label"`
		}
		b.decode(b.must("token", name, "--json"), &got)
		if got.Label != label {
			t.Errorf("token %s is of %q, want %q", name, got.Label, label)
		}
	}
	serves("minimax", "spare")
	serves("work", "work")
	b.must("pause", "spare")
	if r := b.run("token", "minimax"); r.code != 6 || !strings.Contains(r.err, "work and spare are paused") || !strings.Contains(r.err, "hermes-tui resume work") {
		t.Errorf("all paused: %d %s", r.code, r.err)
	}
	if r := b.run("status", "--check"); r.code != 6 {
		t.Errorf("status --check: %d %s", r.code, r.err)
	}
	var back struct {
		State string  `json:"state"`
		Until *string `json:"paused_until"`
	}
	b.decode(b.must("resume", "work", "--json"), &back)
	if next, _ := b.next(); next != "work" || back.State != "ok" || back.Until != nil {
		t.Errorf("next %s, %+v", next, back)
	}
	for _, args := range []string{"pause work --for yesterday", "pause work --for -2h", "pause nobody", "resume", "pause work spare"} {
		if r := b.run(strings.Fields(args)...); r.code != 2 || strings.Count(r.err, "\n") > 2 {
			t.Errorf("%s: %d %s", args, r.code, r.err)
		}
	}
}

// The default serves where nobody is named; a name goes before it.
func TestUse(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("minimax", "--label", "work")
	b.signIn("minimax", "--label", "spare")
	label := func(args ...string) string {
		t.Helper()
		var got struct{ Label string }
		b.decode(b.must(append([]string{"token", "--json"}, args...)...), &got)
		return got.Label
	}
	if out := b.must("use"); !strings.Contains(out, "No default is set.") {
		t.Errorf("at first: %q", out)
	}
	if out := b.must("use", "spare"); out != "spare (MiniMax) serves where nobody is named.\n" {
		t.Errorf("use: %q", out)
	}
	if got := label(); got != "spare" {
		t.Errorf("token is of %s", got)
	}
	if got := label("work") + label("minimax"); got != "workwork" {
		t.Errorf("named: %s", got)
	}
	if out := b.must("list"); !regexp.MustCompile(`(?m)^spare\t.*\tdefault\t`).MatchString(out) {
		t.Errorf("list: %s", out)
	}
	if out := b.must("use", "minimax"); !strings.Contains(out, "The pool minimax-oauth/global serves where nobody is named: work, spare.") || label() != "work" {
		t.Errorf("a pool: %q", out)
	}
	var shown struct {
		Default  *string
		Accounts []map[string]any
	}
	b.decode(b.must("use", "spare", "--json"), &shown)
	if shown.Default == nil || len(shown.Accounts) != 1 || shown.Accounts[0]["id"] != *shown.Default {
		t.Errorf("%+v", shown)
	}
	b.must("pause", "spare")
	if r := b.run("exec", "--", "true"); r.code != 6 || !strings.Contains(r.err, "spare is paused") {
		t.Errorf("exec of a paused default: %d %s", r.code, r.err)
	}
	b.must("resume", "spare")
	b.decode(b.must("use", "--clear", "--json"), &shown)
	if shown.Default != nil || len(shown.Accounts) != 0 || label() != "work" {
		t.Errorf("cleared: %+v", shown)
	}
	for _, args := range []string{"use nobody", "use work spare", "use work --clear"} {
		if r := b.run(strings.Fields(args)...); r.code != 2 {
			t.Errorf("%s: %d %s", args, r.code, r.err)
		}
	}
}
