package serve

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/console"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/lately"
	"github.com/hermes-tui/hermes-tui/proxy"
)

// Exit codes of `exec` when the command did not start, as shells have them.
const (
	exitCannotRun = 126
	exitNotFound  = 127
)

// ExecOptions are what exec was asked for.
type ExecOptions struct {
	*session.Session
	Account string
	Command []string
	KeyIn   []string // variables that are set to the key as well
}

// ExecCommand is `exec`.
func ExecCommand(s *session.Session) *cobra.Command {
	o := &ExecOptions{Session: s}
	cmd := &cobra.Command{
		Use: "exec [ACCOUNT] -- CMD [ARG]...", Short: "Run a command with a proxy of its own in its environment",
		Long: "Run a command with a loopback proxy of its own, which signs each of its requests with\n" +
			"a fresh token. The command finds the proxy in ANTHROPIC_BASE_URL and a key that is good\n" +
			"for this run only in ANTHROPIC_AUTH_TOKEN; where the account speaks Chat Completions or\n" +
			"Responses, in OPENAI_BASE_URL and OPENAI_API_KEY. Input, output, signals and the exit\n" +
			"code are the command's own.\n\n" +
			"Without ACCOUNT it is $HERMES_TUI_ACCOUNT, else the default (`hermes-tui use`), else the\n" +
			"only pool there is, or for a program\n" +
			"that is known (claude, codex) the only one that speaks what it asks in.",
		Example: "  hermes-tui exec -- claude\n  hermes-tui exec work -- python agent.py\n" +
			"  hermes-tui exec --key-in ANTHROPIC_API_KEY -- opencode   # for programs that know x-api-key only",
		RunE: func(cmd *cobra.Command, args []string) error {
			dash := cmd.ArgsLenAtDash()
			if dash < 0 || dash > 1 || dash == len(args) {
				return exit.Usage("exec takes at most one account, then -- and a command", "such as `hermes-tui exec work -- claude`")
			}
			if err := arg.Given(cmd, args[:dash]); err != nil { // what is behind it is the command's
				return err
			}
			o.Account, o.Command = s.Named(args[:dash]), args[dash:]
			return o.Run(cmd.Context())
		},
	}
	cmd.Flags().StringArrayVar(&o.KeyIn, "key-in", nil, "set this environment `variable` to the key as well")
	return cmd
}

// Run runs the command beside a proxy.
func (o *ExecOptions) Run(ctx context.Context) error {
	if at := slices.IndexFunc(o.KeyIn, func(name string) bool { return strings.ContainsAny(name, "=\x00") }); at >= 0 {
		return exit.Usage(fmt.Sprintf("%q is not the name of a variable", o.KeyIn[at]), "--key-in takes a name such as ANTHROPIC_API_KEY")
	}
	if _, err := o.Find(); err != nil {
		return err
	}
	path, err := exec.LookPath(o.Command[0])
	if err != nil {
		return o.notStarted(o.Command[0], err)
	}
	program, known := connect.ByCommand(o.Command[0])
	if program.Unled {
		return exit.Usage(
			program.Name+" reads from its own file alone where its models are, so that exec cannot lead it to a proxy",
			"run `hermes-tui connect "+program.ID+" --write` and `hermes-tui serve`",
		)
	}
	log, err := o.Log(slog.LevelError)
	if err != nil {
		return err
	}
	accounts, err := o.Open(session.Options{
		Stays: true, Secrets: true, Patience: session.OneShot, Log: log,
		Asker: func() consent.Asker { return consent.Command(path, o.Command) },
	})
	if err != nil {
		return err
	}
	if err := o.choose(accounts, program); err != nil {
		return err
	}
	spoken, err := speak(accounts, o.Account, program)
	if err != nil {
		return err
	}
	if err := servable(ctx, accounts, o.Account, core.PickOptions{APIs: spoken}); err != nil {
		return err
	}
	if err := accounts.Admit(ctx, o.Account, core.PickOptions{APIs: spoken}, o.Prompt(accounts)); err != nil { // the terminal is the command's later
		return err
	}
	o.NoteAlone(accounts, o.Account)
	key, kept, err := o.runKey(accounts)
	if err != nil {
		return err
	}
	l, err := proxy.Listen(proxy.ListenOptions{Address: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	server, err := newProxy(o.Session, proxy.Options{
		Accounts: accounts, Keys: kept, Default: o.Account, Log: log, Drain: time.Second, Program: filepath.Base(o.Command[0]),
	})
	if err != nil {
		return err
	}
	env := childEnv(o.Environ, l.Addr(), key, o.KeyIn, program, spoken)
	if slices.Contains(spoken, oauth.AnthropicMessages) {
		env = withModel(env, usualModel(accounts, o.Account))
	}
	arguments := o.Command[1:]
	if program.Leads != nil {
		arguments = append(program.Leads("http://"+l.Addr().String()), arguments...)
	}
	if known {
		over, done, err := o.overrule(program, env, arguments)
		if err != nil {
			return err
		}
		defer done()
		arguments = over
	}
	child := exec.Command(path, arguments...)
	child.Args[0] = o.Command[0]
	child.Stdin, child.Stdout, child.Stderr = o.In, console.Raw(o.Out), console.Raw(o.Err)
	child.Env = env
	ctx, end := context.WithCancel(context.WithoutCancel(ctx)) // signals are the command's
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, l) }()
	go accounts.Follow(ctx)
	go accounts.Forget(ctx, server.Forget)
	followPlans(ctx, o.Session, accounts)
	err = o.runChild(child)
	end()
	if broke := <-served; err == nil {
		err = broke
	}
	return err
}

