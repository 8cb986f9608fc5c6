package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/connect"
)

// defaultProxy is where `serve` listens when nothing else is said.
const defaultProxy = "http://127.0.0.1:8787"

// connectOptions are the flags of connect.
type connectOptions struct {
	form  string
	proxy string
	model string
	write bool
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
			"and a backup made; everything else in the file stays as it is.",
		Example: "  hermes-tui connect claude-code work\n  hermes-tui connect hermes-agent minimax --write\n  hermes-tui connect hermes-agent --form proxy",
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
			return a.connectProgram(cmd.Context(), args[0], name, o)
		},
	}
	cmd.Flags().StringVar(&o.form, "form", "", "helper or proxy; without it the better one")
	cmd.Flags().StringVar(&o.model, "model", "", "`name` of the model that the program asks for")
	cmd.Flags().StringVar(&o.proxy, "proxy", defaultProxy, "`address` of `hermes-tui serve`")
	cmd.Flags().BoolVar(&o.write, "write", false, "change the program's file, after showing the difference")
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
		return a.writeForm(p, form, o.yes)
	}
	_, _ = fmt.Fprint(a.out, form.Snippet())
	if len(form.File) > 0 {
		_, _ = fmt.Fprintf(a.err, "# %s: %s\n", p.Name, a.formPath(form))
	}
	a.notes(form)
	return nil
}

// notes say what else has to be done.
func (a *app) notes(f connect.Form) {
	for _, note := range f.Notes {
		_, _ = fmt.Fprintln(a.err, "# "+note)
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
		Model: o.model, Command: command, Proxy: strings.TrimRight(o.proxy, "/"),
	}
	if (len(found) > 1 || name == "") && len(use.Headers) == 0 {
		use.Account, use.Pool = first.Provider+"/"+first.Region, true
	}
	return use, nil
}

// called is what this program is called by: its name where that is found on the
// path, else its place.
func (w *world) called() (string, error) {
	self, err := w.self()
	if err != nil {
		return "", err
	}
	if found, err := exec.LookPath("hermes-tui"); err == nil && sameProgram(found, self) {
		return "hermes-tui", nil
	}
	return self, nil
}

// command is how a program calls this one: by its name where that is found on
// the path, else by its place, and with what says where its files are, which a
// program that was started elsewhere would not know.
func (a *app) command() ([]string, error) {
	name, err := a.called()
	if err != nil {
		return nil, err
	}
	command := []string{name}
	config, named := a.configPath()
	if !named {
		config = ""
	}
	var set []string
	for _, v := range [][2]string{
		{"HERMES_TUI_HOME", a.env("HERMES_TUI_HOME")}, {"HERMES_TUI_CONFIG", config}, {"HERMES_TUI_KEY_FILE", a.env("HERMES_TUI_KEY_FILE")},
	} {
		if v[1] == "" {
			continue
		}
		if abs, err := filepath.Abs(v[1]); err == nil {
			v[1] = abs
		}
		set = append(set, v[0]+"="+v[1])
	}
	if len(set) > 0 {
		command = append(append([]string{"env"}, set...), command...)
	}
	return command, nil
}

// sameProgram reports whether two paths are one file, links followed.
func sameProgram(one, other string) bool {
	one, err := filepath.EvalSymlinks(one)
	if err != nil {
		return false
	}
	other, err = filepath.EvalSymlinks(other)
	return err == nil && one == other
}
