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

// What runs something else is recognised by a script that it runs for sure, if at
// all, and never by its own file.
func TestAsker_RunsSomethingElse(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"run", "Main", "agent", "npx-cli.js", "rake"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for line, known := range map[string]bool{ // by the script agent
		"pypy3 agent": true, "pypy3.10 -u agent": true, "tclsh8.6 agent": true, "wish agent": true, "Rscript agent": true, "Rscript --vanilla agent": true,
		"julia agent": true, "luajit agent": true, "expect agent": true, "guile agent": true, "racket agent": true, "mono agent": true, "jruby agent": true,
		"pypy3 -c agent": false, "tclsh": false, "Rscript -e agent": false, "julia --project agent": false,
		"java Main": false, "java -jar agent": false, "java agent": false, "dotnet run": false, "dotnet agent": false, "deno run agent": false, "bun run": false,
		"bun agent": false, "R": false, "beam.smp agent": false, "awk agent": false, "gawk -f agent": false, "mawk agent": false, "make agent": false,
		"gmake": false, "just agent": false, "cargo run": false, "go run agent": false, "uv run agent": false, "uvx agent": false,
		"node npx-cli.js agent": false, "npx agent": false, "npx-cli.js agent": false, "ruby rake agent": false, "npm run": false,
		"ld-linux-x86-64.so.2 agent": false, "qemu-aarch64 agent": false, "busybox": false, "toybox agent": false,
	} {
		args := strings.Fields(line)
		got := process{exe: "/opt/bin/" + args[0], args: args, dir: dir, pid: 7}.asker()
		want := ""
		if known {
			want = filepath.Join(dir, "agent")
		}
		if got.Key != want || got.Path == "" {
			t.Errorf("%s: %+v, want it by %q", line, got, want)
		}
	}
	for applet, args := range map[string][]string{"find": {"find", ".", "-exec", "x"}, "awk": {"awk", "x"}, "busybox": {"busybox", "sh", "agent"}} {
		if got := (process{exe: "/bin/busybox", args: args, dir: dir}).asker(); got.Key != "" {
			t.Errorf("busybox's %s: %+v", applet, got)
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