// ownersTime is how long whoever else refreshes the tokens is waited for, as `token` does.
const ownersTime = 10 * time.Second

// servable returns why no request would be served. A refresh that fails for the moment is
// over in seconds or minutes: the command may well outlive it. Where somebody else
// refreshes the tokens, as the owners of a fleet do for its readers, they are asked first.
func servable(ctx context.Context, accounts *core.Core, name string, o core.PickOptions) error {
	err := accounts.Servable(name)
	if err == nil || autherr.KindOf(err) == autherr.Network {
		return nil
	}
	if found, none := accounts.Select(name); none != nil || !slices.ContainsFunc(found, core.Account.Shared) {
		return err
	}
	ctx, cancel := lately.WithTimeout(ctx, ownersTime)
	defer cancel()
	if lease, picked := accounts.Pick(ctx, name, o); picked == nil {
		lease.Done()
		return nil
	}
	return err
}

// choose takes the default where nobody has named anybody, as it is now: the run's
// key opens nobody else. Where that does not speak what the program asks in, or is
// not there, it takes the only pool that does.
func (o *ExecOptions) choose(accounts *core.Core, program connect.Program) error {
	if o.Account != "" {
		return nil
	}
	some, err := accounts.Select("")
	if err == nil && accounts.Snapshot().IsDefault(some[0]) {
		if speaks := len(program.APIs) == 0 || slices.ContainsFunc(some, func(a core.Account) bool { return a.Speaks(program.APIs) }); speaks {
			o.Account = accounts.Snapshot().Default
			return paused(accounts.Servable(""))
		}
	} else if err == nil {
		return nil // there is one pool only
	}
	if len(program.APIs) == 0 {
		return nil
	}
	found, err := accounts.SelectSpeaking("", program.APIs)
	if err != nil {
		return err
	}
	o.Account = found[0].Pool().String()
	o.Note("%s is served by the accounts of %s", program.Name, found[0].ProviderName)
	return nil
}

// paused is the error of a default that a person has paused: once the run is bound to
// it, it would be named, and serve.
func paused(err error) error {
	if autherr.CodeOf(err) != autherr.CodePaused {
		return nil
	}
	return err
}

// runChild runs the command to its end and returns its exit code as an error.
func (o *ExecOptions) runChild(child *exec.Cmd) error {
	signals := takeSignals()
	defer signals.giveBack()
	if err := child.Start(); err != nil {
		return o.notStarted(child.Args[0], err)
	}
	go signals.passOn(child.Process)
	err := child.Wait()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ended):
		return exit.Silent(endCode(ended.ProcessState))
	default:
		return err
	}
}

// notStarted says why the command is not running, with the exit code that a
// shell would give.
func (o *ExecOptions) notStarted(name string, err error) error {
	code := exitCannotRun
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		code = exitNotFound
	}
	var lookup *exec.Error
	var path *fs.PathError
	switch {
	case errors.As(err, &lookup):
		err = lookup.Err
	case errors.As(err, &path):
		err = path.Err
	}
	o.Fail(exit.Usage("cannot run "+name+": "+err.Error(), "check the command behind --"))
	return exit.Silent(code)
}

// runKey is a key for this run, bound to the account or the pool that the command
// was started for. It is written nowhere: only the proxy of this run knows it, so
// that it is dead when that has ended, however it ends.
func (o *ExecOptions) runKey(accounts *core.Core) (key secret.Secret, kept clientkey.One, err error) {
	found, err := accounts.Select(o.Account)
	if err != nil {
		return key, kept, err
	}
	if key, err = clientkey.NewRun(o.Random); err != nil {
		return key, kept, err
	}
	kept.Key = clientkey.Key{
		ID: "key-exec", Name: "exec-" + secret.Clean(filepath.Base(o.Command[0]), 40), Hash: clientkey.HashOf(key.Reveal()),
		Allow: []clientkey.Right{clientkey.Proxy}, MadeAt: o.Clock.Now(),
	}
	if found[0].Called(o.Account) {
		kept.Key.Account = found[0].ID
	} else {
		kept.Key.Pool = found[0].Pool().String()
	}
	return key, kept, nil
}

// endCode is the exit code of a process that has ended.
func endCode(state *os.ProcessState) int {
	if signal, ok := endSignal(state); ok {
		return 128 + signal
	}
	return state.ExitCode()
}
