package tui

import "testing"

// TestHelp_SaysWhatUnlocks: an encrypted file has no keyring to unlock.
func TestHelp_SaysWhatUnlocks(t *testing.T) {
	for kind, want := range map[string]string{"keyring": "unlock the keyring", "file": "hermes-tui unlock"} {
		b := newBackend(account("work"))
		b.snap.Store.Kind = kind
		in(t, b, func(d *driver) {
			d.press("?", "/", "l", "o", "c", "k", "e", "d")
			d.shows("locked", want)
		})
	}
}
