package main

import (
	_ "embed"

	"github.com/spf13/cobra"
)

// bareBash is what cobra's script for bash takes from the package bash-completion,
// for shells in which that is not there: many servers and containers.
//
//go:embed bash.sh
var bareBash string

// completeBareBash puts it before the script.
func completeBareBash(root, completion *cobra.Command) {
	for _, shell := range completion.Commands() {
		if run := shell.RunE; shell.Name() == "bash" && run != nil {
			shell.RunE = func(cmd *cobra.Command, args []string) error {
				if _, err := root.OutOrStdout().Write([]byte(bareBash)); err != nil {
					return err
				}
				return run(cmd, args)
			}
		}
	}
}
