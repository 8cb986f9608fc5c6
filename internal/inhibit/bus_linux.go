package inhibit

import (
	"cmp"
	"context"
	"os"
	"strings"
	"syscall"

	"github.com/godbus/dbus/v5"
)

// systemBus is where the bus is where nothing else is said.
const systemBus = "/run/dbus/system_bus_socket"

// System returns the login manager of this machine. env looks a variable up.
func System(env func(string) string) Logind {
	address := env("DBUS_SYSTEM_BUS_ADDRESS")
	if address == "" {
		if _, err := os.Stat(systemBus); err != nil {
			return Logind{}
		}
	}
	return Logind{Address: cmp.Or(address, "unix:path="+systemBus), Wait: Wait}
}

// ask asks for an inhibitor, until end is closed, and returns what frees it. It asks
// nobody to be started.
func ask(address, why string, end <-chan struct{}) (free func()) {
	free = func() {}
	if strings.HasPrefix(address, "disabled:") {
		return free
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-end:
			cancel()
		case <-ctx.Done():
		}
	}()
	conn, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return free
	}
	defer func() { _ = conn.Close() }()
	// The call ends with the connection, and not before: what was answered is never left
	// behind, where it would hold until this program ends.
	call := <-conn.Object("org.freedesktop.login1", "/org/freedesktop/login1").
		Go("org.freedesktop.login1.Manager.Inhibit", dbus.FlagNoAutoStart, make(chan *dbus.Call, 1), "sleep", "hermes-tui", why, "delay").Done
	var fd dbus.UnixFD
	if call.Err != nil || call.Store(&fd) != nil || fd < 0 {
		return free
	}
	syscall.CloseOnExec(int(fd))
	return func() { _ = syscall.Close(int(fd)) }
}
