//go:build linux || netbsd || openbsd

package keystore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"
)

const keyringLabel = "Secret Service"

const secretService = "org.freedesktop.secrets"

// detectTime bounds asking the bus.
const detectTime = 3 * time.Second

// busVariable holds the address of the session bus.
const busVariable = "DBUS_SESSION_BUS_ADDRESS"

// busAddress returns the address of the session bus, empty without one. env
// looks a variable up.
func busAddress(env func(string) string) string {
	if address := env(busVariable); address != "" && address != "autolaunch:" {
		return address
	}
	if runtime := env("XDG_RUNTIME_DIR"); runtime != "" {
		path := filepath.Join(runtime, "bus")
		if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
			return "unix:path=" + dbus.EscapeBusAddressValue(path)
		}
	}
	return ""
}

// pinBus makes go-keyring use the bus that [Detect] looks at. Left to itself it
// takes the one in /run/user, whatever XDG_RUNTIME_DIR says, and where there is
// none it starts one.
func pinBus(env func(string) string) error {
	address := busAddress(env)
	if address == "" || address == env(busVariable) {
		return nil
	}
	return os.Setenv(busVariable, address)
}

// reachable returns why the keyring must not even be called, nil when it may:
// without a session bus go-keyring starts one, and a keyring daemon, that stay
// behind.
func reachable(env func(string) string) error {
	address := busAddress(env)
	if address == "" || strings.HasPrefix(address, "disabled:") {
		return errors.New("there is no session bus")
	}
	for one := range strings.SplitSeq(address, ";") {
		if !socketMissing(one) {
			return nil
		}
	}
	return errors.New("the session bus is gone")
}

// socketMissing reports whether an address names a socket in the file system
// that is not there. Of other kinds of addresses only a call can tell.
func socketMissing(address string) bool {
	options, ok := strings.CutPrefix(address, "unix:")
	if !ok {
		return address == ""
	}
	for option := range strings.SplitSeq(options, ",") {
		escaped, ok := strings.CutPrefix(option, "path=")
		if !ok {
			continue
		}
		path, err := dbus.UnescapeBusAddressValue(escaped)
		if err != nil {
			return true
		}
		_, err = os.Stat(path)
		return errors.Is(err, fs.ErrNotExist)
	}
	return false
}

// detect finds out whether this machine has a Secret Service, by asking the
// session bus; nothing is started or unlocked. A bus that does not answer is an
// error and not an absence: nothing may be decided on it.
func detect(ctx context.Context, env func(string) string) Availability {
	if err := reachable(env); err != nil {
		return Availability{Presence: Absent, Reason: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, detectTime)
	defer cancel()
	conn, err := dbus.Connect(busAddress(env), dbus.WithContext(ctx))
	if err != nil {
		return unreachableBus(ctx, err)
	}
	defer func() { _ = conn.Close() }()
	for _, method := range []string{"org.freedesktop.DBus.ListNames", "org.freedesktop.DBus.ListActivatableNames"} {
		var names []string
		if err := conn.BusObject().CallWithContext(ctx, method, 0).Store(&names); err != nil {
			return Availability{Err: fmt.Errorf("the session bus did not answer: %w", err)}
		}
		if slices.Contains(names, secretService) {
			return Availability{Presence: Present}
		}
	}
	return Availability{Presence: Absent, Reason: "nothing provides " + secretService}
}

// unreachableBus tells a bus that is not there from one that does not answer.
func unreachableBus(ctx context.Context, err error) Availability {
	switch {
	case ctx.Err() != nil: // whatever err says: the connection was closed on us
		return Availability{Err: fmt.Errorf("the session bus did not answer: %w", ctx.Err())}
	case errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist):
		return Availability{Presence: Absent, Reason: "the session bus is gone"}
	}
	return Availability{Err: fmt.Errorf("the session bus cannot be used: %w", err)}
}
