// Package connect is the command that makes other programs use an account: it
// prints what their configuration needs, writes it into their files, and gives
// those back as they were.
package connect

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/foreign"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/program"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// DefaultProxy is where `serve` listens when nothing else is said.
const DefaultProxy = "http://127.0.0.1:8787"

// Options are what connect was asked for.
type Options struct {
	*session.Session
	program string
	account string
	form    string
	proxy   string
	model   string
	write   bool
	undo    bool
	yes     bool
}

// Command is `connect`.
func Command(s *session.Session) *cobra.Command {
	o := &Options{Session: s}
	cmd := &cobra.Command{
		Use: "connect [PROGRAM] [ACCOUNT]", Short: "Print the configuration that makes a program use an account",
		Args: arg.AtMost(2),
		Long: "Print what PROGRAM's configuration needs to use an account: a command that prints a\n" +
			"fresh token where the program can run one, else the address of `hermes-tui serve`.\n" +
			"No provider's token is ever copied into a file. Without PROGRAM it lists the\n" +
			"programs that are known; `env` fits every other.\n\n" +
			"The configuration goes to standard output, what else has to be done to standard\n" +
			"error. With --write it goes into the program's file, after the difference was shown\n" +
			"and a backup made; everything else in the file stays as it is, but for settings that\n" +
			"go before these, which are taken out. A program that talks to the proxy gets a key of\n" +
			"its own. --undo gives back the file as it was before, and revokes the key.",
		Example: "  hermes-tui connect claude-code work\n  hermes-tui connect hermes-agent minimax --write\n  hermes-tui connect hermes-agent --form proxy\n  hermes-tui connect claude-code --undo",
		ValidArgsFunction: arg.First(func() (ids []string) {
			for _, p := range connect.Programs() {
				ids = append(ids, p.ID+"\t"+p.Name)
			}
			return ids
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				o.list()
				return nil
			}
			o.program, o.account = args[0], s.Named(args[1:])
			return o.Run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&o.form, "form", "", "helper or proxy (for env: powershell or cmd, on Windows); without it the better one")
	cmd.Flags().StringVar(&o.model, "model", "", "`name` of the model that the program asks for")
	cmd.Flags().StringVar(&o.proxy, "proxy", DefaultProxy, "`address` of `hermes-tui serve`")
	cmd.Flags().BoolVar(&o.write, "write", false, "change the program's file, after showing the difference")
	cmd.Flags().BoolVar(&o.undo, "undo", false, "give back the file as it was before --write")
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask before writing")
	return cmd
}

func (o *Options) list() {
	for _, p := range connect.Programs() {
		o.Line("%-14s %s", p.ID, p.Name)
	}
}

// Run connects the program, or disconnects it.
func (o *Options) Run(ctx context.Context) error {
	if o.write && o.undo {
		return exit.Usage("--write and --undo cannot be combined", "use one of them")
	}
	p, err := connect.Find(o.program)
	if err != nil {
		return err
	}
	if o.undo {
		return o.disconnect(ctx, p)
	}
	accounts, err := o.Open(session.Options{})
	if err != nil {
		return err
	}
	use, err := o.use(ctx, accounts)
	if err != nil {
		return err
	}
	form, err := p.Form(use, o.form)
	if err != nil {
		return err
	}
	if o.write {
		return o.writeForm(ctx, accounts, p, use, form)
	}
	path, err := p.Path(foreign.World(o.Session))
	if err != nil {
		return err
	}
	o.printForm(p, form, path)
	o.notes(p, form, path)
	return nil
}

// printForm prints what belongs into a program's file.
func (o *Options) printForm(p connect.Program, f connect.Form, path string) {
	fmt.Fprint(o.Out, f.Snippet())
	if path != "" {
		fmt.Fprintf(o.Err, "# %s: %s\n", p.Name, path)
	}
}

// notes say what else has to be done, and what goes before the form's settings.
func (o *Options) notes(p connect.Program, f connect.Form, path string) {
	for _, note := range f.Notes {
		fmt.Fprintln(o.Err, "# "+note)
	}
	if f.Since != "" {
		fmt.Fprintf(o.Err, "# %s understands this from %s on; an older one ignores it: then add --form proxy\n", p.Name, f.Since)
	}
	o.rivals(p, path)
}

// rivals name what goes before a form's settings.
func (o *Options) rivals(p connect.Program, path string) {
	if path == "" {
		return
	}
	for _, rival := range p.Rivals(foreign.World(o.Session), path) {
		fmt.Fprintf(o.Err, "# goes before this, or leads elsewhere: %s\n", secret.Clean(rival.String(), 1000))
	}
}

// use is what a program is connected to: the one account that name means, or
// its whole pool, which fails over from one account to the next. A pool whose
// requests name their account is one account all the same.
func (o *Options) use(ctx context.Context, accounts *core.Core) (connect.Use, error) {
	found, err := accounts.Select(o.account)
	if err != nil {
		return connect.Use{}, err
	}
	o.NoteAlone(accounts, o.account)
	command, err := program.Command(o.Session)
	if err != nil {
		return connect.Use{}, err
	}
	first := found[0]
	runtime, err := accounts.Runtime(ctx, first.ID)
	if err != nil {
		return connect.Use{}, err
	}
	use := connect.Use{
		Account: first.ID, Provider: runtime.Provider, BaseURL: runtime.BaseURL, API: runtime.API, Also: runtime.Also, Headers: format.Header(runtime.Header),
		Model: o.model, Command: command, OS: foreign.World(o.Session).OS, Proxy: strings.TrimRight(o.proxy, "/"),
	}
	alone := o.account != "" || accounts.Snapshot().Default == first.ID
	if (len(found) > 1 || !alone) && len(use.Headers) == 0 {
		use.Account, use.Pool = first.Provider+"/"+first.Region, true
	}
	return use, nil
}
