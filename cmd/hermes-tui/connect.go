package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// defaultProxy is where `serve` listens when nothing else is said.
const defaultProxy = "http://127.0.0.1:8787"

// connectOptions are the flags of connect.
type connectOptions struct {
	form  string
	proxy string
	model string
	write bool
	undo  bool
	yes   bool
}

func (a *app) connectCommand() *cobra.Command {
	var o connectOptions
	cmd := &cobra.Command{
		Use: "connect [PROGRAM] [ACCOUNT]", Short: "Print the configuration that makes a program use an account",
		Args: atMost(2),
		Long: "Print what PROGRAM's configuration needs to use an account: a command that prints a\n" +
			"fresh token where the program can run one, else the address of `hermes-tui serve`.\n" +
			"No provider's token is ever copied into a file. Without PROGRAM it lists the\n" +
			"programs that are known; `env` fits every other.\n\n" +
			"The configuration goes to standard output, what else has to be done to standard\n" +
			"error. With --write it goes into the program's file, after the difference was shown\n" +
			"and a backup made; everything else in the file stays as it is, but for settings that\n" +
			"go before these, which are taken out. --undo gives back the file as it was before.",
		Example: "  hermes-tui connect claude-code work\n  hermes-tui connect hermes-agent minimax --write\n  hermes-tui connect hermes-agent --form proxy\n  hermes-tui connect claude-code --undo",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var ids []string
			for _, p := range connect.Programs() {
				ids = append(ids, p.ID+"\t"+p.Name)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				a.listPrograms()
				return nil
			}
			name := a.env("HERMES_TUI_ACCOUNT")
			if len(args) == 2 {
				name = args[1]
			}
			if o.undo {
				return a.disconnect(args[0], o)
			}
			return a.connectProgram(cmd.Context(), args[0], name, o)
		},
	}
	cmd.Flags().StringVar(&o.form, "form", "", "helper or proxy (for env: powershell or cmd, on Windows); without it the better one")
	cmd.Flags().StringVar(&o.model, "model", "", "`name` of the model that the program asks for")
	cmd.Flags().StringVar(&o.proxy, "proxy", defaultProxy, "`address` of `hermes-tui serve`")
	cmd.Flags().BoolVar(&o.write, "write", false, "change the program's file, after showing the difference")
	cmd.Flags().BoolVar(&o.undo, "undo", false, "give back the file as it was before --write")
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask before writing")
	return cmd
}

func (a *app) listPrograms() {
	for _, p := range connect.Programs() {
		a.line("%-14s %s", p.ID, p.Name)
	}
}

func (a *app) connectProgram(ctx context.Context, program, account string, o connectOptions) error {
	p, err := connect.Find(program)
	if err != nil {
		return err
	}
	c, err := a.setup()
	if err != nil {
		return err
	}
	accounts, err := a.open(c, options{})
	if err != nil {
		return err
	}
	use, err := a.use(ctx, accounts, account, o)
	if err != nil {
		return err
	}
	form, err := p.Form(use, o.form)
	if err != nil {
		return err
	}
	if o.write {
		return a.writeForm(ctx, p, form, o.yes)
	}
	path, err := p.Path(a.programWorld())
	if err != nil {
		return err
	}
	a.printForm(p, form, path)
	a.notes(p, form, path)
	return nil
}

// printForm prints what belongs into a program's file.
func (a *app) printForm(p connect.Program, f connect.Form, path string) {
	_, _ = fmt.Fprint(a.out, f.Snippet())
	if path != "" {
		_, _ = fmt.Fprintf(a.err, "# %s: %s\n", p.Name, path)
	}
}

// notes say what else has to be done, and what goes before the form's settings.
func (a *app) notes(p connect.Program, f connect.Form, path string) {
	for _, note := range f.Notes {
		_, _ = fmt.Fprintln(a.err, "# "+note)
	}
	if f.Since != "" {
		_, _ = fmt.Fprintf(a.err, "# %s understands this from %s on; an older one ignores it: then add --form proxy\n", p.Name, f.Since)
	}
	a.rivals(p, path)
}

// rivals name what goes before a form's settings.
func (a *app) rivals(p connect.Program, path string) {
	if path == "" {
		return
	}
	for _, rival := range p.Rivals(a.programWorld(), path) {
		_, _ = fmt.Fprintf(a.err, "# goes before this, or leads elsewhere: %s\n", secret.Clean(rival.String(), 1000))
	}
}

// use is what a program is connected to: the one account that name means, or
// its whole pool, which fails over from one account to the next. A pool whose
// requests name their account is one account all the same.
func (a *app) use(ctx context.Context, accounts *core.Core, name string, o connectOptions) (connect.Use, error) {
	found, err := accounts.Select(name)
	if err != nil {
		return connect.Use{}, err
	}
	command, err := a.command()
	if err != nil {
		return connect.Use{}, err
	}
	first := found[0]
	runtime, err := accounts.Runtime(ctx, first.ID)
	if err != nil {
		return connect.Use{}, err
	}
	use := connect.Use{
		Account: first.ID, Provider: runtime.Provider, BaseURL: runtime.BaseURL, API: runtime.API, Headers: flat(runtime.Header),
		Model: o.model, Command: command, OS: a.programWorld().OS, Proxy: strings.TrimRight(o.proxy, "/"),
	}
	if (len(found) > 1 || name == "") && len(use.Headers) == 0 {
		use.Account, use.Pool = first.Provider+"/"+first.Region, true
	}
	return use, nil
}
