package consent

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Which program a process is, and by what it is recognised.
func TestAsker(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "agent.py")
	if err := os.WriteFile(script, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	held, err := os.Open(script) // of this process; of another one the name means something else
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(script, link); err != nil {
		t.Skip("no links here: ", err)
	}
	args := func(args ...string) []string { return args }
	for name, tc := range map[string]struct {
		p    process
		name string
		key  string
	}{
		"a program":                     {process{exe: "/usr/bin/claude", args: args("claude", "-p", "hi")}, "claude", "/usr/bin/claude"},
		"a program with a version":      {process{exe: "/opt/codex-1.2", args: args("codex")}, "codex-1.2", "/opt/codex-1.2"},
		"one that the system hides":     {process{pid: 9}, "a program that the system does not name", ""},
		"one whose file was replaced":   {process{exe: "/usr/bin/claude (deleted)"}, "claude", ""},
		"one whose caller has ended":    {process{exe: "/usr/lib/systemd/systemd", pid: 812}, "a program whose caller has ended", ""},
		"the first process":             {process{exe: "/sbin/tini", pid: 1}, "a program whose caller has ended", ""},
		"a script":                      {process{exe: "/usr/bin/python3.12", args: args("python3", script)}, "agent.py", script},
		"a script beside an option":     {process{exe: "/usr/bin/python3.12", args: args("python3", "-u", script)}, "agent.py", script},
		"a script by its name":          {process{exe: "/usr/bin/python3", args: args("python3", "agent.py"), dir: dir}, "agent.py", script},
		"a script by a link":            {process{exe: "/usr/bin/node", args: args("node", "--no-warnings", link)}, "agent.py", script},
		"behind an option with a value": {process{exe: "/usr/bin/node", args: args("node", "--require", script, "evil.js")}, "node", ""},
		"a module":                      {process{exe: "/usr/bin/python3", args: args("python3", "-m", "agent")}, "python3", ""},
		"code on the command line":      {process{exe: "/usr/bin/node", args: args("node", "-e", script)}, "node", ""},
		"an interpreter alone":          {process{exe: "/usr/bin/python3", args: args("python3"), typed: true}, "python3", ""},
		"a script that is not there":    {process{exe: "/usr/bin/python3", args: args("python3", "/nowhere.py")}, "python3", ""},
		"a script that is a pipe":       {process{exe: "/usr/bin/bash", args: args("bash", "/dev/fd/63")}, "bash", ""},
		"a script by a descriptor":      {process{exe: "/usr/bin/bash", args: args("bash", fmt.Sprintf("/dev/fd/%d", held.Fd()))}, "bash", ""},
		"a folder as a script":          {process{exe: "/usr/bin/python3", args: args("python3", dir)}, "python3", ""},
		"a shell at the keyboard":       {process{exe: "/usr/bin/bash", args: args("-bash"), typed: true}, "bash", "/usr/bin/bash"},
		"a login shell":                 {process{exe: "/usr/bin/zsh", args: args("zsh", "--login"), typed: true}, "zsh", "/usr/bin/zsh"},
		"a shell that is fed":           {process{exe: "/usr/bin/bash", args: args("bash")}, "bash", ""},
		"a shell that reads -s":         {process{exe: "/usr/bin/bash", args: args("bash", "-s"), typed: true}, "bash", ""},
		"a shell's script":              {process{exe: "/usr/bin/dash", args: args("sh", "-e", script), typed: true}, "agent.py", script},
		"busybox's shell":               {process{exe: "/bin/busybox", args: args("sh", script)}, "agent.py", script},
		"a path that paints":            {process{exe: "/tmp/\x1b[2Jx"}, "x", ""},
	} {
		if got := tc.p.asker(); got.Name != tc.name || got.Key != tc.key {
			t.Errorf("%s: %+v, want %q by %q", name, got, tc.name, tc.key)
		}
	}
}

// What stands for the program that started it.
func TestTransparent(t *testing.T) {
	for line, want := range map[string]bool{
		"sh -c x": true, "bash -lc x": true, "bash -ec x": true, "bash": false, "bash x.sh": false, "bash --norc": false,
		"timeout 5 x": true, "xargs x": true, "sudo x": true, "python -c x": false, "claude -c": false, "fish -c x": true,
	} {
		args := strings.Fields(line)
		if got := (process{exe: "/usr/bin/" + args[0], args: args}).transparent(); got != want {
			t.Errorf("%s: %v", line, got)
		}
	}
	if !(process{exe: "/bin/busybox", args: []string{"timeout", "5", "x"}}).transparent() {
		t.Error("busybox's timeout")
	}
}
