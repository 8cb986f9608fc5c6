package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core/doctor"
)

func (a *app) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "doctor", Short: "Look for what keeps accounts from working", Args: exactly(0),
		Long: "Look at keystore, files, accounts, network, clock and environment, and say for\n" +
			"everything that is not good what cures it, one cure a line. It refreshes nothing and\n" +
			"sends no token. It makes nothing: where accounts are kept, a probe is written into the\n" +
			"keystore and deleted again. The exit code is 1 when something is bad.",
		RunE: func(cmd *cobra.Command, _ []string) error { return a.examine(cmd.Context()) },
	}
	a.asJSON(cmd)
	return cmd
}

func (a *app) examine(ctx context.Context) error {
	c, err := a.setup()
	if err != nil {
		return err
	}
	accounts, err := a.open(c, options{looks: true})
	if err != nil {
		return err
	}
	stores, err := a.found(c).Keystores()
	if err != nil {
		return err
	}
	transport, err := a.found(c).Transport()
	if err != nil {
		return err
	}
	path, _ := a.configPath()
	patient := &doctor.Patient{
		Accounts: accounts, State: a.dirs.State, Data: a.dirs.Data, Config: path,
		Key: a.found(c).Key().Path, KeyBeside: a.dirs.OneTop && a.found(c).Key().Create,
		Env: a.env, Transport: transport, UserAgent: userAgent(), Clock: a.clock, Describe: stores.Describe,
		Programs: a.programWorld(),
	}
	sick := false
	doctor.Examine(ctx, patient, func(f doctor.Finding) {
		sick = sick || f.Level == doctor.Bad
		if a.wantsJSON {
			_ = json.NewEncoder(a.out).Encode(f)
			return
		}
		a.line("%-8s %-12s %s", f.Level, f.Check, f.Saw)
		if f.Cure != "" {
			a.line("%21s -> %s", "", f.Cure)
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	if sick {
		return errSilent{exitFailed}
	}
	return nil
}
