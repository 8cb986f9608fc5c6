//go:build unix

// Command peak runs a program and prints the most memory that it took, in
// kilobytes, on Linux. It is smaller than what it measures: the peak of a process counts
// what its parent took when it was forked.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}
