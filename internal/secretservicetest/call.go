package secretservicetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"
)

const (
	serviceName = "org.freedesktop.secrets"
	servicePath = dbus.ObjectPath("/org/freedesktop/secrets")
	loginPath   = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")

	lockMethod     = "org.freedesktop.Secret.Service.Lock"
	searchMethod   = "org.freedesktop.Secret.Service.SearchItems"
	lockedProperty = "org.freedesktop.Secret.Collection.Locked"
)

// unlocked returns nil once the service answers and its login collection is
// open.
func (s *Service) unlocked(ctx context.Context) error {
	conn, err := dbus.Connect(s.bus, dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	var owned bool
	err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, serviceName).Store(&owned)
	if err != nil {
		return err
	}
	if !owned {
		return errors.New("nobody owns the name " + serviceName)
	}
	locked, err := conn.Object(serviceName, loginPath).GetProperty(lockedProperty)
	if err != nil {
		return err
	}
	if locked.Value() != false {
		return fmt.Errorf("the login collection's Locked is %v", locked.Value())
	}
	return nil
}

// Lock locks the login collection: from then on a prompt is needed, which
// nobody answers here.
func (s *Service) Lock() {
	s.t.Helper()
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	s.call(lockMethod, []any{[]dbus.ObjectPath{loginPath}}, &locked, &prompt)
}

// Items returns how many items are stored under a service's name.
func (s *Service) Items(service string) int {
	s.t.Helper()
	var open, locked []dbus.ObjectPath
	s.call(searchMethod, []any{map[string]string{"service": service}}, &open, &locked)
	return len(open) + len(locked)
}

func (s *Service) call(method string, args []any, results ...any) {
	s.t.Helper()
	conn, err := dbus.Connect(s.bus)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.Object(serviceName, servicePath).Call(method, 0, args...).Store(results...); err != nil {
		s.t.Fatal(err)
	}
}
