//go:build !linux

package keystore

// child is for the real Secret Service, which only the tests on Linux start.
func child([]string) int { return 2 }
