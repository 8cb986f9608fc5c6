// Package secretservicetest gives a test a real Secret Service of its own: a
// private session bus with gnome-keyring on it, in folders that go with the
// test. Nothing of whoever runs the tests is touched, as long as the keyring is
// only used by processes that are started with [Service.Env]: the keyring
// library of a process keeps to the bus that it met first.
//
// Where gnome-keyring or dbus is not installed the test is skipped with a line
// that says so; with HERMES_TUI_TEST_REQUIRE_KEYRING=1 it fails instead.
package secretservicetest

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Require is the variable that turns a skip into a failure.
const Require = "HERMES_TUI_TEST_REQUIRE_KEYRING"

// Service is a running Secret Service.
type Service struct {
	t    testing.TB
	home string
	bus  string
	stop func() // the bus

	keyring *exec.Cmd // the daemon
}

// Start starts a session bus and an unlocked keyring.
func Start(t testing.TB) *Service {
	t.Helper()
	need(t, "dbus-daemon", "gnome-keyring-daemon")
	s := newService(t)
	s.startBus("--session")
	s.StartKeyring()
	return s
}

// StartEmptyBus starts a session bus that nobody provides a Secret Service on,
// nor can be started for it.
func StartEmptyBus(t testing.TB) *Service {
	t.Helper()
	need(t, "dbus-daemon")
	s := newService(t)
	path := filepath.Join(s.home, "bus.conf")
	if err := os.WriteFile(path, []byte(emptyBus), 0o600); err != nil {
		t.Fatal(err)
	}
	s.startBus("--config-file=" + path)
	return s
}

// emptyBus is a configuration without folders of activatable services.
const emptyBus = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

func newService(t testing.TB) *Service {
	t.Helper()
	home, err := os.MkdirTemp("", "ss") // short: a socket's path is limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	for _, dir := range []string{"run", "data", "config", "cache"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return &Service{t: t, home: home, bus: "unix:path=" + filepath.Join(home, "run", "bus")}
}

func need(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, program)
		}
	}
}

func missing(t testing.TB, program string) {
	t.Helper()
	message := program + " is not installed, so there is no real Secret Service to test with"
	if os.Getenv(Require) != "" {
		t.Fatal(message)
	}
	t.Skip(message)
}

// Env returns the variables that a process needs to find this service, and that
// keep it out of the home folder of whoever runs the test.
func (s *Service) Env() []string {
	return []string{
		"HOME=" + s.home,
		"XDG_RUNTIME_DIR=" + filepath.Join(s.home, "run"),
		"XDG_DATA_HOME=" + filepath.Join(s.home, "data"),
		"XDG_CONFIG_HOME=" + filepath.Join(s.home, "config"),
		"XDG_CACHE_HOME=" + filepath.Join(s.home, "cache"),
		"DBUS_SESSION_BUS_ADDRESS=" + s.bus,
		"PATH=" + os.Getenv("PATH"),
	}
}

// Bus returns the address of the session bus.
func (s *Service) Bus() string { return s.bus }

// Home returns the folder that everything of the service lies in.
func (s *Service) Home() string { return s.home }

// PID returns the process id of the keyring daemon.
func (s *Service) PID() int { return s.keyring.Process.Pid }

func (s *Service) startBus(config string) {
	s.t.Helper()
	cmd := exec.Command("dbus-daemon", config, "--nofork", "--print-address", "--address="+s.bus)
	cmd.Env = s.Env()
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.stop = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	s.t.Cleanup(s.stop)
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		s.t.Fatalf("the session bus did not start: %q, %v", line, err)
	}
}

// StopBus kills the session bus; its socket stays behind, as after a crash.
func (s *Service) StopBus() { s.stop() }

// StartKeyring starts the keyring daemon with its login collection unlocked. A
// running one is killed first, because a call that reaches it while it is being
// replaced gets no answer; one that the bus has started meanwhile is replaced.
func (s *Service) StartKeyring() {
	s.t.Helper()
	if s.keyring != nil {
		_ = s.keyring.Process.Kill()
		_ = s.keyring.Wait()
	}
	cmd := exec.Command("gnome-keyring-daemon", "--replace", "--unlock", "--components=secrets", "--foreground")
	cmd.Env = s.Env()
	cmd.Stdin = strings.NewReader("password")
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.keyring = cmd
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	for err := s.unlocked(ctx); err != nil; err = s.unlocked(ctx) {
		select {
		case <-ctx.Done():
			s.t.Fatalf("the keyring did not become ready: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
