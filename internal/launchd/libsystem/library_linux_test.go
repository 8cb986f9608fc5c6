package libsystem

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"
)

// standIn is the library of testdata, and how many of its arrays were given back.
func standIn(t *testing.T) (l *Library, freed func() int32) {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		if slices.Contains(strings.Split(os.Getenv("HERMES_TUI_TEST_REQUIRE"), ","), "gcc") {
			t.Fatal(err)
		}
		t.Skipf("there is no gcc here, which compiles the stand-in of launchd's C function: %v", err)
	}
	path := filepath.Join(t.TempDir(), "standin.so")
	source := filepath.Join("testdata", "standin.c")
	if _, err := os.ReadFile(source); err != nil { // so that the test cache sees it change
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "gcc", "-shared", "-fPIC", "-fno-builtin", "-Wall", "-Werror", "-o", path, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := purego.Dlopen(path, purego.RTLD_NOW)
	if err != nil {
		t.Fatal(err)
	}
	var strange func() int32
	purego.RegisterLibFunc(&freed, handle, "freed_arrays")
	purego.RegisterLibFunc(&strange, handle, "strange_arrays")
	t.Cleanup(func() {
		if n := strange(); n != 0 {
			t.Errorf("%d times something was freed that did not come from there", n)
		}
	})
	return l, freed
}

// The sockets are real ones, come with their own names, are not inherited by
// programs that are started, and the array that they came in is given back once.
func TestSockets(t *testing.T) {
	l, freed := standIn(t)
	files, err := l.Sockets("proxy")
	if err != nil || len(files) != 2 {
		t.Fatalf("%d sockets, %v", len(files), err)
	}
	for _, file := range files {
		if flags, err := unix.FcntlInt(file.Fd(), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("%s: the flags are %#x, %v", file.Name(), flags, err)
		}
		listener, err := net.FileListener(file)
		_ = file.Close()
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		go func() {
			if conn, err := listener.Accept(); err == nil {
				fmt.Fprintln(conn, "well met at", listener.Addr())
				_ = conn.Close()
			}
		}()
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != "well met at "+conn.RemoteAddr().String()+"\n" {
			t.Errorf("%q, %v", line, err)
		}
	}
	if n := freed(); n != 1 {
		t.Errorf("%d arrays were given back", n)
	}
	if files, err := l.Sockets("proxy"); len(files) > 0 || err == nil || !strings.Contains(err.Error(), "taken it before") {
		t.Errorf("a second time: %d sockets, %v", len(files), err)
	}
	if n := freed(); n != 1 {
		t.Errorf("%d arrays were given back after an error", n)
	}
}

// A name that is not in the property list and a process that is not launchd's have
// no sockets; whatever else keeps launchd from handing one over is an error.
func TestSockets_None(t *testing.T) {
	l, freed := standIn(t)
	for _, name := range []string{"unknown", "unmanaged"} {
		if files, err := l.Sockets(name); files != nil || err != nil {
			t.Errorf("%s: %d sockets, %v", name, len(files), err)
		}
	}
	if _, err := l.Sockets("denied"); !errors.Is(err, syscall.EPERM) {
		t.Errorf("denied: %v", err)
	}
	for given, name := range []string{"null", "zero"} {
		if files, err := l.Sockets(name); files != nil || err == nil || !strings.Contains(err.Error(), "could not open it") {
			t.Errorf("%s: %d sockets, %v", name, len(files), err)
		}
		if n := freed(); n != int32(given) {
			t.Errorf("%s: %d arrays were given back", name, n)
		}
	}
}

// What is no library, or has not the function, is an error and no panic.
func TestOpen(t *testing.T) {
	for path, want := range map[string]string{
		filepath.Join(t.TempDir(), "none.so"): "none.so",
		"libc.so.6":                           "launch_activate_socket",
	} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
