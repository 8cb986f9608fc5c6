package inhibit_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/hermes-tui/hermes-tui/internal/inhibit"
	"github.com/hermes-tui/hermes-tui/internal/secretservicetest"
)

// login is a login manager that gives inhibitors out, and has the other end of each.
type login struct {
	asked chan [4]string
	given chan [2]*os.File
	hold  <-chan struct{} // an answer waits for it
}

// Inhibit is the method of org.freedesktop.login1.Manager.
func (l *login) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	l.asked <- [4]string{what, who, why, mode}
	<-l.hold
	ours, theirs, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	fd := dbus.UnixFD(theirs.Fd())
	l.given <- [2]*os.File{ours, theirs}
	return fd, nil
}

// onBus has a login manager on a bus of the test's own.
func onBus(t *testing.T, hold <-chan struct{}) (*login, string) {
	t.Helper()
	bus := secretservicetest.StartEmptyBus(t)
	conn, err := dbus.Connect(bus.Bus())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	l := &login{asked: make(chan [4]string, 1), given: make(chan [2]*os.File, 1), hold: hold}
	if err := conn.Export(l, "/org/freedesktop/login1", "org.freedesktop.login1.Manager"); err != nil {
		t.Fatal(err)
	}
	if got, err := conn.RequestName("org.freedesktop.login1", dbus.NameFlagDoNotQueue); err != nil || got != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("%v, %v", got, err)
	}
	return l, bus.Bus()
}

func TestHold(t *testing.T) {
	now := make(chan struct{})
	close(now)
	l, address := onBus(t, now)
	release := inhibit.Logind{Address: address, Wait: time.Minute}.Hold("a token is being refreshed")
	if got := <-l.asked; got != [4]string{"sleep", "hermes-tui", "a token is being refreshed", "delay"} {
		t.Errorf("asked for %v", got)
	}
	given := <-l.given
	defer func() { _ = given[0].Close() }()
	if !held(t, given, 20*time.Millisecond) {
		t.Error("it is not held before release")
	}
	release()
	if held(t, given, time.Minute) {
		t.Error("it is held after release")
	}
}

// held reports whether somebody else has the other end of an inhibitor, after so long.
func held(t *testing.T, given [2]*os.File, limit time.Duration) bool {
	t.Helper()
	_ = given[1].Close() // it has been sent
	if err := given[0].SetReadDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
	_, err := given[0].Read(make([]byte, 1))
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// A bus that hangs, or is none, holds nothing up; what it answers after release is let go
// of.
func TestHold_NoAnswer(t *testing.T) {
	inhibit.Logind{}.Hold("nothing")()
	inhibit.Logind{Address: "disabled:", Wait: time.Minute}.Hold("nothing")()
	inhibit.Logind{Address: "unix:path=/nowhere/bus", Wait: time.Minute}.Hold("nothing")()
	t.Run("it takes connections and says nothing", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "bus")
		listener, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }()
		inhibit.Logind{Address: "unix:path=" + path, Wait: time.Millisecond}.Hold("nothing")()
	})
	t.Run("the login manager says nothing", func(t *testing.T) {
		hold := make(chan struct{})
		l, address := onBus(t, hold)
		release := inhibit.Logind{Address: address, Wait: time.Millisecond}.Hold("late")
		<-l.asked
		release()
		close(hold)
		given := <-l.given
		defer func() { _ = given[0].Close() }()
		if held(t, given, time.Minute) {
			t.Error("what came too late is held")
		}
	})
	t.Run("nobody is there", func(t *testing.T) {
		bus := secretservicetest.StartEmptyBus(t)
		inhibit.Logind{Address: bus.Bus(), Wait: time.Minute}.Hold("nothing")()
	})
}
