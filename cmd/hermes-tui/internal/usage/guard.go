package usage

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// GuardCommand is `guard`.
func GuardCommand(s *session.Session) *cobra.Command {
	var least, window string
	var known bool
	cmd := &cobra.Command{
		Use: "guard [ACCOUNT|POOL]", Short: "Fail when too little of a plan is left", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(s),
		Long: "Say whether enough of a plan is left, for scripts that begin something large. The exit\n" +
			"code is 0 when one of the accounts has as much left, 6 when none has, and 7 when the\n" +
			"provider does not tell.",
		Example: "  hermes-tui guard --min-remaining 10%\n  hermes-tui guard work --min-remaining 25% --window 5h && make agents",
		RunE: func(cmd *cobra.Command, args []string) error {
			min, err := parsePercent(least)
			if err != nil {
				return err
			}
			plans, err := find(cmd.Context(), s, s.Named(args), known, true)
			if err != nil {
				return err
			}
			best, told, err := most(plans, window, s.Clock.Now())
			switch {
			case !told && err != nil:
				return err
			case !told:
				s.Note("what is left is not known%s", ofWindow(window))
				return exit.Silent(exit.NotKnown)
			case best < min:
				s.Note("%s left%s, less than %s", usage.Percent(best), ofWindow(window), usage.Percent(min))
				return exit.Silent(exit.NoServer)
			}
			s.Line("%s left%s", usage.Percent(best), ofWindow(window))
			return nil
		},
	}
	cmd.Flags().StringVar(&least, "min-remaining", "10%", "`share` of the plan that has to be left")
	cmd.Flags().StringVar(&window, "window", "", "`name` of the window, such as 5h or week; without it the tightest")
	cmd.Flags().BoolVar(&known, "known", false, "ask no provider and open no secret")
	return cmd
}

func parsePercent(text string) (float64, error) {
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")), 64)
	if err != nil || !(n >= 0 && n <= 100) {
		return 0, exit.Usage(fmt.Sprintf("--min-remaining %q is not a share", text), "give one between 0% and 100%, such as 10%")
	}
	return n, nil
}

// most is what is left of the account that has most. One whose provider could not be
// asked counts for nothing, whatever it told once; err says why it could not.
func most(plans []plan, window string, now time.Time) (best float64, told bool, err error) {
	for _, p := range plans {
		left, ok := p.known.Reading.Left(window, now)
		switch {
		case p.err != nil && !errors.Is(p.err, usage.ErrNotTold):
			err = p.err
		case p.err == nil && ok && !p.account.Quarantined():
			best, told = max(best, left), true
		}
	}
	return best, told, err
}

func ofWindow(window string) string {
	if window == "" {
		return ""
	}
	return " of the window " + window
}
