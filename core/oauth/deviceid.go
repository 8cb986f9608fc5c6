package oauth

import (
	"encoding/hex"
	"fmt"
	"io"

	"github.com/google/uuid"
)

// newDeviceID returns an id of a device: 32 random hex digits, as those of a UUID. It
// tells nothing of this machine, and no two sign-ins have the same.
func newDeviceID(r io.Reader) (string, error) {
	id, err := uuid.NewRandomFromReader(r)
	if err != nil {
		return "", fmt.Errorf("no randomness: %w", err)
	}
	return hex.EncodeToString(id[:]), nil
}
