//go:build unix

package serve

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// childSignals are signals that belong to the command of `exec` while it runs.
type childSignals struct{ got chan os.Signal }

// takeSignals keeps signals from ending this process: it lives as long as the
// command does.
func takeSignals() childSignals {
	all := []os.Signal{
		syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGWINCH,
	}
	signal.Reset(all...)
	s := childSignals{make(chan os.Signal, 16)}
	signal.Notify(s.got, all...)
	return s
}

// passOn hands signals to the command. Those that a terminal sends when a key is
// pressed, or its size changes, go to the command by themselves when both are
// in the terminal's foreground group; twice would be once too often.
func (s childSignals) passOn(child *os.Process) {
	for got := range s.got {
		switch got {
		case syscall.SIGINT, syscall.SIGQUIT, syscall.SIGWINCH:
			if inForeground() {
				continue
			}
		}
		_ = child.Signal(got)
	}
}

// giveBack ends passOn.
func (s childSignals) giveBack() {
	signal.Stop(s.got)
	close(s.got)
}

// inForeground reports whether this process has a terminal whose keys reach it.
func inForeground() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer func() { _ = tty.Close() }()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// endSignal is the signal that ended a process.
func endSignal(state *os.ProcessState) (int, bool) {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return 0, false
	}
	return int(status.Signal()), true
}
