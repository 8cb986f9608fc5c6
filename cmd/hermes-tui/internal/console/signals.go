package console

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
)

// Signals returns a context that ends at the first SIGINT, SIGTERM or SIGHUP.
// What must not be cut (a refresh under way) goes on until the command's end
// has waited for it; a second SIGINT ends the process at once. Signals are caught
// until the process is gone: a terminal's end may be told twice, and the second
// time must not change the exit code.
//
// They are caught from [Console.Listen] on, which whoever waits for the context's end
// calls: to begin takes three threads, and more than a tenth of the time in which a
// command prints a token that is at hand. Before, a signal ends the process as it
// ends any other.
func (c *Console) Signals() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	c.told = ctx.Done()
	c.listen = sync.OnceFunc(func() {
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
	})
	return listening{ctx, c}, cancel
}

// Listen begins to catch signals. Whatever changes something has it called before.
func (c *Console) Listen() {
	if c.listen != nil {
		c.listen()
	}
}

// listening is a context that catches signals once somebody waits for them.
type listening struct {
	context.Context
	console *Console
}

// Done implements [context.Context].
func (l listening) Done() <-chan struct{} {
	l.console.Listen()
	return l.Context.Done()
}
