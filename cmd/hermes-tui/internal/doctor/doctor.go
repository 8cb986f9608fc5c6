// Package doctor is the command that looks for what keeps accounts from working, and
// prints each finding with its cure.
package doctor

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/foreign"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/doctor"
)

// Command is `doctor`.
func Command(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "doctor", Short: "Check for problems", Args: arg.Exactly(0),
		Long: "Look at keystore, files, accounts, network, clock and environment, and say for\n" +
			"everything that is not good what cures it, one cure a line. It refreshes nothing and\n" +
			"sends no token. It makes nothing: where accounts are kept, a probe is written into the\n" +
			"keystore and deleted again. The exit code is 1 when something is bad.",
		RunE: func(cmd *cobra.Command, _ []string) error { return Run(cmd.Context(), s) },
	}
	s.AsJSON(cmd)
	return cmd
}

// Run prints each finding as soon as it is there, or all as one array.
func Run(ctx context.Context, s *session.Session) error {
	accounts, err := s.Open(session.Options{Alone: true, Looks: true})
	if err != nil {
		return err
	}
	patient, err := Patient(s, accounts)
	if err != nil {
		return err
	}
	sick, findings := false, []doctor.Finding{}
	doctor.Examine(ctx, patient, func(f doctor.Finding) {
		sick = sick || f.Level == doctor.Bad
		findings = append(findings, f)
		if s.JSON {
			return
		}
		s.Line("%-8s %-12s %s", f.Level, f.Check, f.Saw)
		if f.Cure != "" {
			s.Line("%21s -> %s", "", f.Cure)
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.JSON {
		if err := s.WriteJSON(findings); err != nil {
			return err
		}
	}
	if sick {
		return exit.Silent(exit.Failed)
	}
	return nil
}

// Patient is what is examined, with the accounts of this process.
func Patient(s *session.Session, accounts doctor.Accounts) (*doctor.Patient, error) {
	found, err := s.Find()
	if err != nil {
		return nil, err
	}
	stores, err := found.Keystores()
	if err != nil {
		return nil, err
	}
	transport, err := found.Transport()
	if err != nil {
		return nil, err
	}
	path, _ := found.ConfigPath(s.Flags.Config)
	return &doctor.Patient{
		Accounts: accounts, State: found.Dirs.State, Data: found.Dirs.Data, Config: path,
		Key: found.Key().Path, KeyBeside: found.Dirs.OneTop && found.Key().Create,
		Env: s.Env, Transport: transport, UserAgent: s.UserAgent, Clock: s.Clock, Describe: stores.Describe,
		Programs: foreign.World(s), Terminal: colours(s, found),
	}, nil
}
