//go:build linux || netbsd || openbsd

package keystore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// KeyringLabel is what people call the OS keyring of this platform.
const KeyringLabel = "Secret Service"

const secretService = "org.freedesktop.secrets"

// detectTime bounds asking the bus.
const detectTime = 3 * time.Second

// busAddress returns the address of the session bus, empty without one. env
// looks a variable up.
func busAddress(env func(string) string) string {
	if address := env("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return address
	}
	if runtime := env("XDG_RUNTIME_DIR"); runtime != "" {
		path := filepath.Join(runtime, "bus")
		if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
			return "unix:path=" + path
		}
	}
	return ""
}

// Reachable returns why the keyring must not even be called, nil when it may:
// without a session bus go-keyring starts one, and a keyring daemon, that stay
// behind.
func Reachable(env func(string) string) error {
	address := busAddress(env)
	if address == "" || strings.HasPrefix(address, "disabled:") || strings.HasPrefix(address, "autolaunch:") {
		return errors.New("there is no session bus")
	}
	if path, ok := strings.CutPrefix(address, "unix:path="); ok {
		path, _, _ = strings.Cut(path, ",")
		if _, err := os.Stat(path); err != nil {
			return errors.New("the session bus is gone")
		}
	}
	return nil
}

// Detect finds out whether this machine has a Secret Service, by asking the
// session bus; nothing is started or unlocked.
func Detect(ctx context.Context, env func(string) string) Availability {
	if err := Reachable(env); err != nil {
		return Availability{Presence: Absent, Reason: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, detectTime)
	defer cancel()
	conn, err := dbus.Connect(busAddress(env), dbus.WithContext(ctx))
	if err != nil {
		return unreachableBus(err)
	}
	defer func() { _ = conn.Close() }()
	for _, method := range []string{"org.freedesktop.DBus.ListNames", "org.freedesktop.DBus.ListActivatableNames"} {
		var names []string
		if err := conn.BusObject().CallWithContext(ctx, method, 0).Store(&names); err != nil {
			return Availability{Err: fmt.Errorf("the session bus did not answer: %w", err)}
		}
		for _, name := range names {
			if name == secretService {
				return Availability{Presence: Present}
			}
		}
	}
	return Availability{Presence: Absent, Reason: "nothing provides " + secretService}
}

// unreachableBus tells a bus that is not there from one that does not answer.
func unreachableBus(err error) Availability {
	var op *net.OpError
	if errors.As(err, &op) && !op.Timeout() {
		return Availability{Presence: Absent, Reason: "the session bus is gone"}
	}
	return Availability{Err: fmt.Errorf("the session bus did not answer: %w", err)}
}
