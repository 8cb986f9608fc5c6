package keystore

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// usualUnlock is a working day; mostUnlock keeps a slip of the finger from being
// for ever.
const (
	usualUnlock = 8 * time.Hour
	mostUnlock  = 30 * 24 * time.Hour
)

// LockCommand is `lock`.
func LockCommand(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use: "lock", Short: "Lock the encrypted file keystore for every program", Args: arg.Exactly(0),
		Long: "Lock the encrypted file keystore, whose key is sealed with a passphrase. Every program\n" +
			"drops the key and the tokens it has, proxies and windows included; who uses the accounts\n" +
			"after that needs the passphrase. A refresh under way is finished first.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			accounts, err := lockable(s)
			if err != nil {
				return err
			}
			err = s.Stores().Key.Lock(cmd.Context())
			if _, locked := s.Stores().Key.Locked(); locked {
				accounts.NoteLocked(cmd.Context(), true)
			}
			if err != nil {
				return vault.Explain(err)
			}
			s.Line("Locked. `hermes-tui unlock` opens it again.")
			return nil
		},
	}
}

// UnlockCommand is `unlock`.
func UnlockCommand(s *session.Session) *cobra.Command {
	var life time.Duration
	var stdin bool
	cmd := &cobra.Command{
		Use: "unlock", Short: "Let every program of yours open the encrypted file keystore, for a time", Args: arg.Exactly(0),
		Long: "Ask for the passphrase of the key file once, so that no program has to ask for it until\n" +
			"the time is over, or `hermes-tui lock`. Meanwhile the key is in the kernel's keyring\n" +
			"(Linux) or the OS keyring, never in a file.",
		Example: "  hermes-tui unlock\n  hermes-tui unlock --for 30m\n  pass show hermes-tui | hermes-tui unlock --stdin",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if life < time.Minute || life > mostUnlock {
				return exit.Usage("--for has to be a minute or longer, and 720h at most", "give a time such as `--for 8h`")
			}
			accounts, err := lockable(s)
			if err != nil {
				return err
			}
			if stdin {
				s.Stores().Key.Passphrase = func(context.Context) (string, error) { return firstLine(s.In) }
			}
			state, holder, err := s.Stores().Key.Unlock(cmd.Context(), life)
			if err != nil {
				return vault.Explain(err)
			}
			accounts.NoteLocked(cmd.Context(), false)
			s.Line("Unlocked until %s; the key is in the %s.", state.Until.Local().Format(time.DateTime), holder.Name())
			return nil
		},
	}
	cmd.Flags().DurationVar(&life, "for", usualUnlock, "how `long`")
	cmd.Flags().BoolVar(&stdin, "stdin", false, "read the passphrase from standard input")
	return cmd
}

// lockable opens the accounts, whose keystore must be one that can be locked.
func lockable(s *session.Session) (*core.Core, error) {
	accounts, err := s.Open(session.Options{Alone: true, AnyStore: true})
	if err != nil {
		return nil, err
	}
	if store := accounts.Snapshot().Store; store.Kind == string(keystore.KindKeyring) {
		return nil, exit.Usage("the secrets are in the "+store.Name+", which is locked and unlocked by the system", "lock it there, or move them: `hermes-tui keystore move file`")
	}
	return accounts, nil
}

// firstLine is the passphrase that another program writes.
func firstLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 4<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("it was empty")
	}
	return line, nil
}

// words say whether a key can be locked, and whether it is.
func words(key *keystore.Key, now time.Time) string {
	sealed, err := key.Sealed()
	if err != nil || !sealed {
		return ""
	}
	switch state := key.Latch.State(); {
	case state.Open(now):
		return ", with a passphrase; unlocked until " + state.Until.Local().Format(time.DateTime)
	case state.Locked:
		return ", with a passphrase; locked"
	default:
		return ", with a passphrase"
	}
}
