package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// detachedName is the hidden command that refreshes for a caller which may be
// killed before the provider has answered.
const detachedName = "__refresh"

// job is what the child is told through its standard input. It never stands in
// its arguments or its environment, because it may hold the unlocked key.
type job struct {
	Account  string          `json:"account"`
	Request  refresh.Request `json:"request"`
	Identity string          `json:"identity,omitempty"`
	Program  string          `json:"program,omitempty"` // command that it is done for
}

// verdict is what the child answers.
type verdict struct {
	Note  string      `json:"note,omitempty"`
	Error *childError `json:"error,omitempty"`
}

// childError carries an error between the two processes.
type childError struct {
	Kind       autherr.Kind  `json:"kind"`
	Provider   string        `json:"provider,omitempty"`
	Code       string        `json:"code"`
	Message    string        `json:"message"`
	Hint       string        `json:"hint,omitempty"`
	Relogin    bool          `json:"relogin,omitempty"`
	RetryAfter time.Duration `json:"retry_after,omitempty"`
}

// Detach returns the way to refresh in a process of its own: the same binary in
// a session of its own, which nothing that ends this command can reach.
func Detach(s *session.Session, stores *keystore.Manager) state.Detached {
	return func(ctx context.Context, id string, req refresh.Request) (string, error) {
		j := job{Account: id, Request: req, Program: s.Program}
		if text, ok := stores.Key.Unlocked(); ok {
			j.Identity = text
		}
		input, err := json.Marshal(j)
		if err != nil {
			return "", err
		}
		self, err := s.Self()
		if err != nil {
			return "", fmt.Errorf("the refresh could not be started: %w", err)
		}
		s.Listen() // a signal ends the wait, and not what is begun here
		cmd := exec.Command(self, childArgs(s)...)
		cmd.Env = s.Environ
		cmd.SysProcAttr = ownSession()
		return await(ctx, cmd, input)
	}
}

// childArgs hands on the flags that decide where accounts and keystore are.
func childArgs(s *session.Session) []string {
	args := []string{detachedName}
	if s.Flags.Config != "" {
		args = append(args, "--config", s.Flags.Config)
	}
	if s.Flags.Keystore != "" {
		args = append(args, "--keystore", s.Flags.Keystore)
	}
	if s.Flags.LogLevel != "" {
		args = append(args, "--log-level", s.Flags.LogLevel)
	}
	return args
}

// await starts the child and waits for its verdict until ctx is done; the child
// goes on.
func await(ctx context.Context, cmd *exec.Cmd, input []byte) (string, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("the refresh could not be started: %w", err)
	}
	_, err = in.Write(input)
	if closeErr := in.Close(); err == nil {
		err = closeErr
	}
	type answer struct {
		v   verdict
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		var got answer
		got.err = json.NewDecoder(io.LimitReader(out, 1<<20)).Decode(&got.v)
		_ = cmd.Wait()
		answered <- got
	}()
	if err != nil {
		return "", fmt.Errorf("the refresh could not be started: %w", err)
	}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case got := <-answered:
		if got.err != nil {
			return "", &autherr.Error{
				Kind: autherr.Network, Code: autherr.CodeRefreshFailed, Message: "the refresh ended without an answer",
				Hint: "try again; that also finishes what it had begun", Err: got.err,
			}
		}
		return got.v.Note, got.v.Error.unpack()
	}
}

// DetachedCommand is the child's side.
func DetachedCommand(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use: detachedName, Hidden: true, Args: cobra.NoArgs,
		Short: "Refresh for a command that may be killed (internal)",
		RunE: func(*cobra.Command, []string) error {
			// Whoever started this may be gone; what was begun is finished.
			signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP, os.Interrupt)
			var j job
			if err := json.NewDecoder(io.LimitReader(s.In, 1<<20)).Decode(&j); err != nil {
				return exit.Usage(detachedName+" is called by hermes-tui itself", "use `hermes-tui refresh`")
			}
			s.Identity, s.Program = j.Identity, j.Program
			note, err := refreshHere(s, j)
			return s.WriteJSON(verdict{Note: note, Error: pack(err)})
		},
	}
}

// refreshHere does the refresh in this process, which waits for its end.
func refreshHere(s *session.Session, j job) (string, error) {
	accounts, err := s.Open(session.Options{Stays: true, Alone: true, Patience: session.OneShot})
	if err != nil {
		return "", err
	}
	return accounts.RefreshDetached(context.Background(), j.Account, j.Request)
}

func pack(err error) *childError {
	if err == nil {
		return nil
	}
	var e *autherr.Error
	if !errors.As(err, &e) {
		e = &autherr.Error{Code: autherr.CodeRefreshFailed, Message: err.Error()}
	}
	return &childError{e.Kind, e.Provider, e.Code, e.Error(), e.Hint, e.Relogin, e.RetryAfter}
}

func (e *childError) unpack() error {
	if e == nil {
		return nil
	}
	return &autherr.Error{
		Kind: e.Kind, Provider: e.Provider, Code: e.Code, Message: e.Message,
		Hint: e.Hint, Relogin: e.Relogin, RetryAfter: e.RetryAfter,
	}
}
