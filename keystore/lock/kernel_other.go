//go:build !linux

package lock

// Platform are the holders of this platform beside the OS keyring: none.
func Platform() []Holder { return nil }
