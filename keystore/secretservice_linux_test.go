package keystore

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
	"github.com/hermes-tui/hermes-tui/internal/secretservicetest"
)

const hurry = "KEYSTORE_TEST_HURRY=1" // calls may take 0.3 s

func process(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(slices.Clone(env), "KEYSTORE_TEST_CHILD=1",
		"GORACE=atexit_sleep_ms=0") // the race detector waits a second at the end of a process
	return cmd
}

// run lets a process do one thing and returns what it printed.
func run(t testing.TB, env []string, args ...string) string {
	t.Helper()
	out, err := process(t, env, args...).Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// expect runs each step and compares the first word that it prints.
func expect(t testing.TB, env []string, want string, steps ...string) {
	t.Helper()
	for _, step := range steps {
		got := run(t, env, strings.Fields(step)...)
		if word, _, _ := strings.Cut(got, " "); word != want {
			t.Errorf("%s: %q, want %s", step, got, want)
		}
	}
}

func TestSecretService_KeepsRecordsOfEverySize(t *testing.T) {
	s := secretservicetest.Start(t)
	for size, items := range map[string]int{"0": 1, "1000": 1, "3000": 3, "20000": 15} {
		name := "rec." + size + " " + size
		expect(t, s.Env(), "ok", "put "+name, "get "+name, "put "+name)
		if n := s.Items("hermes-tui"); n != items {
			t.Errorf("%s bytes are %d items, want %d", size, n, items)
		}
		expect(t, s.Env(), "ok", "delete "+name, "delete "+name)
		expect(t, s.Env(), "not-found", "get "+name)
	}
	expect(t, s.Env(), "ok", "probe x 0")
	expect(t, s.Env(), "too-large", "put big 100000")
	if n := s.Items("hermes-tui"); n != 0 {
		t.Errorf("%d items stay behind", n)
	}
}

// What is listed is this store's, by name; a locked keyring is not asked to open.
func TestSecretService_ListsItsItems(t *testing.T) {
	s := secretservicetest.Start(t)
	expect(t, s.Env(), "ok", "list x 0", "put aa.0d 10", "put aa.0e 5000")
	names, _, _ := strings.Cut(run(t, s.Env(), "list", "x", "0"), " ")
	got := strings.Split(names, ",")
	slices.Sort(got)
	if want := []string{"aa.0d", "aa.0e"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	s.Lock()
	expect(t, s.Env(), "locked", "list x 0")
}

func TestSecretService_IsWriteOnce(t *testing.T) {
	s := secretservicetest.Start(t)
	expect(t, s.Env(), "ok", "put a 2000")
	expect(t, s.Env(), "damaged", "put a 2001", "put a 10")
	expect(t, s.Env(), "ok", "get a 2000")
}

func TestSecretService_ManyProcessesWriteAtOnce(t *testing.T) {
	s := secretservicetest.Start(t)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			blob := fmt.Sprintf("w%d 4000", i)
			expect(t, s.Env(), "ok", "put "+blob, "get "+blob, "delete "+blob)
		})
	}
	wg.Wait()
	if n := s.Items("hermes-tui"); n != 0 {
		t.Errorf("%d items stay behind", n)
	}
}

// A reader takes no lock, so a secret may be deleted between being found and
// being read. That is a secret that is missing, not a keyring that is broken.
func TestSecretService_ReaderRacesADeletion(t *testing.T) {
	s := secretservicetest.Start(t)
	expect(t, s.Env(), "ok", "race a 2000")
}

func TestSecretService_KilledWriterLeavesNothingThatCounts(t *testing.T) {
	s := secretservicetest.Start(t)
	for items := 1; items <= 4; items++ {
		name := fmt.Sprintf("k%d 5000", items) // four items
		writer := process(t, s.Env(), append([]string{"slowly"}, strings.Fields(name)...)...)
		out, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range items {
			if !lines.Scan() || !strings.HasPrefix(lines.Text(), "writing store/k") {
				t.Fatalf("the writer said %q", lines.Text())
			}
		}
		if err := writer.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = writer.Wait()
		if got := run(t, s.Env(), append([]string{"get"}, strings.Fields(name)...)...); got != "ok" && !strings.HasPrefix(got, "not-found") {
			t.Errorf("killed at item %d: %q, want all or nothing", items, got)
		}
		expect(t, s.Env(), "ok", "put "+name, "get "+name, "delete "+name)
	}
	if n := s.Items("hermes-tui"); n != 0 {
		t.Errorf("%d items stay behind", n)
	}
}

