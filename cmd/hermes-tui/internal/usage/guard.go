package usage

import (
	"fmt"
	"strconv"
	"strings"

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
			plans, err := find(cmd.Context(), s, s.Named(args), known)
			if err != nil {
				return err
			}
			best, told := -1.0, false
			for _, p := range plans {
				if left, ok := remaining(p.known.Reading, window); ok && !p.account.Quarantined() {
					best, told = max(best, left), true
				}
			}
			switch {
			case !told:
				s.Note("what is left is not known%s", ofWindow(window))
				return exit.Silent(exit.NotKnown)
			case best < min:
				s.Note("%s left%s, less than %s", percent(best), ofWindow(window), percent(min))
				return exit.Silent(exit.NoServer)
			}
			s.Line("%s left%s", percent(best), ofWindow(window))
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
		return 0, exit.Usage(fmt.Sprintf("--min-remaining %q is no share", text), "give one between 0% and 100%, such as 10%")
	}
	return n, nil
}

// remaining is what is left of a window, in percent; of the tightest when none is
// named.
func remaining(r usage.Reading, window string) (left float64, ok bool) {
	if r.Blocked != "" {
		return 0, true
	}
	for _, w := range r.Windows {
		if w.Used == nil || window == "" && (w.Scope != "" || w.Rate) || window != "" && window != name(w) {
			continue
		}
		if !ok || 100-*w.Used < left {
			left, ok = 100-*w.Used, true
		}
	}
	return left, ok
}

func ofWindow(window string) string {
	if window == "" {
		return ""
	}
	return " of the window " + window
}
