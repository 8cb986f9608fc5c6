package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// tallied writes rows into the state folder as a proxy that counted them ago before
// now, and returns the beginning of the 20 minutes that they are counted in.
func (b *bench) tallied(ago time.Duration, rows ...string) time.Time {
	b.t.Helper()
	slot := time.Now().Add(-ago).UTC().Truncate(20 * time.Minute)
	if err := os.MkdirAll(filepath.Join(b.state(), "served"), 0o700); err != nil {
		b.t.Fatal(err)
	}
	for i, row := range rows {
		rows[i] = `{"slot":"` + slot.Format(time.RFC3339) + `",` + row + `}`
	}
	text := `{"version":1,"rows":[` + strings.Join(rows, ",") + `]}`
	if err := os.WriteFile(filepath.Join(b.state(), "served", slot.Format("2006-01-02T15")+".json"), []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return slot
}

// TestUsageBy: who has used what, by each of the ways to sum it up, and without a
// keystore or a network.
func TestUsageBy(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.empty("Nothing was counted in the last 24h.", "usage", "--by", "program")
	if _, err := os.Stat(b.state()); !os.IsNotExist(err) {
		t.Errorf("looking made %s", b.state())
	}
	b.signIn("--label", "work")
	if err := os.Remove(filepath.Join(b.home, "tui", "data", "key")); err != nil {
		t.Fatal(err)
	}
	before := len(b.events)
	recent := b.tallied(30*time.Minute,
		fmt.Sprintf(`"account":%q,"program":"claude-cli","model":"MiniMax-M2.7","requests":1041,"refused":2,"input":12345,"cache_read":8111,"output":4100`, b.id),
		fmt.Sprintf(`"account":%q,"program":"codex","model":"MiniMax-M2.7","requests":3,"unknown":3`, b.id),
		`"account":"0123456789","program":"","model":"other","requests":7,"input":1,"output":1`)
	old := b.tallied(50*time.Hour, fmt.Sprintf(`"account":%q,"program":"codex","model":"old","requests":5,"output":1000000`, b.id))

	want := "claude-cli\t1041\t2\t20456\t8111\t4100\t0\nnot known\t7\t0\t1\t0\t1\t0\ncodex\t3\t0\t0\t0\t0\t0\n"
	note := "hermes-tui: Of 3 requests the provider did not tell the tokens, or not to the end.\n"
	if got := b.run("usage", "--by", "program"); got.out != want || got.err != note {
		t.Errorf("%s\nwant\n%s%s", got, want, note)
	}
	for args, want := range map[string]string{
		"--by account":             "work 1044 24556, 0123456789 7 2",
		"--by model":               "MiniMax-M2.7 1044 24556, other 7 2",
		"--by program --since 7d":  "codex 8 1000000, claude-cli 1041 24556,  7 2",
		"--by program --since 1m":  "",
		"work --by model":          "MiniMax-M2.7 1044 24556",
		"0123456789 --by program":  " 7 2",
		"minimax --by account":     "work 1044 24556",
		"work --by day --since 7d": old.Local().Format(time.DateOnly) + " 5 1000000, " + recent.Local().Format(time.DateOnly) + " 1044 24556",
	} {
		var groups []struct {
			ID, Label, Program, Model, Day string
			Requests, Tokens               uint64
		}
		b.decode(b.must(append([]string{"usage", "--json"}, strings.Fields(args)...)...), &groups)
		var got []string
		for _, g := range groups {
			name := g.Label + g.Program + g.Model + g.Day
			if strings.Contains(args, "account") && g.Label == "" {
				name = g.ID
			}
			got = append(got, fmt.Sprint(name, " ", g.Requests, " ", g.Tokens))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s: %s, want %s", args, text, want)
		}
	}
	for args, want := range map[string]string{
		"usage --by colour":              `counts are not summed up by "colour"`,
		"usage --by model --since never": `--since "never" is not a time within the last 31 days`,
		"usage --by model --since 32d":   `--since "32d" is not a time within the last 31 days`,
		"usage --since 7d":               "--since is about counts",
		"usage nobody --by model":        "nobody",
	} {
		if r := b.run(strings.Fields(args)...); r.code != 2 || r.out != "" || !strings.Contains(r.err, want) {
			t.Errorf("%s: %s", args, r)
		}
	}
	if len(b.events) != before {
		t.Error("somebody was asked")
	}
}

// TestUsageBy_Token: a token that `token` printed is counted for the program that ran
// it, also where many do so at once.
func TestUsageBy_Token(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	for _, r := range b.together(8, "token") {
		if r.code != 0 {
			t.Fatalf("%s", r)
		}
	}
	var groups []struct {
		Program  string
		Handed   int
		Requests int
	}
	b.decode(b.must("usage", "work", "--by", "program", "--json"), &groups)
	program := ""
	if runtime.GOOS == "linux" {
		program = filepath.Base(os.Args[0])
	}
	if len(groups) != 1 || groups[0].Program != program || groups[0].Handed != 8 || groups[0].Requests != 0 {
		t.Errorf("%+v, want 8 of %q", groups, program)
	}
	if text := b.must("status", "work"); !strings.Contains(text, "last 24 hours: given 8 tokens; ") {
		t.Errorf("%s", text)
	}
}

// TestStatus_LastDay: who has used an account in a day is said of it, where it is
// known.
func TestStatus_LastDay(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	if text := b.must("status", "work"); strings.Contains(text, "last 24 hours") {
		t.Errorf("before anything was counted: %s", text)
	}
	mine := func(rest string) string { return fmt.Sprintf(`"account":%q,`, b.id) + rest }
	b.tallied(3*time.Hour,
		mine(`"program":"codex","model":"m","requests":7,"output":1`),
		mine(`"program":"claude-cli","model":"m","requests":1041,"refused":2,"input":12000,"output":4100`),
		`"account":"0123456789","program":"other","model":"","requests":5`)
	b.tallied(26*time.Hour, mine(`"program":"","model":"m","requests":100`))
	const want = "  last 24 hours: 1,048 requests, 12.0k tokens in, 4.1k out, 2 refused; claude-cli 1.0k, codex 7\n"
	if text := b.must("status", "work"); !strings.HasSuffix(text, want) {
		t.Errorf("%s, want %s", text, want)
	}
	if text := b.must("status", "work", "--json"); strings.Contains(text, "last 24") {
		t.Errorf("%s", text)
	}
}

// TestLog_Served: what programs have used of an account stands between what happened
// to it, an hour a line.
func TestLog_Served(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	mine := func(rest string) string { return fmt.Sprintf(`"account":%q,`, b.id) + rest }
	slot := b.tallied(3*time.Hour,
		mine(`"program":"claude-cli","model":"m","requests":40,"refused":2,"input":12000,"output":4100`),
		mine(`"program":"claude-cli","model":"n","requests":1,"input":345`),
		mine(`"program":"","model":"n","requests":1001,"unknown":1001`),
		`"account":"0123456789","program":"codex","model":"","refused":1`)
	b.tallied(99*time.Hour, mine(`"program":"codex","model":"m","requests":7,"output":1`), mine(`"program":"codex","model":"n","requests":8,"output":1`))
	lines := strings.Split(strings.TrimSpace(b.must("log", "work")), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "work\t") || !strings.Contains(lines[0], "\tserved\tcodex\t15 requests · 0 tokens in, 2 out · that day\t") {
		t.Fatalf("%s", strings.Join(lines, "\n"))
	}
	at := slot.Add(20 * time.Minute).Local().Format(time.DateTime)
	for i, want := range []string{
		"work\t" + at + "\tserved\tclaude-cli\t41 requests · 12.3k tokens in, 4.1k out · 2 refused\t",
		"work\t" + at + "\tserved\tnot known\t1,001 requests · 1,001 told no tokens\t",
	} {
		if !strings.HasPrefix(lines[i+1], want) {
			t.Errorf("%q, want %q", lines[i+1], want)
		}
	}
	if !strings.Contains(lines[3], "signed in") {
		t.Errorf("%s", strings.Join(lines, "\n"))
	}
	var events []struct {
		Account, Label, Event, Program string
		PID                            int
		Served                         *struct {
			Requests, Refused, Unknown, Input, Output uint64
			Span                                      string
		}
	}
	b.decode(b.must("log", "--json"), &events)
	if len(events) != 5 || events[0].Served.Span != "day" || events[0].Served.Requests != 15 {
		t.Fatalf("%+v", events)
	}
	events = events[1:]
	if events[0].Event != "served" || events[0].Served.Span != "hour" || events[0].Served.Requests != 41 || events[0].Served.Input != 12345 || events[0].Program != "claude-cli" || events[3].Served != nil {
		t.Errorf("%+v", events)
	}
	if events[2].Account != "0123456789" || events[2].Served.Refused != 1 {
		t.Errorf("of an account that is no more: %+v", events[2])
	}
	b.decode(b.must("log", "--json", "--lines", "1"), &events)
	if len(events) != 1 || events[0].Event != "signed_in" {
		t.Errorf("the last: %+v", events)
	}
}
