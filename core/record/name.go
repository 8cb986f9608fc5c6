package record

import (
	"encoding/hex"
	"io"
)

// ValidID reports whether id may be an account's: 6 to 64 lower-case hex
// digits. Ids made here have ten; six-digit ones come from imports.
func ValidID(id string) bool {
	return len(id) >= 6 && isHex(id)
}

// CheckID returns an error with code no_such_account for an id that no account
// can have.
func CheckID(id string) error {
	if ValidID(id) {
		return nil
	}
	return noSuchAccount(id)
}

// known reports whether there can be a record with this id.
func known(id string) bool { return ValidID(id) || isKeys(id) }

// isHex reports whether text is 1 to 64 lower-case hex digits.
func isHex(text string) bool {
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return text != "" && len(text) <= 64
}

// newID returns a random account id of ten hex digits.
func newID(random io.Reader) (string, error) { return randomHex(random, 5) }

// blobName returns a new name for a blob of an account: the account's id and
// 128 random bits, so that it is never used twice.
func blobName(random io.Reader, id string) (string, error) {
	tail, err := randomHex(random, 16)
	if err != nil {
		return "", err
	}
	return id + "." + tail, nil
}

func randomHex(random io.Reader, n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	return hex.EncodeToString(b), nil
}
