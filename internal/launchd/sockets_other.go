//go:build !darwin

package launchd

import "os"

// Sockets returns nothing: only macOS has launchd.
func Sockets(string) ([]*os.File, error) { return nil, nil }
