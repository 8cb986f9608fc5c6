package sandbox

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"sync"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
)

// The hidden commands of a sandbox with a fleet. What they begin ends when their
// standard input does: that is a pipe of the run that has started them, which the
// kernel closes however that ends.
const (
	keptName = "__kept" // runs a program
	hostName = "__host" // is a host, as a window or a `serve` is one
)

// beside is a process that ends with this one.
type beside struct {
	cmd  *exec.Cmd
	pipe io.Closer
	over chan struct{}
}

// start starts one of the hidden commands. Each line of its standard error is handed
// to say, if there is one.
func start(s *session.Session, env []string, say func(line string), args ...string) (*beside, error) {
	self, err := s.Self()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, args...)
	cmd.Env, cmd.SysProcAttr = env, apart()
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	var said io.Reader
	if say != nil {
		if said, err = cmd.StderrPipe(); err != nil {
			return nil, err
		}
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	b := &beside{cmd, pipe, make(chan struct{})}
	go func() {
		defer close(b.over)
		if said != nil {
			hear(said, say)
		}
		_ = cmd.Wait()
	}()
	return b, nil
}

// hear hands on each line, to the end.
func hear(said io.Reader, say func(line string)) {
	for lines := bufio.NewReader(said); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		say(line)
	}
}

// end ends the process, and waits until it has.
func (b *beside) end() {
	_ = b.pipe.Close()
	<-b.over
}

// Hidden are the commands that a sandbox with a fleet starts of itself.
func Hidden(s *session.Session) []*cobra.Command {
	return []*cobra.Command{{
		Use: keptName, Hidden: true, Short: "Run a program for as long as the standard input is open (internal)", DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error { return keep(cmd.Context(), s, args) },
	}, {
		Use: hostName, Hidden: true, Short: "Be a host of a sandbox's fleet for as long as the standard input is open (internal)", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return attend(cmd.Context(), s) },
	}}
}

// keep runs a program until the input ends.
func keep(ctx context.Context, s *session.Session, args []string) error {
	if len(args) == 0 {
		return exit.Usage(keptName+" is called by hermes-tui itself", "use `hermes-tui --sandbox`")
	}
	ctx, over := untilEOF(ctx, s.In)
	defer over()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// untilEOF returns a context that ends with the input.
func untilEOF(ctx context.Context, in io.Reader) (context.Context, context.CancelFunc) {
	ctx, over := context.WithCancel(ctx)
	go func() {
		defer over()
		_, _ = io.Copy(io.Discard, in)
	}()
	return ctx, over
}

// attend does what a window or a program of a host does: it follows the fleet, and
// refreshes what is due. It ends with the input.
func attend(ctx context.Context, s *session.Session) error {
	s.Sandboxed, s.Program = true, "host"
	log, err := s.FileLog()
	if err != nil {
		return err
	}
	accounts, err := s.Open(session.Options{Stays: true, Secrets: true, Log: log})
	if err != nil {
		return err
	}
	ctx, over := untilEOF(ctx, s.In)
	defer over()
	var under sync.WaitGroup
	under.Go(func() { accounts.AutoRefresh(ctx) })
	under.Go(func() { accounts.Follow(ctx) })
	under.Wait()
	return nil
}
