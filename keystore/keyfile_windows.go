package keystore

import "os"

// checkKeyFile only looks whether the key is there: on Windows the profile that
// it lies in is closed to other users by its access list.
func checkKeyFile(path string) error {
	if _, err := os.Stat(path); err != nil {
		return unreadableKey(path, err)
	}
	return nil
}
