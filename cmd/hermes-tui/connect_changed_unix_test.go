//go:build unix

package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestConnect_FileThatChangesWhileItAsks: whoever writes the file while the
// question stands keeps what they wrote, whatever is answered.
func TestConnect_FileThatChangesWhileItAsks(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	mine, theirs := []byte("{\n  \"model\": \"opus\"\n}\n"), []byte("{\n  \"permissions\": {\"allow\": [\"Bash(git push:*)\"]}\n}\n")
	path := filepath.Join(b.mkdir(".claude"), "settings.json")
	replaced := func() { // as a program does that writes beside it and renames
		part := b.put(".claude/part", theirs, 0o600)
		if err := os.Rename(part, path); err != nil {
			t.Fatal(err)
		}
	}
	absent := func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, flag string
		there      bool
		change     func()
		want       []byte
	}{
		{"written in place", "--write", true, func() { b.put(".claude/settings.json", theirs, 0o600) }, theirs},
		{"replaced", "--write", true, replaced, theirs},
		{"deleted", "--write", true, absent, nil},
		{"made", "--write", false, func() { b.put(".claude/settings.json", theirs, 0o600) }, theirs},
		{"written in place", "--undo", true, func() { b.put(".claude/settings.json", theirs, 0o600) }, theirs},
		{"replaced", "--undo", true, replaced, theirs},
		{"deleted", "--undo", true, absent, nil},
		{"written where there was none", "--undo", false, replaced, theirs},
	} {
		t.Run(c.flag+" "+c.name, func(t *testing.T) {
			for _, name := range append(b.besides(path), filepath.Base(path)) {
				_ = os.Remove(filepath.Join(filepath.Dir(path), name))
			}
			if c.there {
				b.put(".claude/settings.json", mine, 0o600)
			}
			if c.flag == "--undo" {
				if r := b.run("connect", "claude-code", "--write", "--yes"); r.code != 0 {
					t.Fatal(r)
				}
			}
			x := b.session(200, 50, true, `hermes-tui connect claude-code `+c.flag+`; echo "ended with $?"`)
			x.match(`\[y/N\]`)
			c.change()
			x.press("y\n")
			x.match(`was changed meanwhile[\s\S]*ended with 2`)
			got, err := os.ReadFile(path)
			if c.want == nil && !os.IsNotExist(err) || !bytes.Equal(got, c.want) {
				t.Errorf("what was written meanwhile is gone: %q, %v", got, err)
			}
			if c.flag == "--write" && len(b.besides(path)) > 0 {
				t.Errorf("refused, and left %v", b.besides(path))
			}
		})
	}
}
