package fleet

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

func recoverCommand(s *session.Session) *cobra.Command {
	w, name := &way{Session: s}, ""
	cmd := &cobra.Command{
		Use: "recover ETCD...", Short: "Save a fleet whose hosts are all lost, with its recovery key", Args: arg.Between(1, 9),
		Long: "Make this machine the first host of a fleet whose hosts are all lost. The recovery key is\n" +
			"asked for, or read from the standard input. The hosts before are out, and the fleet has new\n" +
			"keys and a new recovery key. Refresh every account afterwards: what the lost hosts hold works\n" +
			"until then.",
		Example: "  hermes-tui fleet recover etcd://etcd-1,etcd-2,etcd-3 --name team --ca ca.pem --cert spare.pem --key spare.key",
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if w.etcd.Endpoints, err = host.Parse(args); err != nil {
				return err
			}
			return w.recover(cmd.Context(), name)
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&name, "name", "main", "the fleet's `name`")
	return cmd
}

// mostRecovery is more than a recovery key has.
const mostRecovery = 1 << 10

// readRecovery asks for the recovery key.
func (w *way) readRecovery() (secret.Secret, error) {
	if keyboard := w.Keyboard(); keyboard != nil {
		text, err := w.Secret(keyboard, "Recovery key: ")
		return secret.New(strings.TrimSpace(text)), err
	}
	data, err := io.ReadAll(io.LimitReader(w.In, mostRecovery))
	if err != nil {
		return secret.Secret{}, err
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return secret.Secret{}, exit.Usage("the recovery key is missing", "give it on the standard input, or run this in a terminal")
	}
	return secret.New(text), nil
}

func (w *way) recover(ctx context.Context, name string) error {
	all, to, err := w.making()
	if err != nil {
		return err
	}
	recovery, err := w.readRecovery()
	if err != nil {
		return err
	}
	made, err := all.Host().Recover(ctx, to, name, w.host, recovery)
	if made.Fleet == "" {
		return err
	}
	w.Line("The fleet %s has one host, %s, and %s.", made.Fleet, made.Host, counted(len(made.Moved)))
	if err != nil {
		return err
	}
	w.Line("What the lost hosts hold works until each account is refreshed: `hermes-tui refresh --all --force`")
	return nil
}
