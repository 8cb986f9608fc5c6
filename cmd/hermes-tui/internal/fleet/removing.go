package fleet

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/host"
)

func removeCommand(s *session.Session) *cobra.Command {
	yes := false
	cmd := &cobra.Command{
		Use: "remove HOST", Short: "Remove a machine from the fleet, so that it gets no token any more", Args: arg.Exactly(1),
		Long: "Remove a machine, lost or sold. The fleet gets new keys, and every account a new token, so\n" +
			"that those which the machine holds work no more. What cannot be made worthless from here, API\n" +
			"keys for one, is named.",
		Example: "  hermes-tui fleet remove laptop-3",
		RunE: func(cmd *cobra.Command, args []string) error {
			question := fmt.Sprintf("Remove %s from the fleet, and refresh every account?", args[0])
			if err := confirm(s, func(h *host.Host) error { return h.MayRemove(cmd.Context(), args[0]) }, question, yes); err != nil {
				return err
			}
			return remove(cmd.Context(), s, args[0])
		},
	}
	s.AsJSON(cmd)
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// removedJSON is `fleet remove --json`. Fields are only ever added.
type removedJSON struct {
	Host    string     `json:"host"`
	Renewed []string   `json:"refreshed"`
	Left    []leftJSON `json:"left"`
	// WorksUntil is when the last access token ends that the host may have fetched.
	WorksUntil *time.Time `json:"works_until"`
}

type leftJSON struct {
	ID     string `json:"id"`
	Label  string `json:"label"`
	Reason string `json:"reason"`
}

func remove(ctx context.Context, s *session.Session, name string) error {
	all, err := accounts(s)
	if err != nil {
		return err
	}
	done, err := all.Host().RemoveHost(ctx, name, refresher(all))
	if err != nil {
		return err
	}
	if s.JSON {
		return s.WriteJSON(toRemovedJSON(done))
	}
	left(s, done.Left)
	if len(done.Left) > 0 {
		works := "accounts still work"
		if len(done.Left) == 1 {
			works = "account still works"
		}
		s.Line("%s is removed; %s got new tokens, and %d %s with what it holds", done.Host, counted(len(done.Renewed)), len(done.Left), works)
		return nil
	}
	s.Line("%s is removed: %s got new tokens", done.Host, counted(len(done.Renewed)))
	if done.Until.After(s.Clock.Now()) {
		s.Line("It can fetch no token any more; an access token that it fetched before may work until %s.", done.Until.Local().Format(time.TimeOnly))
	}
	return nil
}

// refresher refreshes an account, however recently that was done.
func refresher(all *core.Core) host.Refresher {
	return func(ctx context.Context, id string) error {
		_, err := all.Refresh(ctx, id, core.RefreshOptions{Force: true})
		return err
	}
}

func toRemovedJSON(done host.Removed) removedJSON {
	out := removedJSON{Host: done.Host, Renewed: append([]string{}, done.Renewed...), Left: []leftJSON{}, WorksUntil: format.Instant(done.Until)}
	for _, l := range done.Left {
		out.Left = append(out.Left, leftJSON{l.ID, l.Label, l.Err.Error()})
	}
	return out
}
