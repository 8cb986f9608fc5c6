//go:build unix

package console

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopTime is by when a process has stopped.
const stopTime = 100 * time.Millisecond

// Stops tells of what stops the process from the keyboard, ctrl+z and ctrl+\\, until
// ignore is called. Each comes as a function that lets it happen, once the screen is
// left, and returns when the process goes on.
func Stops() (stops <-chan func(), ignore func()) {
	got, told, done := make(chan os.Signal, 1), make(chan func()), make(chan struct{})
	catch := []os.Signal{syscall.SIGTSTP, syscall.SIGQUIT}
	signal.Notify(got, catch...)
	go func() {
		for {
			select {
			case s := <-got:
				let := func() {
					signal.Reset(s)
					_ = syscall.Kill(os.Getpid(), s.(syscall.Signal))
					time.Sleep(stopTime) // where no shell can let it go on, it is not stopped
					signal.Notify(got, s)
				}
				select {
				case told <- let:
				case <-done:
					return
				}
			case <-done:
				return
			}
		}
	}()
	return told, func() { signal.Stop(got); close(done) }
}
