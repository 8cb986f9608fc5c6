package main

import (
	"context"
	"encoding/json"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/foreign"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core/doctor"
)

func (a *app) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "doctor", Short: "Look for what keeps accounts from working", Args: arg.Exactly(0),
		Long: "Look at keystore, files, accounts, network, clock and environment, and say for\n" +
			"everything that is not good what cures it, one cure a line. It refreshes nothing and\n" +
			"sends no token. It makes nothing: where accounts are kept, a probe is written into the\n" +
			"keystore and deleted again. The exit code is 1 when something is bad.",
		RunE: func(cmd *cobra.Command, _ []string) error { return a.examine(cmd.Context()) },
	}
	a.AsJSON(cmd)
	return cmd
}

func (a *app) examine(ctx context.Context) error {
	accounts, err := a.Open(session.Options{Looks: true})
	if err != nil {
		return err
	}
	found, err := a.Find()
	if err != nil {
		return err
	}
	stores, err := found.Keystores()
	if err != nil {
		return err
	}
	transport, err := found.Transport()
	if err != nil {
		return err
	}
	path, _ := found.ConfigPath(a.Flags.Config)
	patient := &doctor.Patient{
		Accounts: accounts, State: found.Dirs.State, Data: found.Dirs.Data, Config: path,
		Key: found.Key().Path, KeyBeside: found.Dirs.OneTop && found.Key().Create,
		Env: a.Env, Transport: transport, UserAgent: a.UserAgent, Clock: a.Clock, Describe: stores.Describe,
		Programs: foreign.World(a.Session),
	}
	sick := false
	doctor.Examine(ctx, patient, func(f doctor.Finding) {
		sick = sick || f.Level == doctor.Bad
		if a.JSON {
			_ = json.NewEncoder(a.Out).Encode(f)
			return
		}
		a.Line("%-8s %-12s %s", f.Level, f.Check, f.Saw)
		if f.Cure != "" {
			a.Line("%21s -> %s", "", f.Cure)
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	if sick {
		return exit.Silent(exit.Failed)
	}
	return nil
}
