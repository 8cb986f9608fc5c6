//go:build unix

package main_test

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestSandboxFleet_Story: without a terminal it is told what each of three hosts sees,
// and nothing is left of it.
func TestSandboxFleet_Story(t *testing.T) {
	t.Parallel()
	etcdtest.Need(t)
	b := newBench(t, sandbox.Options{})
	r := b.run("--sandbox", "--plain", "--auto-approve", "1ms", "--fleet", "3")
	if r.code != 0 {
		t.Fatal(r)
	}
	at := 0
	for _, want := range []string{
		`1\. Sign in, on host-1`, `Signed in: minimax`,
		`2\. A program asks for a token, on every host`, `host-1 gets one that is good for (1m )?\d+s more`, `host-2 gets the same one`, `host-3 gets the same one`,
		`3\. The token is refreshed, on host-3`, `Generation 2\. The portal has seen 1 refresh\.`, `host-1 gets one that`, `host-2 gets the same one`, `host-3 gets the same one`,
		`4\. The provider takes the sign-in back, and host-1 finds out`, `On host-3:`, `minimax\tneeds sign-in`,
		`5\. Sign in again, on host-3`, `host-1 gets one that`, `host-2 gets the same one`, `host-3 gets the same one`,
		`6\. host-3 is removed, on host-1`, `host-1 gets one that`, `host-2 gets the same one`, `host-3 gets none: this host is no member of the fleet sandbox any more`,
	} {
		found := regexp.MustCompile(`(?m)^` + want).FindStringIndex(r.out[at:])
		if found == nil {
			t.Fatalf("%s is not said, or not in its place:\n%s", want, r.out)
		}
		at += found[1]
	}
	if left, err := filepath.Glob(filepath.Join(b.home, "tmp", "hermes-tui-sandbox-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestSandboxFleet_Refused: there are 1 to 7 hosts, an etcd, and a sandbox.
func TestSandboxFleet_Refused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path string
		args       []string
		code       int
		says       string
	}{
		{"none", "", []string{"--sandbox", "--fleet", "0"}, 2, "a sandbox has 1 to 7 hosts, not 0"},
		{"too many", "", []string{"--sandbox", "--fleet", "8"}, 2, "a sandbox has 1 to 7 hosts, not 8"},
		{"no sandbox", "", []string{"--fleet", "3"}, 2, "--fleet is a flag of --sandbox"},
		{"no etcd", "/nowhere", []string{"--sandbox", "--fleet", "3"}, 1, "there is no program `etcd` on the PATH; install it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{})
			if c.path != "" {
				b.env = append(b.env, "PATH="+c.path)
			}
			if r := b.run(c.args...); r.code != c.code || r.out != "" || !strings.Contains(r.err, c.says) {
				t.Error(r)
			}
		})
	}
}

// TestSandboxFleet_Window: behind the window two hosts more run, with what they need.
// One of them signs in, the window has the account; all of it ends with the window,
// also when that is killed.
func TestSandboxFleet_Window(t *testing.T) {
	t.Parallel()
	etcdtest.Need(t)
	pid := filepath.Join(t.TempDir(), "pid")
	run := filepath.Join(t.TempDir(), "run")
	script := "#!/bin/sh\necho $$ > '" + pid + "'\nexec '" + binary + "' \"$@\"\n"
	buildtest.Write(t, run, []byte(script))
	x, env := windowIn(t, []string{"RUN=" + run}, 120, 30, "--fleet", "3", "--auto-approve", "1ms")
	x.match(`(?i)sandbox`)
	x.match(`q quit|No account|no account`)
	dir, _ := throwaway(t, env)
	at := func(host string, args ...string) string {
		cmd := exec.Command(binary, append([]string{"--home", filepath.Join(dir, host)}, args...)...)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s on %s: %v\n%s", args, host, err, out)
		}
		return string(out)
	}
	at("host-3", "login", "minimax", "--label", "work")
	x.match(`work\s`)
	if first, second := at(".", "token", "work"), at("host-2", "token", "work"); first != second {
		t.Error("two hosts have two tokens")
	}
	var status struct {
		Hosts []struct {
			Name  string
			Alive bool
		}
	}
	await(t, func() bool {
		if err := json.Unmarshal([]byte(at("host-2", "fleet", "status", "--json")), &status); err != nil {
			t.Fatal(err)
		}
		for _, one := range status.Hosts {
			if !one.Alive {
				return false
			}
		}
		return len(status.Hosts) == 3
	})

	await(t, func() bool { return refreshes(t, dir, "host-2") && refreshes(t, dir, "host-3") })

	var settings struct{ Endpoints []string }
	data, err := os.ReadFile(filepath.Join(dir, "state", "fleet.json"))
	if err == nil {
		err = json.Unmarshal(data, &settings)
	}
	if err != nil || len(settings.Endpoints) != 1 {
		t.Fatalf("%s, %v", data, err)
	}
	text, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	process, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(process, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	x.match(`ended with 137`)
	await(t, func() bool { return !refreshes(t, dir, "host-2") && !refreshes(t, dir, "host-3") })
	await(t, func() bool {
		link, err := net.Dial("tcp", strings.TrimPrefix(settings.Endpoints[0], "http://"))
		if err == nil {
			_ = link.Close()
		}
		return err != nil
	})
}

// refreshes reports whether a process of a host refreshes what is due.
func refreshes(t *testing.T, dir, host string) bool {
	t.Helper()
	lock, free, err := lockfile.Try(filepath.Join(dir, host, "state", "auto.lock"))
	if err != nil {
		t.Fatal(err)
	}
	if free {
		_ = lock.Unlock()
	}
	return !free
}

// TestSandboxFleet_WindowLeavesNothing: what it has is gone with it.
func TestSandboxFleet_WindowLeavesNothing(t *testing.T) {
	t.Parallel()
	etcdtest.Need(t)
	x, env := windowIn(t, nil, 120, 30, "--fleet", "2")
	x.match(`q quit|No account|no account`)
	dir, _ := throwaway(t, env)
	at := filepath.Join(dir, "state", "fleet", "use.lock") // from when the window follows the fleet
	await(t, func() bool { _, err := os.Stat(at); return err == nil })
	x.press("q")
	x.match(`ended with 0`)
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s is left", dir)
	}
}
