package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// signals returns a context that ends at the first SIGINT, SIGTERM or SIGHUP.
// What must not be cut (a refresh under way) goes on until the command's end
// has waited for it; a second SIGINT ends the process at once.
func (a *app) signals() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	got := make(chan os.Signal, 4)
	signal.Notify(got, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for s := range got {
			code := map[os.Signal]int32{os.Interrupt: exitInt, syscall.SIGTERM: exitTerm, syscall.SIGHUP: exitHangup}[s]
			if !a.signal.CompareAndSwap(0, code) && s == os.Interrupt {
				os.Exit(exitInt)
			}
			cancel()
		}
	}()
	return ctx, func() {
		signal.Stop(got)
		close(got)
		cancel()
	}
}

// caught returns the exit code of the signal that ended the command, else 0.
func (a *app) caught() int { return int(a.signal.Load()) }

type signalCode = atomic.Int32
