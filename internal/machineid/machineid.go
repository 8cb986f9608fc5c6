// Package machineid tells one machine from another, so that a copied folder of
// accounts is noticed before its single-use tokens are spent twice.
package machineid

import (
	"crypto/sha256"
	"encoding/hex"
)

// Get returns an id of this machine that says nothing else about it: a hash of
// the operating system's own id together with this program's name. It is empty
// where the system has none, as in many containers.
func Get() string {
	raw := systemID()
	if raw == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("hermes-tui\x00" + raw))
	return hex.EncodeToString(sum[:16])
}
