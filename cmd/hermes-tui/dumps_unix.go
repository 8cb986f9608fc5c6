//go:build unix

package main

import "golang.org/x/sys/unix"

// noCoreDumps keeps tokens in memory out of a core file.
func noCoreDumps() {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
}
