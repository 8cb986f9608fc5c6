package keystore

import "github.com/zalando/go-keyring"

// System is the OS keyring of this machine: the Secret Service on Linux and
// BSD, the Keychain on macOS, the Credential Manager on Windows.
//
// go-keyring is used on every platform, on macOS through /usr/bin/security: an
// upgrade of this program then does not make the Keychain ask again.
type System struct{}

// searches is how often an item that vanishes under its reader is looked for.
const searches = 4

// Set implements [Backend].
func (System) Set(service, user, text string) error { return keyring.Set(service, user, text) }

// Get implements [Backend]. go-keyring first searches the item and then reads
// it; one that another process deletes in between is searched again, so that it
// is reported as missing and not as a broken keyring.
func (System) Get(service, user string) (text string, err error) {
	for range searches {
		if text, err = keyring.Get(service, user); !vanished(err) {
			break
		}
	}
	return text, err
}

// Delete implements [Backend].
func (System) Delete(service, user string) error { return keyring.Delete(service, user) }
