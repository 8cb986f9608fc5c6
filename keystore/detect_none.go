//go:build !linux && !netbsd && !openbsd && !darwin && !windows

package keystore

import (
	"context"
	"errors"
)

const keyringLabel = "OS keyring"

// reachable returns that there is none on this platform.
func reachable(func(string) string) error {
	return errors.New("this system has no keyring that is supported")
}

// detect reports that there is none on this platform.
func detect(_ context.Context, env func(string) string) Availability {
	return Availability{Presence: Absent, Reason: reachable(env).Error()}
}

// pinBus has nothing to do: there is no session bus.
func pinBus(func(string) string) error { return nil }
