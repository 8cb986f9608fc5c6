// Package fleet is the commands about a pool that several machines share: fleet init,
// invite, join, status, remove, leave, reconnect, recover and accept-restore.
package fleet

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Command is `fleet`.
func Command(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "fleet", Short: "Share the accounts with other machines, through an etcd", Args: arg.Exactly(0),
		Long: "A fleet is one pool of accounts on many machines: laptops, build hosts, pods. Its records\n" +
			"lie in an etcd that you have already, sealed on the hosts; each token is refreshed once for\n" +
			"all of them. A host that is removed can fetch no token any more.\n\n" +
			"docs/fleet.md sets one up.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(initCommand(s), inviteCommand(s), joinCommand(s), statusCommand(s), removeCommand(s), leaveCommand(s), reconnectCommand(s), recoverCommand(s), acceptRestoreCommand(s))
	return cmd
}

// passwordVariable has the password of the user of etcd, for programs.
const passwordVariable = "HERMES_TUI_ETCD_PASSWORD"

// way is how the etcd is reached, as flags say it.
type way struct {
	*session.Session
	etcd host.Etcd
	host string
}

func (w *way) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.host, "host", "", "the `name` of this machine in the fleet; without it, the one that it has")
	w.etcdFlags(cmd)
}

// etcdFlags are those about the etcd alone.
func (w *way) etcdFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&w.etcd.CA, "ca", "", "a `file` with the certificate of the etcd's authority; without it, those of the system")
	f.StringVar(&w.etcd.Cert, "cert", "", "a `file` with this host's certificate")
	f.StringVar(&w.etcd.Key, "key", "", "a `file` with the key of that certificate")
	f.StringVar(&w.etcd.User, "user", "", "the `name` of this host's user of etcd; its password is asked for, or in $"+passwordVariable)
}

// open returns the way, asking for the password where there is a user.
func (w *way) open() (host.Way, error) {
	etcd, err := w.etcd.Absolute()
	if err != nil {
		return host.Way{}, err
	}
	out := host.Way{Etcd: etcd}
	if w.etcd.User != "" {
		out.Password, err = w.password()
	}
	return out, err
}

// password is that of the user of etcd, from the environment or a person.
func (w *way) password() (secret.Secret, error) {
	found, err := w.Find()
	if err != nil {
		return secret.Secret{}, err
	}
	text := found.Env(passwordVariable)
	if keyboard := w.Keyboard(); text == "" && keyboard != nil {
		if text, err = w.Secret(keyboard, "Password of "+w.etcd.User+" at the etcd: "); err != nil {
			return secret.Secret{}, err
		}
	}
	if text == "" {
		return secret.Secret{}, exit.Usage("the password of "+w.etcd.User+" is missing, and there is no terminal to ask on", "put it into $"+passwordVariable)
	}
	return secret.New(text), nil
}

// accounts opens the accounts for a change of the fleet.
func accounts(s *session.Session) (*core.Core, error) {
	return s.Open(session.Options{Secrets: true, Alone: true, Patience: session.OneShot})
}

// confirm asks a question about the fleet of this machine, unless may says why there is
// none to ask about.
func confirm(s *session.Session, may func(*host.Host) error, question string, yes bool) error {
	all, err := accounts(s)
	if err != nil {
		return err
	}
	if err := may(all.Host()); err != nil {
		return err
	}
	return s.Confirm(question, yes)
}

// recoveryKey shows the recovery key of a fleet, for the only time: before the fleet has
// it, so that it is there if this is interrupted.
func (w *way) recoveryKey(key secret.Secret) {
	if w.JSON {
		return // it is in the answer
	}
	w.Line("Recovery key, shown this once; keep it where no host is:")
	w.Line("  %s", key.Reveal())
	w.Line("")
}

// left says which accounts stay as they are, and why.
func left(s *session.Session, of []host.Left) {
	for _, l := range of {
		s.Note("%s: %v", cmp.Or(l.Label, l.ID), l.Err)
	}
}

// counted is a number of accounts in words.
func counted(n int) string {
	if n == 1 {
		return "1 account"
	}
	return fmt.Sprintf("%d accounts", n)
}

func initCommand(s *session.Session) *cobra.Command {
	w, name := &way{Session: s}, ""
	cmd := &cobra.Command{
		Use: "init ETCD...", Short: "Make a fleet of this machine's accounts", Args: arg.Between(1, 9),
		Long: "Make a fleet, with this machine as its first host, and move the accounts of this machine\n" +
			"into the etcd, sealed. The recovery key is shown once: it is for a fleet whose hosts are all\n" +
			"lost. Keep it where no host is.",
		Example: "  hermes-tui fleet init etcd://etcd-1,etcd-2,etcd-3 --ca ca.pem --cert laptop.pem --key laptop.key\n" +
			"  hermes-tui fleet init http://127.0.0.1:2379 --name try",
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if w.etcd.Endpoints, err = host.Parse(args); err != nil {
				return err
			}
			return w.init(cmd.Context(), name)
		},
	}
	s.AsJSON(cmd)
	w.flags(cmd)
	cmd.Flags().StringVar(&name, "name", "main", "the fleet's `name`: lower-case letters, digits, hyphens")
	return cmd
}

// making returns what a command needs that makes a fleet of this machine's accounts.
func (w *way) making() (*core.Core, host.Way, error) {
	all, err := accounts(w.Session)
	if err != nil {
		return nil, host.Way{}, err
	}
	to, err := w.open()
	to.Show = w.recoveryKey
	return all, to, err
}

func (w *way) init(ctx context.Context, name string) error {
	all, to, err := w.making()
	if err != nil {
		return err
	}
	made, err := all.Host().Init(ctx, to, name, w.host)
	if made.Fleet == "" {
		return err
	}
	left(w.Session, made.Left)
	if w.JSON {
		return cmp.Or(err, w.WriteJSON(map[string]any{
			"fleet": made.Fleet, "host": made.Host, "recovery_key": made.Recovery.Reveal(), "moved": slices.Concat([]string{}, made.Moved),
		}))
	}
	w.Line("The fleet %s has its first host, %s, and %s.", made.Fleet, made.Host, counted(len(made.Moved)))
	w.Line("`hermes-tui fleet invite` lets the next host in. Programs of this machine that run already have to be started again.")
	return err
}

// words is six words as they stand on both screens.
func words(of []string) string { return strings.Join(of, " ") }
