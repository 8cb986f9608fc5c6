package keystore

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/secretservicetest"
)

// lookup is an environment.
func lookup(env map[string]string) func(string) string {
	return func(name string) string { return env[name] }
}

func TestDetect_FindsWhatIsThere(t *testing.T) {
	s, empty := secretservicetest.Start(t), secretservicetest.StartEmptyBus(t)
	run, folder := filepath.Join(s.Home(), "run"), t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		address, runtime string
		want             Presence
	}{
		"by its address":           {s.Bus(), "", Present},
		"by the runtime folder":    {"", run, Present},
		"autolaunch is no address": {"autolaunch:", run, Present},
		"the second address":       {"unix:path=/nonexistent/bus;" + s.Bus(), "", Present},
		"address with more to it":  {s.Bus() + ",guid=00", "", Present},
		"bus without a provider":   {empty.Bus(), run, Absent},
		"no address":               {"", "", Absent},
		"empty runtime folder":     {"", t.TempDir(), Absent},
		"no socket":                {"", folder, Absent},
		"disabled":                 {"disabled:", run, Absent},
		"autolaunch only":          {"autolaunch:", "", Absent},
		"socket that is missing":   {"unix:path=/nonexistent/bus,guid=00", run, Absent},
		"bad escape":               {"unix:path=/%zz", run, Absent},
	} {
		env := lookup(map[string]string{"DBUS_SESSION_BUS_ADDRESS": c.address, "XDG_RUNTIME_DIR": c.runtime})
		got := Detect(t.Context(), env)
		if got.Presence != c.want || got.Err != nil || (got.Reason == "") != (c.want == Present) {
			t.Errorf("%s: %+v, want presence %d and a reason if absent", name, got, c.want)
		}
	}
	s.StopBus()
	env := lookup(map[string]string{"DBUS_SESSION_BUS_ADDRESS": s.Bus()})
	if got := Detect(t.Context(), env); got.Presence != Absent || got.Err != nil {
		t.Errorf("a bus that died: %+v, want absent", got)
	}
}

// A bus that hangs may have a keyring on it: a new store must not be made in a
// file because of it.
func TestDetect_SilentBusIsNotAbsent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Read(make([]byte, 1)) // it asks who we are
		cancel()
	}()
	env := lookup(map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=" + path})
	found := Detect(ctx, env)
	if !errors.Is(found.Err, context.Canceled) {
		t.Fatalf("%+v, want an error", found)
	}
	_, err = Choose(Request{Available: func() Availability { return found }})
	if !errors.Is(err, ErrLocked) {
		t.Fatalf("%v, want locked and no file", err)
	}
}

func TestDetect_BusThatSpeaksNonsenseIsNotAbsent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
		_ = conn.Close()
	}()
	if found := Detect(t.Context(), lookup(map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=" + path})); found.Err == nil {
		t.Fatalf("%+v, want an error", found)
	}
}

func TestManager_ChoosesByWhatIsThere(t *testing.T) {
	s := secretservicetest.Start(t)
	with := &Manager{Getenv: lookup(map[string]string{"DBUS_SESSION_BUS_ADDRESS": s.Bus()})}
	if got, err := with.Choose(t.Context(), ""); err != nil || got.Kind != KindKeyring {
		t.Errorf("with a keyring: %+v, %v", got, err)
	}
	none := &Manager{Getenv: lookup(nil)}
	if got, err := none.Choose(t.Context(), ""); err != nil || got != (Choice{KindFile, Automatic, "no OS keyring here"}) {
		t.Errorf("without: %+v, %v", got, err)
	}
	if _, err := none.Choose(t.Context(), KindKeyring); !errors.Is(err, ErrUnavailable) {
		t.Errorf("a keyring that is remembered and away: %v, want unavailable", err)
	}
}
