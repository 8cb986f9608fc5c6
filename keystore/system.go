package keystore

import "github.com/zalando/go-keyring"

// System is the OS keyring of this machine: the Secret Service on Linux and
// BSD, the Keychain on macOS, the Credential Manager on Windows.
//
// go-keyring is used on every platform, on macOS through /usr/bin/security: an
// upgrade of this program then does not make the Keychain ask again.
type System struct{}

// Set implements [Backend].
func (System) Set(service, user, text string) error { return keyring.Set(service, user, text) }

// Get implements [Backend].
func (System) Get(service, user string) (string, error) { return keyring.Get(service, user) }

// Delete implements [Backend].
func (System) Delete(service, user string) error { return keyring.Delete(service, user) }
