//go:build unix

package main_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFormat: each listing gives a line for each row by a template, and says which
// field there is none of, also where it has no rows.
func TestFormat(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	if r := b.run("list", "--format", "{lable}"); r.code != 2 || !strings.Contains(r.err, `there is no field "lable"; there are api, `) {
		t.Errorf("an unknown field of no row: %s", r)
	}
	b.signIn("--label", "work")
	b.signIn("--label", "spare")
	for args, want := range map[string]string{
		`list|{label}\t{state|words}`:                        "work\tok\nspare\tok\n",
		`status|{place} {label}`:                             "1 work\n2 spare\n",
		`status spare|{label}`:                               "spare\n",
		`pool show|{pool} {strategy} {place} {label} {next}`: "minimax-oauth/global fill_first 1 work true\nminimax-oauth/global fill_first 2 spare false\n",
		`log work|{event|words} {label}`:                     "signed in work\n",
		`usage --known|{label} {told}`:                       "work false\nspare false\n",
		`usage --by program|{program}`:                       "",
	} {
		command, template, _ := strings.Cut(args, "|")
		if got := b.must(append(strings.Fields(command), "--format", template)...); got != want {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
	}
	for _, args := range [][]string{{"list", "--format", "{label"}, {"list", "--format", "x", "--json"}, {"list", "--format", "x", "--jq", "."}, {"status", "--short", "--format", "x"}} {
		if r := b.run(args...); r.code != 2 || r.out != "" {
			t.Errorf("%v: %s", args, r)
		}
	}
}

// TestJq: what jq makes of the JSON is printed; where there is no jq, or it cannot
// read the expression, that is said.
func TestJq(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	path := b.mkdir("bin")
	b.env = append(b.env, "PATH="+path)
	if r := b.run("list", "--jq", "."); r.code != 2 || r.out != "" || !strings.Contains(r.err, "--jq needs the program jq, and there is none on the PATH; install jq") {
		t.Errorf("without jq: %s", r)
	}
	// It shows how it was called, and ends as jq does for an expression it cannot read.
	script := "#!/bin/sh\n[ \"$2\" = ' -bad' ] && exit 3\nprintf '%s|' \"$@\"; read -r text; printf '%.8s' \"$text\"\n"
	buildtest.Write(t, filepath.Join(path, "jq"), []byte(script))
	if got, want := b.must("list", "--jq", ".[0].label"), `-rc| .[0].label|[{"id":"`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := b.must("list", "--json", "--jq", "."); !strings.HasPrefix(got, "-rc| .|") {
		t.Errorf("%q", got)
	}
	if r := b.run("list", "--jq", "-bad"); r.code != 2 || !strings.Contains(r.err, `jq cannot read the expression "-bad"`) {
		t.Errorf("an expression that is none: %s", r)
	}
}
