package fleet

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/host"
)

func leaveCommand(s *session.Session) *cobra.Command {
	yes, o := false, host.Leaving{}
	cmd := &cobra.Command{
		Use: "leave", Short: "Take this machine out of its fleet", Args: arg.Exactly(0),
		Long: "Take this machine out of its fleet, and delete here what it holds of it. The accounts stay\n" +
			"with the other hosts.\n\n" +
			"The last host ends the fleet with --keep: the accounts are its own again. With --force the\n" +
			"etcd is not asked, because it is lost or was restored from a backup: let the host that has\n" +
			"the newest tokens keep them, and make a new fleet there; every other host leaves without\n" +
			"--keep, for two that keep the same accounts sign each other out.",
		Example: "  hermes-tui fleet leave\n  hermes-tui fleet leave --keep",
		RunE: func(cmd *cobra.Command, _ []string) error {
			question := "Delete this fleet's accounts from this machine, and leave the fleet?"
			if o.Keep {
				question = "End the fleet, and keep its accounts on this machine alone?"
			}
			if err := confirm(s, func(h *host.Host) error { return h.MayLeave(o) }, question, yes); err != nil {
				return err
			}
			return leave(cmd.Context(), s, o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.Keep, "keep", false, "keep the accounts on this machine, the fleet's last")
	f.BoolVar(&o.Force, "force", false, "do not ask the etcd, which is lost or was restored")
	f.BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

func leave(ctx context.Context, s *session.Session, o host.Leaving) error {
	all, err := accounts(s)
	if err != nil {
		return err
	}
	if err := all.Host().Leave(ctx, o); err != nil {
		return err
	}
	if o.Keep {
		s.Line("the fleet has ended; its accounts are this machine's own")
		return nil
	}
	s.Line("this machine belongs to no fleet any more, and holds none of its tokens")
	return nil
}
