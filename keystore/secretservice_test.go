//go:build linux

package keystore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/secretservicetest"
)

// child is the test binary run as a process of its own, because go-keyring
// keeps the connection of a process's first bus. It runs "put|get|delete|probe
// NAME SIZE" and prints the outcome.
func child(args []string) int {
	s := OpenKeyring(KeyringOptions{
		StoreID: "store", LockPath: os.Getenv("KEYSTORE_TEST_LOCK"), Backend: System{}, Label: KeyringLabel,
		Reachable: func() error { return Reachable(os.Getenv) },
	})
	if os.Getenv("KEYSTORE_TEST_HURRY") != "" {
		s.calls.limit = 300 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	size := 0
	_, _ = fmt.Sscan(args[2], &size)
	blob := bytes.Repeat([]byte("0123456789"), size/10+1)[:size]
	var err error
	switch args[0] {
	case "put":
		err = s.Put(ctx, args[1], blob)
	case "get":
		var got []byte
		if got, err = s.Get(ctx, args[1]); err == nil && !bytes.Equal(got, blob) {
			err = errors.New("other bytes")
		}
	case "delete":
		err = s.Delete(ctx, args[1])
	case "probe":
		err = s.Probe(ctx)
	}
	if err != nil {
		fmt.Println(ConditionOf(err), err)
		return 1
	}
	fmt.Println("ok")
	return 0
}

func call(t testing.TB, s *secretservicetest.Service, env []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(append(s.Env(), "KEYSTORE_TEST_CHILD=1", "KEYSTORE_TEST_LOCK="+filepath.Join(s.Home(), "keyring.lock")), env...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestSecretService_KeepsRecordsOfEverySize(t *testing.T) {
	s := secretservicetest.Start(t)
	for _, size := range []string{"1000", "3000", "20000"} {
		name := "rec." + size
		for _, step := range []string{"put", "get", "put", "delete", "delete"} {
			if got := call(t, s, nil, step, name, size); got != "ok" {
				t.Fatalf("%s of %s bytes: %s", step, size, got)
			}
		}
		if got := call(t, s, nil, "get", name, size); !strings.HasPrefix(got, fmt.Sprint(int(NotFound))) {
			t.Fatalf("after deleting: %s", got)
		}
	}
}

func TestSecretService_TwoWritersDoNotDisturbEachOther(t *testing.T) {
	s := secretservicetest.Start(t)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			name := fmt.Sprintf("w%d", i)
			for _, step := range []string{"put", "get", "delete"} {
				if got := call(t, s, nil, step, name, "4000"); got != "ok" {
					t.Errorf("%s %s: %s", step, name, got)
				}
			}
		})
	}
	wg.Wait()
}

func TestSecretService_LockedIsSaidAndNotWaitedForForEver(t *testing.T) {
	s := secretservicetest.Start(t)
	if got := call(t, s, nil, "put", "a", "100"); got != "ok" {
		t.Fatal(got)
	}
	s.Lock()
	if got := call(t, s, []string{"KEYSTORE_TEST_HURRY=1"}, "get", "a", "100"); !strings.HasPrefix(got, fmt.Sprint(int(Locked))) {
		t.Fatalf("got %q, want locked", got)
	}
}

func TestSecretService_StoppedDaemonMeetsTheDeadline(t *testing.T) {
	s := secretservicetest.Start(t)
	if err := syscall.Kill(s.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(s.PID(), syscall.SIGCONT) }()
	if got := call(t, s, []string{"KEYSTORE_TEST_HURRY=1"}, "get", "a", "1"); !strings.HasPrefix(got, fmt.Sprint(int(Locked))) {
		t.Fatalf("got %q, want locked", got)
	}
}

func TestSecretService_KilledDaemonIsNoLostSecret(t *testing.T) {
	s := secretservicetest.Start(t)
	if got := call(t, s, nil, "put", "a", "3000"); got != "ok" {
		t.Fatal(got)
	}
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	got := call(t, s, []string{"KEYSTORE_TEST_HURRY=1"}, "get", "a", "3000")
	if strings.HasPrefix(got, fmt.Sprint(int(NotFound))) || got == "ok" {
		t.Fatalf("got %q, want locked or unavailable", got)
	}
	s.StartKeyring()
	if got := call(t, s, nil, "get", "a", "3000"); got != "ok" {
		t.Fatalf("after the daemon is back: %s", got)
	}
}

func TestDetect_FindsWhatIsThere(t *testing.T) {
	s := secretservicetest.Start(t)
	env := func(name string) string {
		if name == "DBUS_SESSION_BUS_ADDRESS" {
			return s.Bus()
		}
		return ""
	}
	if got := Detect(t.Context(), env); got.Presence != Present || got.Err != nil {
		t.Fatalf("with a keyring: %+v", got)
	}
	runtime := func(name string) string {
		if name == "XDG_RUNTIME_DIR" {
			return filepath.Join(s.Home(), "run")
		}
		return ""
	}
	if got := Detect(t.Context(), runtime); got.Presence != Present {
		t.Fatalf("by the runtime folder: %+v", got)
	}
	for _, address := range []string{"", "disabled:", "autolaunch:", "unix:path=/nonexistent/bus"} {
		got := Detect(t.Context(), func(name string) string {
			if name == "DBUS_SESSION_BUS_ADDRESS" {
				return address
			}
			return ""
		})
		if got.Presence != Absent || got.Err != nil || got.Reason == "" {
			t.Errorf("%q: %+v, want absent with a reason", address, got)
		}
	}
}

func BenchmarkSecretService(b *testing.B) {
	s := secretservicetest.Start(b)
	b.Run("process put get delete 2 kB", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			name := fmt.Sprintf("b%d", i)
			for _, step := range []string{"put", "get", "delete"} {
				if got := call(b, s, nil, step, name, "2000"); got != "ok" {
					b.Fatal(got)
				}
			}
		}
	})
}

func BenchmarkFile(b *testing.B) {
	s := fileStore(b)
	blob := make([]byte, 2000)
	i := 0
	b.Run("Put", func(b *testing.B) {
		for b.Loop() {
			i++
			if err := s.Put(b.Context(), fmt.Sprintf("p%d", i), blob); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Get", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Get(b.Context(), "p1"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
