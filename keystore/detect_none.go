//go:build !linux && !netbsd && !openbsd && !darwin && !windows

package keystore

import (
	"context"
	"errors"
)

// KeyringLabel is what people call the OS keyring of this platform.
const KeyringLabel = "OS keyring"

// Reachable returns that there is none on this platform.
func Reachable(func(string) string) error {
	return errors.New("this system has no keyring that is supported")
}

// Detect reports that there is none on this platform.
func Detect(_ context.Context, env func(string) string) Availability {
	return Availability{Presence: Absent, Reason: Reachable(env).Error()}
}

// pinBus has nothing to do: there is no session bus.
func pinBus(func(string) string) error { return nil }
