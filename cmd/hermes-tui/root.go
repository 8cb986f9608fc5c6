package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/account"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/connect"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/doctor"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/keystore"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/manual"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/pool"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/token"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/version"
)

// rootCommand is the whole command line.
func (a *app) rootCommand() *cobra.Command {
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
		PersistentPreRun:  func(cmd *cobra.Command, _ []string) { a.Program = cmd.Name() },
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
	}
	window := a.windowFlags(root)
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := needSandbox(cmd, window); err != nil {
			return err
		}
		return a.runWindow(cmd.Context(), window)
	}
	p := root.PersistentFlags()
	p.Func("home", "one `folder` for configuration, data and state", a.Setting("HERMES_TUI_HOME"))
	p.Func("key-file", "key `file` of the file keystore", a.Setting("HERMES_TUI_KEY_FILE"))
	p.StringVar(&a.Flags.Config, "config", "", "configuration `file`")
	p.StringVar(&a.Flags.Keystore, "keystore", "", "where secrets live, a `kind`: auto, keyring or file")
	p.BoolVar(&a.Flags.Plain, "plain", false, "plain lines instead of the terminal UI")
	p.BoolVar(&a.Flags.ASCII, "ascii", false, "draw with ASCII characters only")
	p.BoolVar(&a.Flags.NoColor, "no-color", false, "no colours (also: NO_COLOR)")
	p.StringVar(&a.Flags.LogLevel, "log-level", "", "least `level` of what is logged: debug, info, warn or error")
	root.AddCommand(
		a.loginCommand(),
		account.ListCommand(a.Session),
		account.StatusCommand(a.Session),
		token.Command(a.Session),
		token.RefreshCommand(a.Session),
		a.serveCommand(),
		a.execCommand(),
		account.RenameCommand(a.Session),
		account.RemoveCommand(a.Session),
		a.importCommand(),
		a.exportCommand(),
		account.LogCommand(a.Session),
		pool.Command(a.Session),
		keystore.Command(a.Session),
		keystore.LockCommand(a.Session),
		keystore.UnlockCommand(a.Session),
		keystore.PurgeCommand(a.Session),
		a.sandboxCommand(),
		version.Command(a.Session),
		token.DetachedCommand(a.Session),
		connect.Command(a.Session),
		doctor.Command(a.Session),
	)
	root.SetFlagErrorFunc(wrongFlag)
	root.DisableAutoGenTag = true
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	arg.Flag(root, "config", arg.File("toml"))
	arg.Flag(root, "keystore", arg.OneOf("auto", "keyring", "file"))
	arg.Flag(root, "log-level", arg.OneOf("debug", "info", "warn", "error"))
	a.tidyOwnCommands(root)
	return root
}

// tidyOwnCommands lets the commands that cobra brings along fail as ours do,
// and adds the manual, which lists them too.
func (a *app) tidyOwnCommands(root *cobra.Command) {
	root.AddCommand(manual.Command(a.Session))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			cmd.Args = arg.Exactly(0)
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
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
