package console

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
)

// Signals returns a context that ends at the first SIGINT, SIGTERM or SIGHUP.
// What must not be cut (a refresh under way) goes on until the command's end
// has waited for it; a second SIGINT ends the process at once. Signals are caught
// until the process is gone: a terminal's end may be told twice, and the second
// time must not change the exit code.
func (c *Console) Signals() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	c.told = ctx.Done()
	got := make(chan os.Signal, 4)
	signal.Notify(got, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for s := range got {
			code := map[os.Signal]int32{os.Interrupt: exit.Int, syscall.SIGTERM: exit.Term, syscall.SIGHUP: exit.Hangup}[s]
			if !c.signal.CompareAndSwap(0, code) && s == os.Interrupt {
				os.Exit(exit.Int)
			}
			cancel()
		}
	}()
	return ctx, cancel
}
