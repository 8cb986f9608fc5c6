//go:build unix

package console

import (
	"context"
	"io"
	"os"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
)

// Who waits for the context, also for one below, hears of a signal; and the command's
// exit code tells of it.
func TestSignals_AreCaughtOnceSomebodyWaits(t *testing.T) {
	c := &Console{Out: io.Discard, Err: io.Discard, output: &output{to: os.Stdout}}
	ctx, stop := c.Signals()
	defer stop()
	caught := false
	listen := c.listen
	c.listen = func() { caught = true; listen() }
	if ctx.Err() != nil || caught {
		t.Fatal("signals are caught before anybody waits")
	}
	below, cancel := context.WithCancel(ctx)
	defer cancel()
	if !caught {
		t.Fatal("somebody waits, and no signal is caught")
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-below.Done()
	if code := c.End(nil); code != exit.Term {
		t.Errorf("exit code %d", code)
	}
}
