package fleet

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/host"
)

// noUser is the flag of a host that has no user of etcd any more.
const noUser = "no-user"

func reconnectCommand(s *session.Session) *cobra.Command {
	w := &way{Session: s}
	cmd := &cobra.Command{
		Use: "reconnect [ETCD...]", Short: "Change how this machine reaches the fleet's etcd", Args: arg.Between(0, 9),
		Long: "Change how this machine reaches the etcd of its fleet: its addresses, its authority, this\n" +
			"host's certificate, or its user and password. What is not named stays as it is; with nothing\n" +
			"named, the password of the user is asked for anew. The new way is tried first, and kept only\n" +
			"if it works.",
		Example: "  hermes-tui fleet reconnect\n  hermes-tui fleet reconnect --user laptop\n" +
			"  hermes-tui fleet reconnect etcd://etcd-4,etcd-5,etcd-6 --ca new-ca.pem\n" +
			"  hermes-tui fleet reconnect --no-user --cert laptop.pem --key laptop.key",
		RunE: func(cmd *cobra.Command, args []string) error { return w.reconnect(cmd.Context(), cmd, args) },
	}
	s.AsJSON(cmd)
	w.etcdFlags(cmd)
	cmd.Flags().Bool(noUser, false, "this host has no user any more: it shows a certificate")
	cmd.MarkFlagsMutuallyExclusive("user", noUser)
	return cmd
}

// reconnectedJSON is `fleet reconnect --json`. Fields are only ever added.
type reconnectedJSON struct {
	Fleet     string   `json:"fleet"`
	Host      string   `json:"host"`
	Endpoints []string `json:"endpoints"`
	CA        *string  `json:"ca"`
	Cert      *string  `json:"cert"`
	Key       *string  `json:"key"`
	User      *string  `json:"user"`
}

func (w *way) reconnect(ctx context.Context, cmd *cobra.Command, args []string) error {
	all, err := accounts(w.Session)
	if err != nil {
		return err
	}
	to, err := w.other(all.Host(), cmd, args)
	if err != nil {
		return err
	}
	now, err := all.Host().Reconnect(ctx, to)
	if err != nil {
		return err
	}
	if w.JSON {
		return w.WriteJSON(toReconnectedJSON(now))
	}
	w.Line("%s reaches the etcd of the fleet %s in this way from now on. Programs of this machine that run already have to be started again.", now.Host, now.Fleet)
	return nil
}

// other is the way of now, with what was named in its place.
func (w *way) other(at *host.Host, cmd *cobra.Command, args []string) (host.Way, error) {
	now, err := at.Etcd()
	if err != nil {
		return host.Way{}, err
	}
	named := len(args) > 0
	if named {
		if now.Endpoints, err = host.Parse(args); err != nil {
			return host.Way{}, err
		}
	}
	for flag, to := range map[string]struct{ from, into *string }{
		"ca": {&w.etcd.CA, &now.CA}, "cert": {&w.etcd.Cert, &now.Cert}, "key": {&w.etcd.Key, &now.Key}, "user": {&w.etcd.User, &now.User},
	} {
		if cmd.Flags().Changed(flag) {
			*to.into, named = *to.from, true
		}
	}
	without, _ := cmd.Flags().GetBool(noUser)
	if without {
		now.User, named = "", true
	}
	if !named && now.User == "" {
		return host.Way{}, exit.Usage("nothing was named to change, and this host has no user of etcd whose password could be", "name the addresses of the etcd, or --ca, --cert and --key, or --user")
	}
	w.etcd = now
	if !named || without || cmd.Flags().Changed("user") {
		return w.open()
	}
	now, err = now.Absolute()
	return host.Way{Etcd: now}, err
}

func toReconnectedJSON(now host.Settings) reconnectedJSON {
	some := func(text string) *string {
		if text == "" {
			return nil
		}
		return &text
	}
	return reconnectedJSON{now.Fleet, now.Host, now.Endpoints, some(now.CA), some(now.Cert), some(now.Key), some(now.User)}
}
