package main_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/hermes-tui/hermes-tui/internal/secretservicetest"
)

// desktopShell stands for the part of a desktop that shows notifications.
type desktopShell struct{ shown chan [2]string }

// Notify is the method of org.freedesktop.Notifications.
func (s desktopShell) Notify(_ string, _ uint32, _, summary, body string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	s.shown <- [2]string{summary, body}
	return 1, nil
}

// A desktop hears, by a real session bus, that an account needs its person; one
// that was not asked for hears nothing.
func TestWindow_TellsTheDesktop(t *testing.T) {
	t.Parallel()
	service := secretservicetest.StartEmptyBus(t)
	conn, err := dbus.Connect(service.Bus())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	shell := desktopShell{make(chan [2]string, 9)}
	if err := conn.Export(shell, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	for _, asked := range []bool{false, true} { // the first one would be heard before the second one
		b := flowBench(t)
		if asked {
			b.configure("browser = false\nnotify = [\"desktop\"]\n")
		}
		accounts("<b>work")(b)
		ctx, cancel := context.WithTimeout(t.Context(), 2*limit)
		defer cancel()
		cmd := b.command(ctx)
		cmd.Env = append(slices.Clone(cmd.Env), "TERM=xterm-256color", "LANG=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS="+service.Bus())
		x := open(t, cmd, 100, 30, false)
		x.match(`<b>work +.*\bok\b`)
		x.press("r")
		x.match(`needs you to sign in again`)
		if !asked {
			x.pressUntil(escape, `enter sign in again`)
			x.press("q")
			<-x.done
			continue
		}
		select {
		case got := <-shell.shown:
			if want := [2]string{"hermes-tui", "&lt;b&gt;work needs you to sign in again"}; got != want {
				t.Errorf("shown %q, want %q", got, want)
			}
		case <-time.After(limit):
			t.Error("the desktop was told nothing")
		}
	}
}
