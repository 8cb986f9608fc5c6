package fleet

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/host"
)

func inviteCommand(s *session.Session) *cobra.Command {
	role, reader := roster.Owner, false
	cmd := &cobra.Command{
		Use: "invite", Short: "Let another machine into the fleet", Args: arg.Exactly(0),
		Long: "Print an invitation for one machine, and wait for it: `hermes-tui fleet join` there shows six\n" +
			"words, and so does this. If they are the same, say yes, and the machine is a host of the\n" +
			"fleet. The invitation holds for ten minutes, once.\n\n" +
			"With --reader it is given access tokens only, and no refresh token: it never refreshes,\n" +
			"signs in or removes an account. That takes an owner with a window or a `serve` that runs.",
		Example: "  hermes-tui fleet invite\n  hermes-tui fleet invite --reader",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if reader {
				role = roster.Reader
			}
			return invite(cmd.Context(), s, role)
		},
	}
	cmd.Flags().BoolVar(&reader, "reader", false, "give it access tokens only")
	return cmd
}

func invite(ctx context.Context, s *session.Session, role roster.Role) error {
	if !s.TTY {
		return exit.Usage("a person has to compare six words, and there is no terminal to show them on", "run it in a terminal")
	}
	all, err := accounts(s)
	if err != nil {
		return err
	}
	out, err := all.Host().Invite(ctx, role)
	if err != nil {
		return err
	}
	defer out.Close()
	s.Line("On the other machine, within ten minutes:\n\n  hermes-tui fleet join %s\n", out.Text())
	for {
		s.Note("waiting for it to ask …")
		if err = admit(ctx, s, out, role); !errors.Is(err, roster.ErrWithdrawn) {
			return err
		}
		s.Note("%v", err)
	}
}

// admit waits for a host and asks a person whether it is let in.
func admit(ctx context.Context, s *session.Session, out *host.Inviting, role roster.Role) error {
	who, err := out.Wait(ctx)
	if err != nil {
		_ = out.Cancel(context.WithoutCancel(ctx))
		return err
	}
	s.Line("%s asks to join. The words on its screen have to be:\n\n  %s\n", who.Name, words(who.Words))
	question, became := "Are they, and may %s have all accounts of the fleet?", "%s is a host of the fleet"
	if role == roster.Reader {
		question, became = "Are they, and may %s have the access tokens of all accounts?", "%s is a reader of the fleet"
	}
	if err := s.Confirm(fmt.Sprintf(question, who.Name), false); err != nil {
		if who.Refuse(context.WithoutCancel(ctx)) != nil { // it has gone, and the invitation goes with it
			_ = out.Cancel(context.WithoutCancel(ctx))
		}
		return err
	}
	if _, err := who.Accept(ctx); err != nil {
		return err
	}
	s.Line(became, who.Name)
	if role == roster.Reader {
		return out.Share(ctx)
	}
	return nil
}

func joinCommand(s *session.Session) *cobra.Command {
	w := &way{Session: s}
	cmd := &cobra.Command{
		Use: "join INVITATION [ETCD...]", Short: "Make this machine a host of a fleet", Args: arg.Between(1, 9),
		Long: "Ask the machine that made the invitation to let this one in. Both show six words, which a\n" +
			"person compares. Afterwards this machine has every account of the fleet.",
		Example: "  hermes-tui fleet join htfleet1-… --ca ca.pem --cert builder.pem --key builder.key",
		RunE:    func(cmd *cobra.Command, args []string) error { return w.join(cmd.Context(), args) },
	}
	w.flags(cmd)
	return cmd
}

func (w *way) join(ctx context.Context, args []string) error {
	in, err := roster.ParseInvitation(args[0])
	if err != nil {
		return err
	}
	if w.etcd.Endpoints, err = host.Parse(args[1:]); err != nil {
		return err
	}
	all, err := accounts(w.Session)
	if err != nil {
		return err
	}
	to, err := w.open()
	if err != nil {
		return err
	}
	asked, err := all.Host().Join(ctx, in, to, w.host)
	if err != nil {
		return err
	}
	w.Line("The words on the other screen have to be:\n\n  %s\n", words(asked.Words))
	w.Note("waiting for a yes there …")
	ids, err := asked.Wait(ctx)
	if err != nil {
		return err
	}
	if asked.Role == roster.Reader {
		w.Line("this machine is a reader of the fleet %s: what its owners hand out is here as soon as it is asked for", in.Fleet)
		return nil
	}
	w.Line("this machine is a host of the fleet %s, and has its %s", in.Fleet, counted(len(ids)))
	return nil
}
