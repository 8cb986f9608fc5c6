//go:build unix

package process

import "golang.org/x/sys/unix"

// NoCoreDumps keeps tokens in memory out of a core file.
func NoCoreDumps() {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
}