func TestSecretService_LockedIsSaidAndNotWaitedForForEver(t *testing.T) {
	s := secretservicetest.Start(t)
	expect(t, s.Env(), "ok", "put a 100")
	s.Lock()
	env := append(s.Env(), hurry)
	expect(t, env, "locked", "get a 100", "put b 100", "delete a 100", "probe x 0")
	s.StartKeyring()
	expect(t, s.Env(), "ok", "get a 100")
	expect(t, s.Env(), "not-found", "get b 100")
}

func TestSecretService_StoppedDaemonMeetsTheDeadline(t *testing.T) {
	s := secretservicetest.Start(t)
	expect(t, s.Env(), "ok", "put a 100")
	if err := syscall.Kill(s.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	expect(t, append(s.Env(), hurry), "locked", "get a 100", "put b 100", "delete a 100", "probe x 0")
	if err := syscall.Kill(s.PID(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	expect(t, s.Env(), "ok", "get a 100")
}

func TestSecretService_KilledDaemonIsNoLostSecret(t *testing.T) {
	s := secretservicetest.Start(t)
	expect(t, s.Env(), "ok", "put a 3000")
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	got := run(t, append(s.Env(), hurry), "get", "a", "3000")
	if word, _, _ := strings.Cut(got, " "); word != "locked" && word != "unavailable" {
		t.Errorf("%q, want locked or unavailable", got)
	}
	s.StartKeyring()
	expect(t, s.Env(), "ok", "get a 3000")
}

func TestSecretService_BusThatDies(t *testing.T) {
	s := secretservicetest.Start(t)
	expect(t, s.Env(), "ok", "put a 100")
	reader := process(t, s.Env(), "twice", "a", "100")
	in, err := reader.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := reader.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "read once\n" {
		t.Fatalf("the reader said %q, %v", line, err)
	}
	s.StopBus()
	if _, err := io.WriteString(in, "go on\n"); err != nil {
		t.Fatal(err)
	}
	if line, _ := lines.ReadString('\n'); !strings.HasPrefix(line, "unavailable ") {
		t.Errorf("a connection that broke: %q, want unavailable", line)
	}
	_ = reader.Wait()
	expect(t, s.Env(), "unavailable", "get a 100", "put b 100", "probe x 0")
}

// trap puts a dbus-launch into the path that leaves a mark when it is started.
func trap(t *testing.T, env []string) (trapped []string, mark string) {
	t.Helper()
	dir := t.TempDir()
	mark = filepath.Join(dir, "started")
	script := "#!/bin/sh\n: > '" + mark + "'\nexit 1\n"
	buildtest.Write(t, filepath.Join(dir, "dbus-launch"), []byte(script))
	return append(env, "PATH="+dir+":"+os.Getenv("PATH")), mark
}

// without returns env without the bus's address, and perhaps without more.
func without(env []string, names ...string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(names, name)
	})
}

func TestSecretService_NothingIsStartedWithoutABus(t *testing.T) {
	home := t.TempDir()
	env, mark := trap(t, []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home})
	for _, address := range []string{"", "autolaunch:", "disabled:", "unix:path=/nonexistent/bus"} {
		env := append(slices.Clone(env), "DBUS_SESSION_BUS_ADDRESS="+address)
		expect(t, env, "unavailable", "get a 1", "put a 1", "delete a 1", "probe x 0")
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a bus was started")
	}
}

func TestSecretService_BusOfTheRuntimeFolder(t *testing.T) {
	s := secretservicetest.Start(t)
	env, mark := trap(t, without(s.Env(), "DBUS_SESSION_BUS_ADDRESS"))
	for _, env := range [][]string{env, append(slices.Clone(env), "DBUS_SESSION_BUS_ADDRESS=autolaunch:")} {
		expect(t, env, "ok", "put a 100", "get a 100", "delete a 100")
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a bus was started beside the one that is there")
	}
}

func TestSecretService_BusWithoutAProvider(t *testing.T) {
	s := secretservicetest.StartEmptyBus(t)
	expect(t, s.Env(), "unavailable", "get a 1", "put a 1", "delete a 1", "probe x 0")
}

func BenchmarkSecretService(b *testing.B) {
	s := secretservicetest.Start(b)
	for _, size := range []string{"1000", "3000", "20000"} {
		b.Run(size+"B", func(b *testing.B) {
			for b.Loop() {
				for line := range strings.Lines(run(b, s.Env(), "time", "b", size)) {
					var what string
					var ns float64
					if n, _ := fmt.Sscan(line, &what, &ns); n == 2 {
						b.ReportMetric(ns, "ns/"+what)
					} else if strings.TrimSpace(line) != "ok" {
						b.Fatal(line)
					}
				}
			}
		})
	}
}
