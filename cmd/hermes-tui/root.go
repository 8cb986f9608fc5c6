package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/sandbox"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/token"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/version"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/window"
)

// rootCommand is the command line that these words are for: that of one command
// where they begin with its name, else the whole. Programs ask for a token all
// day, and what the others would say of themselves need not be built for that.
func rootCommand(s *session.Session, args []string) *cobra.Command {
	alone := named(args)
	root := &cobra.Command{
		Use:   "hermes-tui",
		Short: "Keep the OAuth accounts of model providers",
		Long: `hermes-tui keeps the OAuth accounts of model providers, MiniMax first: sign in by
device code, see every account with its expiry counting down, and give any
program a fresh token for each request, from the OS keyring.

Without a command it opens the terminal UI.`,
		Example: `  hermes-tui                  # the terminal UI
  hermes-tui --sandbox        # the same on a throw-away folder, without an account
  hermes-tui login minimax    # sign in, line by line
  hermes-tui token            # print one fresh access token`,
		Args:              arg.Exactly(0),
		PersistentPreRun:  func(cmd *cobra.Command, _ []string) { s.Program = cmd.Name() },
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
	}
	p := root.PersistentFlags()
	p.Func("home", "one `folder` for configuration, data and state", s.Setting("HERMES_TUI_HOME"))
	p.Func("key-file", "key `file` of the file keystore", s.Setting("HERMES_TUI_KEY_FILE"))
	p.StringVar(&s.Flags.Config, "config", "", "configuration `file`")
	p.StringVar(&s.Flags.Keystore, "keystore", "", "where secrets live, a `kind`: auto, keyring or file")
	p.BoolVar(&s.Flags.Plain, "plain", false, "plain lines instead of the terminal UI")
	p.BoolVar(&s.Flags.ASCII, "ascii", false, "draw with ASCII characters only")
	p.BoolVar(&s.Flags.NoColor, "no-color", false, "no colours (also: NO_COLOR)")
	p.StringVar(&s.Flags.LogLevel, "log-level", "", "least `level` of what is logged: debug, info, warn or error")
	for _, g := range groups() {
		root.AddGroup(&cobra.Group{ID: g.heading, Title: g.heading})
		for _, c := range g.commands {
			if alone != "" && c.name != alone {
				continue
			}
			cmd := c.build(s)
			cmd.GroupID = g.heading
			if len(cmd.Aliases) > 0 {
				cmd.Short += " (also: " + strings.Join(cmd.Aliases, ", ") + ")"
			}
			root.AddCommand(cmd)
		}
	}
	root.SetFlagErrorFunc(wrongFlag)
	if alone != "" {
		root.SetHelpCommand(&cobra.Command{Use: "help"})
		root.CompletionOptions.DisableDefaultCmd = true
		return root
	}
	root.AddCommand(token.DetachedCommand(s))
	root.AddCommand(sandbox.Hidden(s)...)
	window.Add(root, s)
	printVersion(root, s)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	arg.Flag(root, "config", arg.File("toml"))
	arg.Flag(root, "keystore", arg.OneOf("auto", "keyring", "file"))
	arg.Flag(root, "log-level", arg.OneOf("debug", "info", "warn", "error"))
	tidyOwnCommands(root)
	return root
}

// printVersion makes --version do what the command does.
func printVersion(root *cobra.Command, s *session.Session) {
	asked := root.Flags().Bool("version", false, "print the version")
	run := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if *asked {
			show := version.Command(s)
			return show.RunE(show, args)
		}
		return run(cmd, args)
	}
}

// tidyOwnCommands lets the commands that cobra brings along fail as ours do.
func tidyOwnCommands(root *cobra.Command) {
	root.SetHelpCommandGroupID(theProgram)
	root.SetCompletionCommandGroupID(theProgram)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			cmd.Args = arg.Exactly(0)
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			completeBareBash(root, cmd)
		case "help":
			cmd.Args = func(_ *cobra.Command, words []string) error {
				if found, rest, err := root.Find(words); err != nil || len(rest) > 0 {
					return arg.NoCommand(found, strings.Join(rest, " "))
				}
				return nil
			}
		}
	}
}

// wrongFlag is the error for a flag that a command does not have. Those of the
// window stand in its help, so that people try them with commands too.
func wrongFlag(cmd *cobra.Command, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if unknown && cmd.HasParent() && rootCommand(newSession(), nil).LocalNonPersistentFlags().Lookup(name) != nil {
		why := ": it is for the terminal UI"
		if name == "version" {
			why = ""
		}
		return exit.Usage("--"+name+" cannot be used with a command"+why, "leave out the flag, or `"+cmd.Name()+"`")
	}
	return exit.Usage(err.Error(), "`"+cmd.CommandPath()+" --help` shows the flags")
}
