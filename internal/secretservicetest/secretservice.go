// Package secretservicetest gives a test a real Secret Service of its own: a
// private session bus with gnome-keyring on it, in folders that go with the
// test. Nothing of whoever runs the tests is touched.
//
// Where gnome-keyring or dbus is not installed the test is skipped with a line
// that says so; with HERMES_TUI_TEST_REQUIRE_KEYRING=1 it fails instead.
package secretservicetest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// Require is the variable that turns a skip into a failure.
const Require = "HERMES_TUI_TEST_REQUIRE_KEYRING"

// Service is a running Secret Service.
type Service struct {
	t    testing.TB
	home string
	bus  string
	pid  int // of the keyring daemon
}

// Start starts a session bus and an unlocked keyring.
func Start(t testing.TB) *Service {
	t.Helper()
	for _, program := range []string{"dbus-daemon", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, program)
		}
	}
	home, err := os.MkdirTemp("", "ss") // short: a socket's path is limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	s := &Service{t: t, home: home}
	for _, dir := range []string{"run", "data", "config", "cache"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.startBus()
	s.StartKeyring()
	return s
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
func (s *Service) PID() int { return s.pid }

func (s *Service) startBus() {
	s.t.Helper()
	s.bus = "unix:path=" + filepath.Join(s.home, "run", "bus")
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address", "--address="+s.bus)
	cmd.Env = s.Env()
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		s.t.Fatalf("the session bus did not start: %q, %v", line, err)
	}
}

// StartKeyring starts the keyring daemon with its login collection unlocked.
func (s *Service) StartKeyring() {
	s.t.Helper()
	cmd := exec.Command("gnome-keyring-daemon", "--replace", "--unlock", "--components=secrets", "--foreground")
	cmd.Env = s.Env()
	cmd.Stdin = strings.NewReader("password")
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.pid = cmd.Process.Pid
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

// unlocked returns nil once the service answers and its login collection is
// open.
func (s *Service) unlocked(ctx context.Context) error {
	conn, err := dbus.Connect(s.bus, dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	var owned bool
	if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.secrets").Store(&owned); err != nil || !owned {
		return fmt.Errorf("no owner yet (%w)", err)
	}
	locked, err := conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login").
		GetProperty("org.freedesktop.Secret.Collection.Locked")
	if err != nil {
		return err
	}
	if locked.Value() != false {
		return fmt.Errorf("locked is %v", locked.Value())
	}
	return nil
}

// Lock locks the login collection: from then on a prompt is needed, which
// nobody answers here.
func (s *Service) Lock() {
	s.t.Helper()
	conn, err := dbus.Connect(s.bus)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	paths := []dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"}
	call := conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").Call("org.freedesktop.Secret.Service.Lock", 0, paths)
	if call.Err != nil {
		s.t.Fatal(call.Err)
	}
}
